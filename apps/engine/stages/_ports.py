"""Where a stage reads and writes in the flat state, and how it calls what stands behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

State = list[float]
Step = Callable[[], None]
FloatArray = NDArray[np.float64]


class Caller(Protocol):
    """Makes the calls of `ok` requests of `each` items: (mean wait [s], share that is well)."""

    def __call__(self, ok: float, each: float = 1.0) -> tuple[float, float]: ...


# Below this share a failure is rounding, and no retry is worth its time.
NOTHING = 1e-12


class Call(NamedTuple):
    """A synchronous call: the slots of the callee, and how often and how stubbornly it is made.

    A router's calls exclude each other, save those that are `is_extra`: an authorizer is asked
    on every way.
    """

    inn: int
    work: int
    response: int
    failed: int
    retried: int
    calls: float
    units: float
    attempts: int
    backoff_s: float
    is_extra: bool = False


class Send(NamedTuple):
    """A hand-over without waiting for an answer: the slots of the lane behind the door."""

    inn: int
    work: int


class Hold(NamedTuple):
    """Something that a caller keeps open: `v[slot] × factor` of it (connections, environments)."""

    slot: int
    factor: float
    is_random: bool


# The slots of a port, from `inn` to `own`.
_PORT_SLOTS = 15


@dataclass(slots=True)
class Port:
    """Where one stage reads and writes in the flat list of floats.

    `inn` and `work` are the requests of the current step and the units that they take.
    `offered`, `passed`, `refused`, `retried`, `called` and `units` only grow. `waiting`,
    `wanted`, `held` and `kept` are amounts of the moment: what waits here; what is asked for
    at once, or a second; what is in use; what is kept ready, idle or not. Gauges are use over
    limit, and `own` is the stage's private memory. `feeders` hold the hand-overs at once of
    the queues that are its only callers.
    """

    inn: int
    work: int
    response: int
    failed: int
    offered: int
    passed: int
    refused: int
    retried: int
    called: int
    units: int
    waiting: int
    wanted: int
    held: int
    kept: int
    own: int
    gauge: int
    calls: tuple[Call, ...] = ()
    sends: tuple[Send, ...] = ()
    holds: list[Hold] = field(default_factory=list)
    shared: tuple[int, ...] = ()
    is_router: bool = False
    feeders: tuple[int, ...] = ()

    @classmethod
    def at(cls, slot: int, gauge: int) -> Self:
        """Return a port whose slots begin at `slot`, with the stage's own memory last.

        Parameters
        ----------
        slot : int
            First slot of the port.
        gauge : int
            First slot of its gauges, which stand elsewhere.

        Returns
        -------
        Port
            Without calls, sends and holds yet.
        """
        # The first sixteen fields are whole numbers, in this order.
        return cls(*range(slot, slot + _PORT_SLOTS), gauge)  # type: ignore[call-arg]


def caller(p: Port, v: State) -> Caller:
    """Return a function that makes a stage's calls for `ok` requests of `each` items.

    It answers with the mean wait for them [s] and the share that came out well [-]. A call
    that failed in the last step is made again, up to its attempts, which adds to what the
    callee is offered and is booked there as `retried`.

    Parameters
    ----------
    p : Port
        The port of the stage, with its calls and sends.
    v : list of float
        The flat state.

    Returns
    -------
    callable
        (requests, items of each) → (mean wait [s], share that came out well [-]).

    Notes
    -----
    With a share ``f`` failed and ``n`` attempts, a call is made ``(1 - f^n) / (1 - f)`` times and
    fails in the end with ``f^n``.
    """
    if not p.calls and not p.sends:
        return _no_calls
    sends, is_router = p.sends, p.is_router
    # Next to no call fails: what is needed only then stands apart.
    calls = tuple((*to[:4], to.calls, to.units, to) for to in p.calls)

    def call(ok: float, each: float = 1.0) -> tuple[float, float]:
        wait, good, lost = 0.0, 1.0, 0.0
        for inn, work, response, failed, count, units, to in calls:
            go, bad = ok * count, v[failed]
            if bad > NOTHING:
                tries = to.attempts if bad >= 1.0 else (1.0 - bad**to.attempts) / (1.0 - bad)
                v[to.retried] += go * (tries - 1.0)
                wait += count * (v[response] * tries + to.backoff_s * (tries - 1.0))
                go, bad = go * tries, bad**to.attempts
                if is_router and not to.is_extra:
                    lost += count * bad
                else:
                    good *= 1.0 - count * bad if count < 1.0 else (1.0 - bad) ** count
            else:
                wait += count * v[response]
            v[inn] += go
            v[work] += go * units * each
        for inn, work in sends:
            v[inn] += ok
            v[work] += ok
        return wait, good * (1.0 - lost) if lost < 1.0 else 0.0

    return call


def _no_calls(ok: float, each: float = 1.0) -> tuple[float, float]:
    """Answer for a stage that calls nothing: no wait, and all is well."""
    return 0.0, 1.0
