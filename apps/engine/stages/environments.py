"""How many environments a pool keeps, and how many start cold, from its concurrency so far."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.engine.stages.base import FloatArray

# The table covers means from 1e-4 to 1e5 in steps of an eighth of a power of e, and idle limits
# from one duration on in steps of half a power of two.
_LOW, _HIGH, _STEP = math.log(1e-4), math.log(1e5), 0.125
_LEAST = math.exp(_LOW)
_RATIO_STEP, _MOST_ROWS = math.log(2.0) / 2.0, 48
# Ratios are rounded to steps of 5 %, so that laws alike share one table.
ROUNDING = math.log(1.05)
# Up to this mean concurrency the pool is computed exactly, above by slots.
_EXACT, _NODES = 60.0, 24


class Law(NamedTuple):
    """The pool at one idle ratio.

    `weight` is the logarithm of what a moment at a mean concurrency counts in the memory of the
    pool; `mean` is its inverse; `pool` gives, for the logarithm of the mean of the weights over
    one idle limit, the mean environments and their growth with that logarithm, which at a
    steady concurrency is the number of cold starts in an idle limit.
    """

    weight: Callable[[float], float]
    mean: Callable[[float], float]
    pool: Callable[[float], tuple[float, float]]


class Table(NamedTuple):
    """Environments beside the busy ones, cold share [-] and weight, by log mean concurrency."""

    extra: list[float]
    cold: list[float]
    weight: list[float]


def grid() -> FloatArray:
    """Return the logarithms of the mean concurrencies that tables are made for.

    Returns
    -------
    ndarray, shape (means,)
        Natural logarithms of 1e-4 to 1e5, in steps of 1/8. [-]
    """
    return np.arange(_LOW, _HIGH + _STEP, _STEP)


def ratio_key(ratio: float) -> int:
    """Return the number of the table whose idle ratio is nearest to `ratio`.

    Parameters
    ----------
    ratio : float
        Idle limit of an environment divided by the mean duration of a request. [-]

    Returns
    -------
    int
        Number, in steps of 5 %; 0 up to a ratio of 1.
    """
    return round(math.log(max(ratio, 1.0)) / ROUNDING)


def environments(idle_ratio: float) -> Callable[[float], tuple[float, float]]:
    """Return a function of a steady mean concurrency: (environments, share of cold starts).

    Parameters
    ----------
    idle_ratio : float
        Idle limit of an environment divided by the mean duration of a request. [-]

    Returns
    -------
    callable
        Mean concurrency [count] → mean environments, busy and idle [count], and the share of
        requests that start cold [-].

    Notes
    -----
    Environments are reused in the order most recently used, so slot L lives while concurrency
    reached L within the idle limit T. Up to a mean of 60 it is exact for Poisson arrivals and
    exponential durations (`_exact`), above an approximation by slots (`_slots`).
    """
    at = table(ratio_key(idle_ratio))
    last = len(at.extra) - 2

    def steady(mean: float) -> tuple[float, float]:
        if mean <= _LEAST:
            return mean - math.expm1(-mean * idle_ratio), math.exp(-mean * idle_ratio)
        place = (math.log(mean) - _LOW) / _STEP
        index = int(place)
        index = last if index > last else index
        part = place - index
        more = at.extra[index] + (at.extra[index + 1] - at.extra[index]) * part
        return mean + more, at.cold[index] + (at.cold[index + 1] - at.cold[index]) * part

    return steady


@lru_cache(maxsize=4096)
def law(key: int) -> Law:
    """Return the law of a pool whose concurrency moves.

    Parameters
    ----------
    key : int
        Number of the idle ratio, from `ratio_key`.

    Returns
    -------
    Law
        Weight, its inverse, and the pool.

    Notes
    -----
    Slot L is dead with probability ``exp(-H_L)``, where ``H_L`` is the hazard of reaching L
    summed over the last idle limit. Near the slots in question the hazard grows with the mean
    concurrency m as a power, so ``H_L`` is proportional to the sum of weights w(m) over that
    time, and the pool is that of the steady m whose weight is their mean. The power is the one
    with which a longer idle limit and a greater concurrency keep the same slots alive,
    ``d ln w / d ln m = (dP / d ln m) / (dP / d ln T)``; as ``dP / d ln T`` is the number of
    cold starts in T, a steady pool is met exactly, environments and cold starts.
    """
    at, ratio = table(key), math.exp(key * ROUNDING)
    extra, cold, weights = at
    last, floor = len(extra) - 2, weights[0]

    def weight(mean: float) -> float:
        if mean <= _LEAST:
            return floor + math.log(mean / _LEAST) if mean > 1e-200 else -500.0
        place = (math.log(mean) - _LOW) / _STEP
        index = int(place)
        index = last if index > last else index
        return weights[index] + (weights[index + 1] - weights[index]) * (place - index)

    def mean(total: float) -> float:
        if total <= floor:
            return _LEAST * math.exp(total - floor)
        index = bisect_right(weights, total) - 1
        index = last if index > last else index
        part = (total - weights[index]) / (weights[index + 1] - weights[index])
        return math.exp(_LOW + _STEP * (index + part))

    def pool(total: float) -> tuple[float, float]:
        if total <= floor:
            alone = _LEAST * math.exp(total - floor)
            reached = alone * ratio
            return alone - math.expm1(-reached), reached * math.exp(-reached)
        index = bisect_right(weights, total) - 1
        index = last if index > last else index
        part = (total - weights[index]) / (weights[index + 1] - weights[index])
        busy = math.exp(_LOW + _STEP * (index + part))
        idle = extra[index] + (extra[index + 1] - extra[index]) * part
        starts = cold[index] + (cold[index + 1] - cold[index]) * part
        return busy + idle, starts * busy * ratio

    return Law(weight, mean, pool)


@lru_cache(maxsize=4096)
def table(key: int) -> Table:
    """Return the table of an idle ratio, between the two rows beside it.

    Parameters
    ----------
    key : int
        Number of the idle ratio, from `ratio_key`.

    Returns
    -------
    Table
        Lists as long as `grid`.
    """
    place = min(key * ROUNDING / _RATIO_STEP, _MOST_ROWS - 1.0)
    low, part = int(place), place - int(place)
    (extra, cold), (more_extra, more_cold) = _row(low), _row(low + 1)
    beside = extra + (more_extra - extra) * part
    share = np.exp(np.log(cold) * (1.0 - part) + np.log(more_cold) * part)
    means = np.exp(grid())
    pool = means + beside
    growth = pool * np.gradient(np.log(pool), _STEP)
    power = growth / np.maximum(math.exp(key * ROUNDING) * means * share, 1e-300)
    power = np.clip(power, 0.5, 1.0 + 2.0 * (pool + 1.0))
    weight = np.concatenate(([0.0], np.cumsum((power[1:] + power[:-1]) * _STEP / 2.0)))
    return Table(beside.tolist(), share.tolist(), weight.tolist())


@lru_cache(maxsize=64)
def _row(number: int) -> tuple[FloatArray, FloatArray]:
    """Return environments beside the busy ones, and cold shares, by mean concurrency."""
    ratio = math.exp(number * _RATIO_STEP)
    means = np.exp(grid())
    few = means[means <= _EXACT]
    exact_pool, exact_cold = _exact(few, ratio)
    many = [_slots(mean, ratio) for mean in means[len(few) :].tolist()]
    pool = np.concatenate((exact_pool, [pool for pool, _ in many]))
    cold = np.concatenate((exact_cold, [share for _, share in many]))
    return np.maximum(pool - means, 0.0), np.clip(cold, 1e-300, 1.0)


@lru_cache(maxsize=1)
def _log_factorials() -> FloatArray:
    """Return ln(n!) for every n that the table can ask for."""
    count = int(2.0 * math.exp(_HIGH + _STEP))
    return np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, count)))))


def _contour(at: float) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Return nodes and weights of Talbot's contour: f(t) is the sum of Re(weight F(node))."""
    theta = math.pi * (2 * np.arange(_NODES // 2) + 1) / _NODES
    cot = 1.0 / np.tan(0.6407 * theta)
    z = _NODES / at * ((0.5017 * theta * cot - 0.6122).astype(complex) + 0.2645j * theta)
    dz = _NODES / at * (0.5017 * cot - 0.5017 * 0.6407 * theta * (1.0 + cot * cot) + 0.2645j)
    return z, 2.0 * np.exp(z * at) * dz / (1j * _NODES)


def _exact(means: FloatArray, idle_ratio: float) -> tuple[FloatArray, FloatArray]:
    """Return (environments, cold shares) of steady means, each of the shape of `means`.

    Notes
    -----
    A request that raises the concurrency to L is cold if the passage from L-1 to L took longer
    than the idle limit T. With pi Poisson and ``psi_L(s) = 1 - E exp(-s tau_L)``, in units of
    the mean duration: ``psi_1 = s/(m+s)``, ``psi_L = x/(m+x)``, ``x = s + (L-1) psi_{L-1}``;
    the cold share is the inverse Laplace transform of ``sum pi_{L-1} psi_L / s`` at T, and the
    idle environments that of ``m sum pi_{L-1} psi_L / s²``.

    References
    ----------
    .. [1] J. A. C. Weideman, L. N. Trefethen, "Parabolic and hyperbolic contours for computing
       the Bromwich integral", Mathematics of Computation 76, 2007.
    """
    s, weight = _contour(idle_ratio)
    m = means[:, None]
    psi, chance = s / (m + s), np.exp(-m)
    total = chance * psi
    for level in range(2, int(_EXACT + 12.0 * math.sqrt(_EXACT)) + 26):
        x = s + (level - 1) * psi
        psi, chance = x / (m + x), chance * m / (level - 1)
        total = total + chance * psi
    cold = (weight * total / s).real.sum(axis=1)
    return means + means * (weight * total / (s * s)).real.sum(axis=1), cold


def _slots(mean: float, idle_ratio: float) -> tuple[float, float]:
    """Return (environments, cold share) of one steady mean; slots far below it never die.

    The hazard of reaching L is ``h_L = theta_L lam pi_{L-1} / P(N < L)``, with
    ``theta_L = max(0, 1 - m/(L-1))`` and Poisson occupancy pi; the slot is dead with
    probability ``P(N < L) exp(-T h_L)``.
    """
    reach = 12.0 * math.sqrt(mean) + 20.0
    first = max(0, int(mean - reach))
    below = np.arange(first, int(mean + reach) + 1)  # L - 1
    chance = np.exp(below * math.log(mean) - mean - _log_factorials()[below])
    under = np.minimum(np.cumsum(chance), 1.0)
    theta = np.where(below > 0, np.clip(1.0 - mean / np.maximum(below, 1), 0.0, 1.0), 1.0)
    hazard = theta * mean * chance / np.maximum(under, 1e-300)  # per mean duration
    is_low = below + 1 <= mean + 0.5 * math.sqrt(mean)
    dead = under * np.exp(-idle_ratio * np.where(is_low, np.maximum(hazard, 1.0), hazard))
    cold = (hazard * dead * np.where(is_low, under, 1.0)).sum() / mean
    return first + float((1.0 - dead).sum()), min(1.0, float(cold))
