"""How a queue slows its hand-over down while what it calls has too little room."""

from __future__ import annotations

import math
from collections.abc import Callable

from apps.engine.stages.base import Port, State

# Above this share of failures the hand-over slows to what went well, and a tenth more.
_BACK_OFF, _PUSH, _SLOWEST_PER_S = 0.02, 1.1, 0.01
# It is held for so many durations of what is called, then judged once it is so much slower.
_SETTLING, _SLOWER = 3.0, 0.97
# Where all fail no pace helps: messages are given up as they stand.
_HOPELESS = 1.0 - 1e-6


def pacing(p: Port, v: State, dt: float) -> Callable[[float], None]:
    """Return a function of the share that failed, which slows the hand-over down.

    Slowing down helps where what is called has too little room. Where as many fail as
    before although fewer are handed over, that share is its own and slows nothing.

    Parameters
    ----------
    p : Port
        Where the queue reads and writes.
    v : list of float
        The flat state.
    dt : float
        Length of a step. [s]

    Returns
    -------
    callable
        Share of the hand-overs that failed in the step [-] → None; it writes the pace. [1/s]
    """
    pace, rate, calls = p.own + 7, p.own + 8, p.calls
    innate, share, fast, hold = p.own + 9, p.own + 10, p.own + 11, p.own + 12

    def note(bad: float) -> None:
        v[share], v[fast] = bad, v[rate]

    def slow(bad: float, net: float) -> None:
        if v[pace] == math.inf or bad > 1.05 * v[share]:
            note(bad)
        elif v[rate] < _SLOWER * v[fast]:
            relieved = max(0.0, 1.0 - v[fast] * (1.0 - v[share]) / v[rate])
            if bad > (v[share] + relieved) / 2.0:
                v[innate], v[pace] = bad, math.inf
                return
            note(bad)
        v[pace] = max(v[rate] * (1.0 - net) * _PUSH, _SLOWEST_PER_S)
        v[hold] = _SETTLING * max((v[call.response] for call in calls), default=0.0)

    def adjust(bad: float) -> None:
        v[innate] = bad if bad < v[innate] else v[innate]
        net = (bad - v[innate]) / (1.0 - v[innate]) if v[innate] < 1.0 else 0.0
        if v[hold] > 0.0:
            v[hold] = v[hold] - dt if v[hold] > dt else 0.0
        elif net > _BACK_OFF and bad < _HOPELESS:
            slow(bad, net)
        elif v[pace] < math.inf:
            v[pace] *= _PUSH if v[rate] > 0.5 * v[pace] else math.inf

    return adjust
