"""How fast queues hand over while hand-overs fail, for many scenarios at once."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from apps.engine.stages._batch import Values
from apps.engine.stages.base import FloatArray, Port

# As for a single scenario: see `Queue`.
_BACK_OFF, _PUSH, _SLOWEST_PER_S = 0.02, 1.1, 0.01
_SETTLING, _SLOWER = 3.0, 0.97
_HOPELESS = 1.0 - 1e-6


def pacing(p: Port, v: FloatArray, dt: float) -> Callable[[Values], None]:
    """Return a function of the shares that failed, which slows the hand-over down.

    It acts where something was handed over, by the law of `Queue`.

    Parameters
    ----------
    p : Port
        Where the queue reads and writes.
    v : ndarray, shape (slots, scenarios)
        The state.
    dt : float
        Length of a step. [s]

    Returns
    -------
    callable
        Shares of the hand-overs that failed, shape (scenarios,) [-] → None; it writes the paces.
        [1/s]
    """
    sent, pace, rate, innate = v[p.own], v[p.own + 7], v[p.own + 8], v[p.own + 9]
    hold, slow = v[p.own + 12], _slowing(p, v)

    def adjust(bad: Values) -> None:
        if isinstance(bad, float) and not (hold.any() or innate.any() or pace.min() < math.inf):
            return
        shares = np.broadcast_to(np.asarray(bad, dtype=np.float64), sent.shape)
        active = sent > 0.0
        np.copyto(innate, np.minimum(shares, innate), where=active)
        net = np.where(innate < 1.0, (shares - innate) / (1.0 - innate), 0.0)
        holding, free = active & (hold > 0.0), active & (hold <= 0.0)
        slowing = free & (net > _BACK_OFF) & (shares < _HOPELESS)
        speeding = free & ~slowing & (pace < math.inf)
        np.copyto(hold, np.maximum(hold - dt, 0.0), where=holding)
        np.copyto(pace, pace * np.where(rate > 0.5 * pace, _PUSH, math.inf), where=speeding)
        if slowing.any():
            slow(shares, net, slowing)

    return adjust


def _slowing(p: Port, v: FloatArray) -> Callable[[FloatArray, FloatArray, FloatArray], None]:
    """Return a function that slows some scenarios down, or sees that slowing does not help."""
    pace, rate, innate = v[p.own + 7], v[p.own + 8], v[p.own + 9]
    share, fast, hold = v[p.own + 10], v[p.own + 11], v[p.own + 12]
    responses = [v[call.response] for call in p.calls]

    def slow(bad: FloatArray, net: FloatArray, slowing: FloatArray) -> None:
        fresh = (pace == math.inf) | (bad > 1.05 * share)
        slower = ~fresh & (rate < _SLOWER * fast)
        relieved = np.maximum(0.0, 1.0 - fast * (1.0 - share) / rate)
        is_own = slowing & slower & (bad > (share + relieved) / 2.0)
        paced = slowing & ~is_own
        noted = paced & (fresh | slower)
        np.copyto(share, bad, where=noted)
        np.copyto(fast, rate, where=noted)
        np.copyto(innate, bad, where=is_own)
        np.copyto(pace, math.inf, where=is_own)
        np.copyto(pace, np.maximum(rate * (1.0 - net) * _PUSH, _SLOWEST_PER_S), where=paced)
        longest: Values = 0.0
        for response in responses:
            longest = np.maximum(response, longest)
        np.copyto(hold, _SETTLING * longest, where=paced)

    return slow
