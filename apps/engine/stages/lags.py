"""Requests in service whose durations are no exponential ones: they leave late, and then all.

References
----------
.. [1] S. G. Eick, W. A. Massey, W. Whitt, "The Physics of the M_t/G/inf Queue", Operations
   Research 41 (1993): what is in service are the arrivals that survived so far.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from apps.engine.stages.base import Port, State
from apps.engine.stages.windows import WINDOW, Window

if TYPE_CHECKING:
    from apps.engine.stages.pool import Pool

# Requests that still start, wanted and held; the share that found no environment in the last
# step; those in the tail of their duration, wanted and held; the windows of starts and durations.
STARTING, STARTING_HELD, RUSH, TAIL, TAIL_HELD, STARTS = 0, 1, 2, 3, 4, 5
LASTING = STARTS + WINDOW
SLOTS = LASTING + WINDOW
# Clock of a window that is filled evenly, and behind which the tail is, too.
STEADY = -2.0
# From this coefficient of variation on durations count as exponential; below the lower one they
# never do, and between them only in a rush.
EXPONENTIAL, NARROW = 0.9, 0.3

# (own duration of one) → (what stays, wanted and held; share of what enters that is there after).
LeaveOwn = Callable[[float], tuple[float, float, float]]
# What enters in the step, wanted and held.
EnterOwn = Callable[[float, float], None]


class Lag:
    """The two halves of a step in which requests lag: before they are admitted, and after.

    Parameters
    ----------
    pool : Pool
        How long a start takes, how durations vary, and how many environments there may be.
    p : Port
        Where the pool reads and writes.
    v : list of float
        The flat state.
    dt : float
        Length of a step. [s]
    at : int
        The first of the slots that are kept here.

    Notes
    -----
    A duration of mean S and coefficient of variation c is (1 - c) S for all and an exponential
    time of c S beyond it. A step's requests find no environment as far as what is busy would
    exceed those that there are; each of these takes one for the time of its start before.
    """

    __slots__ = (
        "_asked", "_at", "_done", "_dt", "_forced", "_left", "_own", "_p", "_pool", "_stays",
        "_v", "_window",
    )  # fmt: skip

    def __init__(self, pool: Pool, p: Port, v: State, dt: float, at: int) -> None:
        self._pool, self._p, self._v, self._dt, self._at = pool, p, v, dt, at
        self._own: tuple[LeaveOwn, EnterOwn] | None = None
        self._stays = min(1.0, pool.init_s / dt)
        self._asked = self._forced = 0.0
        self._left = self._done = (0.0, 0.0)

    def begins(self, fade: float, lacking: float) -> bool:
        """Say whether requests lag from this step on, where none starts yet.

        Parameters
        ----------
        fade : float
            Share of what is busy that would stay busy in the step. [-]
        lacking : float
            What would be busy beyond the environments that there are. [count]

        Returns
        -------
        bool
            True where durations vary little and count, and in a rush.
        """
        pool = self._pool
        if lacking > 0.0 and pool.init_s > 0.1 * self._dt:
            return True
        if pool.cv >= NARROW:
            return False
        if not fade:
            self._v[self._at + LASTING], self._v[self._at + RUSH] = STEADY, 0.0
        return fade > 0.0

    def _bind(self) -> tuple[LeaveOwn, EnterOwn]:
        """Make what few pools need, when it is needed."""
        pool, p, v, dt, at = self._pool, self._p, self._v, self._dt, self._at
        self._window = Window(at + STARTS, v)
        return _narrow(pool, p, v, dt, at) if pool.cv < EXPONENTIAL else _exponential(p, v, dt, at)

    def leave(
        self, want: float, lasts: float, more: float
    ) -> tuple[float, float, float, float, float]:
        """Make the first half of a step.

        Parameters
        ----------
        want : float
            Requests. [count]
        lasts : float
            Mean duration of one, as its callers meet it. [s]
        more : float
            Items of a request, over those of the last step. [-]

        Returns
        -------
        tuple of float
            Duration without starts [s]; concurrency that is wanted, what stays busy, what the
            requests would add, environments that they find. [count]
        """
        self._own = own = self._own or self._bind()
        v, at, init = self._v, self._at, self._pool.init_s
        lasts = max(lasts - v[at + RUSH] * init * more, 0.0)
        had, had_held = v[at + STARTING], v[at + STARTING_HELD]
        pace = self._dt / init if init > 0.0 else math.inf
        left, left_held = self._left = self._window.leave(had, had_held, pace)
        done, done_held = self._done = max(had - left, 0.0), max(had_held - left_held, 0.0)
        stay, stay_held, fill = own[0](lasts)
        stay, stay_held = stay + left + done * fill, stay_held + left_held + done_held * fill
        have, more = self._find(want, stay_held, fill)
        fresh = want * fill + self._forced * more
        return lasts, stay + fresh, stay_held, fresh, have

    def _find(self, want: float, stay_held: float, fill: float) -> tuple[float, float]:
        """Return environments that are found, and what one that is not found adds."""
        p, v, rush = self._p, self._v, self._at + RUSH
        sure, more = want, self._stays * (1.0 - fill)
        for slot in p.shared:
            sure = min(sure, want * (1.0 - v[slot]))
        # While some start, none is idle, however many there are now and then.
        have = v[p.own] if v[rush] > 0.0 else v[p.kept]
        lacks = (stay_held + sure * fill - have) / (1.0 - more)
        self._asked, self._forced = want, 0.0
        if lacks > 1e-9 * sure:
            share = lacks / sure if lacks < sure else 1.0
            self._forced = max(min(want * share, self._pool.limit - v[p.kept]), 0.0)
        return have, more

    def enter(self, refused: float) -> float:
        """Make the second half of a step.

        Parameters
        ----------
        refused : float
            Share refused. [-]

        Returns
        -------
        float
            What starting adds to the mean response. [s]
        """
        v, at, well, starts = self._v, self._at, 1.0 - refused, self._forced * self._stays
        passing = self._asked - starts
        if self._own is not None:
            self._own[1](passing + self._done[0], passing * well + self._done[1])
        self._window.enter(starts, starts * well)
        v[at + STARTING] = self._left[0] + starts
        v[at + STARTING_HELD] = self._left[1] + starts * well
        v[at + RUSH] = share = self._forced / self._asked if self._forced > 0.0 else 0.0
        return self._pool.init_s * share


def _exponential(p: Port, v: State, dt: float, at: int) -> tuple[LeaveOwn, EnterOwn]:
    """Return the halves of a step of durations that count as exponential: nothing to remember."""
    load, busy, starting, starting_held = p.own + 5, p.own, at + STARTING, at + STARTING_HELD

    def leave(lasts: float) -> tuple[float, float, float]:
        even = _evenly(dt, lasts)
        fade = 1.0 - even * dt / lasts if lasts > 0.0 else 0.0
        return (
            max(v[load] - v[starting], 0.0) * fade,
            max(v[busy] - v[starting_held], 0.0) * fade,
            even,
        )

    return leave, lambda wanted, held: None


def _narrow(pool: Pool, p: Port, v: State, dt: float, at: int) -> tuple[LeaveOwn, EnterOwn]:
    """Return the halves of a step of durations that vary little."""
    load, busy, starting, starting_held = p.own + 5, p.own, at + STARTING, at + STARTING_HELD
    window, tail, tail_held = Window(at + LASTING, v), at + TAIL, at + TAIL_HELD
    clock, cv = at + LASTING, pool.cv
    through = 0.0

    def leave(lasts: float) -> tuple[float, float, float]:
        nonlocal through
        own, own_held = v[load] - v[starting], v[busy] - v[starting_held]
        own, own_held = max(own, 0.0), max(own_held, 0.0)
        if v[clock] == STEADY or (cv >= NARROW and v[starting] == 0.0):
            v[clock] = STEADY
            v[tail], v[tail_held] = cv * own, cv * own_held
        beyond_s = cv * lasts
        stays_s = lasts - beyond_s
        pace = dt / max(stays_s, 1e-9 * dt)
        had, had_held = max(own - v[tail], 0.0), max(own_held - v[tail_held], 0.0)
        left, left_held = window.leave(had, had_held, pace)
        rest = dt * (1.0 - 1.0 / pace) if pace > 1.0 else 0.0
        fade = math.exp(-dt / beyond_s) if beyond_s > 1e-3 * dt else 0.0
        late = _evenly(dt - rest, beyond_s)
        if rest > 0.0:
            late *= math.exp(-rest / beyond_s) if beyond_s > 1e-3 * dt else 0.0
        through = rest / dt * _evenly(rest, beyond_s) if rest > 0.0 else 0.0
        v[tail] = v[tail] * fade + max(had - left, 0.0) * late
        v[tail_held] = v[tail_held] * fade + max(had_held - left_held, 0.0) * late
        fill = through + (1.0 / pace if pace > 1.0 else 1.0)
        return left + v[tail], left_held + v[tail_held], fill

    def enter(wanted: float, held: float) -> None:
        window.enter(wanted, held)
        v[tail] += through * wanted
        v[tail_held] += through * held

    return leave, enter


def _evenly(dt: float, lasts: float) -> float:
    """Return the share that is left of what came evenly in a step, of a mean duration."""
    if lasts <= 1e-3 * dt:
        return lasts / dt if dt > 0.0 else 1.0
    pace = dt / lasts
    return -math.expm1(-pace) / pace if pace > 1e-9 else 1.0
