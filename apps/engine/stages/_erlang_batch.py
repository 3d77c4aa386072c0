"""Loss and waiting for many scenarios at once, from the same tables as for one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from apps.engine.stages._batch import Values
from apps.engine.stages.base import FloatArray
from apps.engine.stages.erlang import FEW, loss_table

Loss = Callable[[FloatArray], FloatArray]


def blocking_batch(servers: Values) -> Loss:
    """Return Erlang B as a function of the load, for one number of servers or one for each.

    Parameters
    ----------
    servers : float or ndarray, shape (scenarios,)
        Servers, rounded to at least one; infinite where nothing is lost. [count]

    Returns
    -------
    callable
        Load, shape (scenarios,) [erlang] → share that finds every server busy [-].
    """
    count = np.maximum(1.0, np.rint(np.asarray(servers, dtype=np.float64)))
    if count.ndim and (count == count.flat[0]).all():
        count = count[0]
    if not np.isfinite(count).any():
        return np.zeros_like
    if (count <= FEW).all():
        return _recurrence(count)
    if not count.ndim:
        return _one_table(int(count))
    return _many(count)


def _recurrence(count: FloatArray) -> Loss:
    most = int(count.max())
    differs = bool(count.ndim)

    def blocked(load: FloatArray) -> FloatArray:
        lost = np.ones_like(load)
        for number in range(1, most + 1):
            step = load * lost
            step /= number + step
            lost = np.where(number <= count, step, lost) if differs else step
        return lost

    return blocked


def _beyond(load: FloatArray, servers: Values) -> FloatArray:
    """Return the loss far above the servers, where a table ends."""
    return 1.0 - servers / load * (1.0 - 1.0 / (load - servers + 1.0))


def _one_table(servers: int) -> Loss:
    low, high, values = loss_table(servers)
    loads = np.linspace(low, high, len(values))
    least = 0.0 if low > 0.0 else values[0]

    def blocked(load: FloatArray) -> FloatArray:
        lost = np.interp(load, loads, values, left=least)
        if load.max() >= high:
            lost = np.where(load >= high, _beyond(load, servers), lost)
        return lost

    return blocked


def _many(count: FloatArray) -> Loss:
    """Return Erlang B where scenarios differ in their servers: one table under the other."""
    kinds, row = np.unique(np.where(np.isfinite(count), count, FEW + 1.0), return_inverse=True)
    tables = [loss_table(max(int(n), FEW + 1)) for n in kinds.tolist()]
    low = np.array([table[0] for table in tables])[row]
    high = np.array([table[1] for table in tables])[row]
    values = np.array([table[2] for table in tables])
    width, flat = values.shape[1], values.ravel()
    scale, start = (width - 1) / (high - low), row * width
    few, is_lossless = count <= FEW, ~np.isfinite(count)
    small = _recurrence(np.where(few, count, 1.0)) if few.any() else None

    def blocked(load: FloatArray) -> FloatArray:
        place = np.clip((load - low) * scale, 0.0, width - 1.0)
        index = np.minimum(place.astype(np.int64), width - 2)
        left = flat[start + index]
        lost = left + (flat[start + index + 1] - left) * (place - index)
        lost = np.where((load <= low) & (low > 0.0), 0.0, lost)
        lost = np.where(load >= high, _beyond(load, count), lost)
        if small is not None:
            lost = np.where(few, small(load), lost)
        return np.where(is_lossless, 0.0, lost)

    return blocked


def overflow_batch(use: FloatArray, burst: Values) -> Values:
    """Return the share that token buckets refuse in their steady state, by the law of `overflow`.

    Parameters
    ----------
    use : ndarray, shape (scenarios,)
        Arrival rate / refill rate. [-]
    burst : float or ndarray, shape (scenarios,)
        Size of the bucket. [requests]

    Returns
    -------
    float or ndarray, shape (scenarios,)
        Share refused; 0 from a use of 1 on, where the bucket itself is empty. [-]
    """
    below = (use > 0.0) & (use < 1.0)
    if not below.any():
        return 0.0
    safe = np.where(below, use, 0.5)
    exponent = 2.0 * (1.0 - safe) * burst / safe
    decay = np.exp(-exponent)
    lost = (1.0 - safe) * decay / (1.0 - safe * decay)
    return np.where(below & (exponent <= 60.0), lost, 0.0)
