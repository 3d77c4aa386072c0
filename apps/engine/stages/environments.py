"""How many environments a pool keeps, and how many starts are cold, at a steady concurrency."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from apps.engine.stages.base import FloatArray

# The table covers means from 1e-4 to 1e5 in steps of a quarter of a power of e.
LOW, HIGH, STEP = math.log(1e-4), math.log(1e5), 0.25


@lru_cache(maxsize=64)
def environments(idle_ratio: float) -> Callable[[float], tuple[float, float]]:
    """Return a function of the mean concurrency: (environments, share of cold starts).

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
    reached L within the idle limit T. With Poisson occupancy pi of mean m, the hazard of
    reaching L is ``h_L = theta_L lam pi_{L-1} / P(N < L)``, ``theta_L = max(0, 1 - m/(L-1))``
    and the slot is dead with probability ``P(N < L) exp(-T h_L)``. The pool is the number of
    slots that are not dead; the cold rate is the sum of ``h_L`` over the dead ones. Valid from
    an idle ratio of about 30 on.

    References
    ----------
    .. [1] N. Mahmoudi, H. Khazaei, "SimFaaS: A Performance Simulator for Serverless Computing
       Platforms", CLOSER 2021 (measurements on AWS Lambda), for the accuracy of the rule.
    """
    grid = np.arange(LOW, HIGH + STEP, STEP)
    points = [_slots(math.exp(x), idle_ratio) for x in grid.tolist()]
    extra = [pool - mean for (pool, _), mean in zip(points, np.exp(grid).tolist(), strict=True)]
    cold = [share for _, share in points]
    last = len(grid) - 2

    def at(mean: float) -> tuple[float, float]:
        if mean <= 1e-4:
            return mean - math.expm1(-mean * idle_ratio), math.exp(-mean * idle_ratio)
        place = (math.log(mean) - LOW) / STEP
        index = int(place)
        if index > last:
            index = last
        part = place - index
        more = extra[index] + (extra[index + 1] - extra[index]) * part
        return mean + more, cold[index] + (cold[index + 1] - cold[index]) * part

    return at


@lru_cache(maxsize=1)
def _log_factorials() -> FloatArray:
    """Return ln(n!) for every n that the table can ask for."""
    count = int(2.0 * math.exp(HIGH + STEP))
    return np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, count)))))


def _slots(mean: float, idle_ratio: float) -> tuple[float, float]:
    """Return (environments, cold share) of one steady mean; slots far below it never die."""
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
