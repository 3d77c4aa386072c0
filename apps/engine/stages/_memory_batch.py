"""What pools remember, for many scenarios at once: the law of `idle_life.remember`."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from apps.engine.stages._batch import Values
from apps.engine.stages._laws_batch import Laws
from apps.engine.stages.base import FloatArray
from apps.engine.stages.environments import ROUNDING
from apps.engine.stages.idle_life import (
    ALIKE,
    CLOCK,
    FAR,
    GENERATIONS,
    GROWTH,
    KEY,
    NEVER,
    NOW,
    PAST,
    POOL,
    SLACK,
    SPAN,
    WHOLE,
)

ObserveBatch = Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]


def remember_batch(at: int, v: FloatArray, dt: float, idle_s: Values) -> ObserveBatch:
    """Return a function that adds a step to the memories of pools.

    Parameters
    ----------
    at : int
        The first of the memory's slots.
    v : ndarray, shape (slots, scenarios)
        The state.
    dt : float
        Length of a step. [s]
    idle_s : float or ndarray, shape (scenarios,)
        An environment idle for longer is gone. [s]

    Returns
    -------
    callable
        (mean concurrency [count], mean duration [s]) → (environments [count], how many begin in
        the step [count]), each of shape (scenarios,).
    """
    whole, kept, growth = v[at + WHOLE], v[at + POOL], v[at + GROWTH]
    laws, advance, part = Laws(), _advancing(at, v, dt, idle_s), np.log(dt / (idle_s * SPAN))
    tune = _tuning(at, v, idle_s, laws)

    def observe(mean: FloatArray, lasts: FloatArray) -> tuple[FloatArray, FloatArray]:
        tune(lasts)
        now, before, had, had_growth = laws.weight(mean), whole.copy(), kept.copy(), growth.copy()
        whole[:] = advance(now)
        kept[:], growth[:] = laws.pool(whole)
        rise, change, share = whole - before, kept - had, np.exp(now + part - whole)
        begun = share * (had_growth + growth) / 2.0 * (1.0 + rise / 2.0)
        far = np.abs(rise) >= ALIKE
        if far.any():
            steep = np.where(rise > -FAR, share * change / -np.expm1(-rise), 0.0)
            begun = np.where(far, steep, begun)
        return kept, change + (begun - change) * SPAN

    return observe


def _tuning(at: int, v: FloatArray, idle_s: Values, laws: Laws) -> Callable[[FloatArray], None]:
    """Return a function that chooses each scenario's table by its mean duration."""
    key = v[at + KEY]

    def tune(lasts: FloatArray) -> None:
        ratio = np.maximum(idle_s / np.maximum(lasts, 1e-9), 1.0)
        exact = np.log(ratio) / ROUNDING
        keep = (key >= 0.0) & (np.abs(exact - key) <= SLACK)
        wanted = np.where(keep, key, np.rint(exact))
        moved = (key >= 0.0) & (wanted != key)
        if moved.any():
            _carry_over(at, v, wanted, np.flatnonzero(moved))
        key[:] = wanted
        laws.use(key)

    return tune


def _carry_over(at: int, v: FloatArray, wanted: FloatArray, moved: NDArray[np.intp]) -> None:
    """Carry memories over to other tables, as the concurrencies that they stand for."""
    old, new = Laws(), Laws()
    old.use(v[at + KEY, moved])
    new.use(wanted[moved])
    for slot in range(at + NOW, at + WHOLE + 1):
        said = v[slot, moved]
        v[slot, moved] = np.where(said > NEVER, new.weight(old.mean(said)), said)
    v[at + POOL, moved], v[at + GROWTH, moved] = new.pool(v[at + WHOLE, moved])


def _advancing(
    at: int, v: FloatArray, dt: float, idle_s: Values
) -> Callable[[FloatArray], FloatArray]:
    """Return a function that takes in the weight of a step and answers with the mean weight."""
    clock, now, past = v[at + CLOCK], v[at + NOW], v[at + PAST : at + PAST + GENERATIONS]
    length = idle_s * SPAN / GENERATIONS
    part, forgets = np.log(dt / length), np.broadcast_to(dt >= np.asarray(idle_s), clock.shape)
    norm, some_forget = math.log(GENERATIONS), bool(forgets.any())

    def advance(weight: FloatArray) -> FloatArray:
        spent = clock + dt
        turns = spent >= length
        if turns.any():
            spent = _turn(weight, spent, length, (clock, now, past), part)
        else:
            now[:] = np.logaddexp(now, weight + part)
        clock[:] = spent
        recent, oldest = v[at + NOW : at + PAST + GENERATIONS - 1], past[-1]
        top = np.maximum(recent.max(axis=0), oldest)
        total = np.exp(recent - top).sum(axis=0) + np.exp(oldest - top) * (1.0 - spent / length)
        mean: FloatArray = top + np.log(total) - norm
        if some_forget:
            clock[:] = np.where(forgets, 0.0, clock)
            now[:] = np.where(forgets, NEVER, now)
            past[:] = np.where(forgets, weight, past)
            mean = np.where(forgets, weight, mean)
        return mean

    return advance


def _turn(
    weight: FloatArray,
    spent: FloatArray,
    length: Values,
    memory: tuple[FloatArray, FloatArray, FloatArray],
    part: Values,
) -> FloatArray:
    """Close generations that are over, as many as the step fills; return the clock."""
    clock, now, past = memory
    passed = (spent / length).astype(np.int64)
    turns = spent >= length
    missing = 1.0 - clock / length
    full = np.where(missing > 0.0, weight + np.log(np.maximum(missing, 1e-300)), NEVER)
    closing = np.logaddexp(full, now)
    older = np.arange(GENERATIONS)[:, None] - passed
    kept = np.take_along_axis(past, np.clip(older, 0, GENERATIONS - 1), axis=0)
    past[:] = np.where(older >= 0, kept, np.where(older == -1, closing, weight))
    left = np.where(turns, spent - passed * length, spent)
    begun = np.where(left > 1e-9, weight + np.log(np.maximum(left / length, 1e-300)), NEVER)
    now[:] = np.where(turns, begun, np.logaddexp(now, weight + part))
    return left
