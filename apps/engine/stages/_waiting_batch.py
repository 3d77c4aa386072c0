"""What waits before servers, for many scenarios at once: the law of `waiting.queueing`."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from apps.engine.stages._batch import Values
from apps.engine.stages._erlang_batch import blocking_batch
from apps.engine.stages.arrivals import BoolArray
from apps.engine.stages.base import FloatArray
from apps.engine.stages.waiting import CLOSE, FRESH, MOST, NOTHING, SLIGHT

Waits = Callable[[FloatArray], FloatArray]
Queueing = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]


def waits_batch(servers: Values, cv: Values) -> Waits:
    """Return a function of the uses of the servers, up to 1: the shares that wait.

    Parameters
    ----------
    servers : float or ndarray, shape (scenarios,)
        Servers, none of them infinite. [count]
    cv : float or ndarray, shape (scenarios,)
        Coefficient of variation of the service. [-]

    Returns
    -------
    callable
        Use, shape (scenarios,) [-] → share of requests that wait, by `share_waiting` [-].
    """
    count = np.asarray(servers, dtype=np.float64)
    varies = (1.0 + np.asarray(cv, dtype=np.float64) ** 2) / 2.0
    whole = (count >= 1.0) & (count == np.trunc(count))
    power = np.sqrt(2.0 * (count + 1.0)) - 1.0
    blocked = blocking_batch(np.where(whole, count, 1.0)) if whole.any() else None
    are_whole = bool(whole.all())

    def share(use: FloatArray) -> FloatArray:
        closed = use if are_whole else varies * use**power
        if blocked is None:
            return closed
        lost = blocked(use * count)
        waiting = np.where(lost > 0.0, varies * lost / (1.0 - use * (1.0 - lost)), 0.0)
        return waiting if are_whole else np.where(whole, waiting, closed)

    return share


def queueing_batch(servers: Values, cv: Values, dt: float) -> Queueing:
    """Return a function that moves queues on by one step of `dt` seconds.

    Parameters
    ----------
    servers : float or ndarray, shape (scenarios,)
        Servers, none of them infinite. [count]
    cv : float or ndarray, shape (scenarios,)
        Coefficient of variation of the service. [-]
    dt : float
        Length of a step. [s]

    Returns
    -------
    callable
        (waiting before [count], came [count], duration of a service above zero [s]) → waiting
        after [count], each of shape (scenarios,).
    """
    waits = waits_batch(servers, cv)

    def after(waiting: FloatArray, came: FloatArray, each_s: FloatArray) -> FloatArray:
        backlog, most = waiting + came, servers * dt / each_s
        high = np.minimum(backlog / most, 1.0)
        share = waits(high)
        left = backlog - most * high
        rises = (backlog > 0.0) & (share >= NOTHING)
        if not rises.any():
            return left
        scale, free = _idle(waits, waiting, came, most), 1.0 - high
        slight = scale * share < SLIGHT * most * free * free
        left = np.where(rises & slight, scale * share * high / free, left)
        steep = rises & ~slight
        if steep.any():
            left = np.where(steep, _root(backlog, most, high, scale, waits, steep), left)
        return np.maximum(left, 0.0)

    return after


def _idle(waits: Waits, waiting: FloatArray, came: FloatArray, most: FloatArray) -> FloatArray:
    """Return how idle the servers are, against a steady queue of this length."""
    use = came / most
    more = waiting + (came - most) / 2.0
    below = use < 1.0
    full = FRESH * np.exp(np.where(below, 0.0, (1.0 - use) * more / (2.0 * (1.0 + use))))
    if not below.any():
        return full
    low = np.where(below, use, 0.5)
    steady = waits(low) * low / (1.0 - low)
    ratio = np.where(waiting < steady, waiting / np.where(steady > 0.0, steady, 1.0), 1.0)
    settles = np.exp(-most * (1.0 - low) ** 2 / (1.0 + low))
    ratio = 1.0 - (1.0 - ratio) * settles
    return np.where(below, FRESH + (1.0 - FRESH) * ratio * ratio, full)


def _root(
    backlog: FloatArray,
    most: FloatArray,
    high: FloatArray,
    scale: FloatArray,
    waits: Waits,
    active: BoolArray,
) -> FloatArray:
    """Return what waits where the use stands still, see `waiting`; sought where `active`."""

    def excess(use: FloatArray) -> FloatArray:
        return scale * waits(use) * use + (most * use - backlog) * (1.0 - use)

    low, below, above, close = np.zeros_like(high), -backlog, excess(high), CLOSE * most
    use = np.where(high < 1.0, high - above / most, backlog / (backlog + 1.0))
    for _ in range(MOST):
        use = np.where(active & ~((low < use) & (use < high)), (low + high) / 2.0, use)
        here = excess(use)
        rises = here > 0.0
        high, low = np.where(rises, use, high), np.where(rises, low, use)
        above, below = (
            np.where(rises, here, above / 2.0),
            np.where(rises, below / 2.0, here),
        )
        active = active & (high - low >= CLOSE) & (np.abs(here) >= close)
        if not active.any():
            break
        use = np.where(active, (low * above - high * below) / (above - below), use)
    return backlog - most * use


def infinite_free(servers: Values) -> tuple[BoolArray, FloatArray]:
    """Return which servers are counted, and their numbers with one in place of infinity.

    Parameters
    ----------
    servers : float or ndarray
        Servers, infinite where nothing is counted. [count]

    Returns
    -------
    counted : ndarray of bool
        Whether they are finite.
    count : ndarray
        Servers, 1 where they are infinite. [count]
    """
    count = np.asarray(servers, dtype=np.float64)
    counted = np.isfinite(count)
    return counted, np.where(counted, count, 1.0)


def seconds_of(left: FloatArray, done: FloatArray, dt: float) -> FloatArray:
    """Return how long a queue takes at the rate at which it is served.

    Parameters
    ----------
    left : ndarray, shape (scenarios,)
        Requests that wait. [count]
    done : ndarray, shape (scenarios,)
        Requests served in the step. [count]
    dt : float
        Length of the step. [s]

    Returns
    -------
    ndarray, shape (scenarios,)
        Time; 0 where nothing waits, or nothing is served. [s]
    """
    return np.where(left > 0.0, left * dt / np.where(done > 0.0, done, math.inf), 0.0)
