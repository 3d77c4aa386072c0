"""Requests that leave late, for many scenarios at once: the law of `lags.lag`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from apps.engine.stages._batch import Values
from apps.engine.stages._windows_batch import WindowBatch
from apps.engine.stages.base import FloatArray, Port
from apps.engine.stages.lags import (
    EXPONENTIAL,
    LASTING,
    NARROW,
    RUSH,
    STARTING,
    STARTING_HELD,
    STARTS,
    STEADY,
    TAIL,
    TAIL_HELD,
)
from apps.engine.stages.windows import WINDOW

if TYPE_CHECKING:
    from apps.engine.stages.pool import Pool

Index = NDArray[np.intp]
# Four of a step's amounts, by scenario.
Flows = tuple[FloatArray, FloatArray, FloatArray, FloatArray]


class Lags:
    """Where `lags.lag` is in force, and its two halves there.

    Parameters
    ----------
    pool : Pool
        Its fields may be arrays, shape (scenarios,).
    p : Port
        Where it reads and writes.
    v : ndarray, shape (slots, scenarios)
        The state.
    dt : float
        Length of a step. [s]
    at : int
        The first of the slots that are kept here.
    """

    def __init__(self, pool: Pool, p: Port, v: FloatArray, dt: float, at: int) -> None:
        self._p, self._v, self._dt, self._at = p, v, dt, at
        many = v.shape[1]
        self._cv, self._init, self._limit = (
            np.broadcast_to(np.asarray(value, dtype=np.float64), (many,))
            for value in (pool.cv, pool.init_s, pool.limit)
        )
        self._is_narrow, self._starts_late = self._cv < NARROW, self._init > 0.1 * dt
        self._has_narrow = bool(self._is_narrow.any())
        self._enter: Callable[[FloatArray], FloatArray] = lambda refused: refused

    def where(self, fade: Values, asked: FloatArray) -> Index:
        """Return the scenarios in which durations or starts lag behind.

        Parameters
        ----------
        fade : float or ndarray, shape (scenarios,)
            Share of what is busy that still is after the step. [-]
        asked : ndarray, shape (scenarios,)
            Concurrency after it. [count]

        Returns
        -------
        ndarray of int
            Their places.
        """
        v, at = self._v, self._at
        lags = (v[at + STARTING] > 0.0) | (self._starts_late & (asked > v[self._p.kept]))
        if self._has_narrow:
            lags |= self._is_narrow & (fade > 0.0)
            calm = self._is_narrow & ~lags
            v[at + LASTING] = np.where(calm, STEADY, v[at + LASTING])
            v[at + RUSH] = np.where(calm, 0.0, v[at + RUSH])
        return np.flatnonzero(lags)

    def leave(self, where: Index, want: FloatArray, more: FloatArray, flows: Flows) -> FloatArray:
        """Make the first half of the step in some scenarios; return environments found in all.

        Parameters
        ----------
        where : ndarray of int
            Their places.
        want, more : ndarray, shape (scenarios,)
            Requests [count]; items of one over those of the last step [-].
        flows : tuple of ndarray, shape (scenarios,)
            Duration [s], concurrency wanted, what stays busy and what the requests add [count];
            written where requests lag.

        Returns
        -------
        ndarray, shape (scenarios,)
            Environments. [count]
        """
        have: FloatArray = self._v[self._p.kept].copy()
        lasts = flows[0]
        started_s = self._v[self._at + RUSH, where] * self._init[where] * more[where]
        lasts[where] = np.maximum(lasts[where] - started_s, 0.0)
        found = self._leave(where, want[where], lasts[where])
        for row, value in zip((*flows[1:], have), found, strict=True):
            row[where] = value
        return have

    def _leave(self, where: Index, want: FloatArray, lasts: FloatArray) -> Flows:
        """Return what is wanted, stays and is added [count], and environments found."""
        p, v, at = self._p, self._v, self._at
        init, pace = self._init[where], self._dt / self._init[where]
        rows = v[at + STARTS : at + STARTS + WINDOW, where]
        window, stays = WindowBatch(rows), np.minimum(1.0, 1.0 / pace)
        had, had_held = v[at + STARTING, where], v[at + STARTING_HELD, where]
        left, left_held = window.leave(had, had_held, pace)
        done, done_held = np.maximum(had - left, 0.0), np.maximum(had_held - left_held, 0.0)
        stay, stay_held, fill, enter_own = self._own(where, lasts, had, had_held)
        stay, stay_held = stay + left + done * fill, stay_held + left_held + done_held * fill
        have = np.where(v[at + RUSH, where] > 0.0, v[p.own, where], v[p.kept, where])
        more = stays * (1.0 - fill)
        share = self._lacking(where, want, (stay_held, fill, have, more))
        forced = np.maximum(np.minimum(want * share, self._limit[where] - v[p.kept, where]), 0.0)
        fresh = want * fill + forced * more

        def enter(refused: FloatArray) -> FloatArray:
            well, kept = 1.0 - refused, forced * stays
            enter_own(want - kept + done, (want - kept) * well + done_held)
            window.enter(kept, kept * well)
            v[at + STARTS : at + STARTS + WINDOW, where] = rows
            v[at + STARTING, where], v[at + STARTING_HELD, where] = (
                left + kept,
                left_held + kept * well,
            )
            v[at + RUSH, where] = part = np.where(forced > 0.0, forced / want, 0.0)
            return np.asarray(init * part)

        self._enter = enter
        return stay + fresh, stay_held, fresh, have

    def enter(self, refused: FloatArray) -> FloatArray:
        """Make the second half of the step where the first was made.

        Parameters
        ----------
        refused : ndarray
            Share refused. [-]

        Returns
        -------
        ndarray
            What starting adds to the mean response. [s]
        """
        return self._enter(refused)

    def _lacking(self, where: Index, want: FloatArray, found: tuple[FloatArray, ...]) -> FloatArray:
        """Return the share of requests that find no environment."""
        stay_held, fill, have, more = found
        sure = want.copy()
        for slot in self._p.shared:
            sure = np.minimum(sure, want * (1.0 - self._v[slot, where]))
        lacks = (stay_held + sure * fill - have) / (1.0 - more)
        share = np.where(lacks < sure, lacks / sure, 1.0)
        return np.where(lacks > 1e-9 * sure, share, 0.0)

    def _own(
        self, where: Index, lasts: FloatArray, starting: FloatArray, starting_held: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray, Callable[[FloatArray, FloatArray], None]]:
        """Return what stays of durations, what is there of what enters, and how it enters."""
        p, v, at, dt = self._p, self._v, self._at, self._dt
        own = np.maximum(v[p.own + 5, where] - starting, 0.0)
        own_held = np.maximum(v[p.own, where] - starting_held, 0.0)
        cv = self._cv[where]
        narrow = cv < EXPONENTIAL
        even = _evenly(dt, lasts)
        fade = np.where(lasts > 0.0, 1.0 - even * dt / lasts, 0.0)
        if not narrow.any():
            return own * fade, own_held * fade, even, lambda wanted, held: None
        rows = v[at + LASTING : at + LASTING + WINDOW, where]
        rows[0] = np.where((cv >= NARROW) & (starting == 0.0), STEADY, rows[0])
        tails = v[[at + TAIL, at + TAIL_HELD]][:, where]
        tails = np.where(rows[0] == STEADY, cv * np.array([own, own_held]), tails)
        window, beyond_s = WindowBatch(rows), cv * lasts
        stays_s = lasts - beyond_s
        pace = dt / np.maximum(stays_s, 1e-9 * dt)
        had = np.maximum(np.array([own, own_held]) - tails, 0.0)
        left = np.array(window.leave(had[0], had[1], pace))
        rest = np.where(pace > 1.0, dt * (1.0 - 1.0 / pace), 0.0)
        late = _evenly(dt - rest, beyond_s)
        late = np.where(rest > 0.0, late * _fade(rest, beyond_s, dt), late)
        through = np.where(rest > 0.0, rest / dt * _evenly(rest, beyond_s), 0.0)
        tails = tails * _fade(dt, beyond_s, dt) + np.maximum(had - left, 0.0) * late
        stay = np.where(narrow, left + tails, np.array([own, own_held]) * fade)
        fill = np.where(narrow, through + np.where(pace > 1.0, 1.0 / pace, 1.0), even)

        def enter(wanted: FloatArray, held: FloatArray) -> None:
            window.enter(wanted, held)
            chosen = where[narrow]
            v[at + LASTING : at + LASTING + WINDOW, chosen] = rows[:, narrow]
            v[at + TAIL, chosen] = (tails[0] + through * wanted)[narrow]
            v[at + TAIL_HELD, chosen] = (tails[1] + through * held)[narrow]

        return stay[0], stay[1], fill, enter


def _evenly(dt: Values, lasts: FloatArray) -> FloatArray:
    """Return the share that is left of what came evenly in a step, of a mean duration."""
    pace = dt / lasts
    share = np.where(pace > 1e-9, -np.expm1(-pace) / pace, 1.0)
    return np.where((lasts <= 1e-3 * dt) & (np.asarray(dt) > 0.0), lasts / dt, share)


def _fade(seconds: Values, lasts: FloatArray, dt: float) -> FloatArray:
    """Return the share that is left after some time of the step."""
    return np.where(lasts > 1e-3 * dt, np.exp(-seconds / lasts), 0.0)
