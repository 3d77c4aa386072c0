"""Days of one pool, by single requests: the plain stack, most recently used first."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from apps.engine.stages.base import FloatArray
from apps.engine.stages.mru.life import Life
from tests.engine.stages.mru.plain import most_recently_used

HOUR_S = 3600


@dataclass(frozen=True)
class PoolDay:
    """A function, and requests a second for some hours; `rates` has one number a second."""

    name: str
    rates: FloatArray
    own_s: float
    init_s: float
    idle_s: float
    limit: float = math.inf
    cv: float = 0.66

    @property
    def hours(self) -> int:
        return len(self.rates) // HOUR_S


@dataclass(frozen=True)
class Hours:
    """What happened, hour by hour: mean environments, cold starts, refusals, requests."""

    pool: FloatArray
    cold: FloatArray
    refused: FloatArray
    requests: FloatArray
    durations: FloatArray


def crowd(
    low: float, high: float, hours: int, at_h: float, hold_s: float, factor: float
) -> FloatArray:
    """Return rates that rise and fall over some hours, with a crowd that comes in a minute."""
    second = np.arange(hours * HOUR_S)
    swing = np.sin(math.pi * second / second[-1]).clip(0.0) ** 1.5
    since, ramp_s = second - at_h * HOUR_S, 60.0
    there = np.minimum(since / ramp_s, (2.0 * ramp_s + hold_s - since) / ramp_s).clip(0.0, 1.0)
    return np.asarray((low + (high - low) * swing) * (1.0 + (factor - 1.0) * there))


DAYS = (
    PoolDay("20/s with a crowd", crowd(5.0, 35.0, 6, 3.5, 180.0, 8.0), 0.25, 0.6, 600.0),
    PoolDay("0.3/s with a crowd", crowd(0.05, 0.5, 6, 3.0, 300.0, 10.0), 0.5, 1.0, 360.0),
    PoolDay("2/s with a crowd", crowd(0.5, 4.0, 6, 3.0, 600.0, 6.0), 0.4, 0.5, 360.0),
    PoolDay(
        "40/s, then 2/s", np.repeat([40.0, 2.0], 2 * HOUR_S).astype(np.float64), 1.0, 0.5, 600.0
    ),
    PoolDay("50/s at a limit of 20", crowd(20.0, 80.0, 4, 2.0, 300.0, 3.0), 0.2, 0.3, 360.0, 20.0),
    PoolDay("200/s with a crowd", crowd(100.0, 250.0, 3, 1.5, 180.0, 3.0), 0.2, 0.3, 360.0),
)


def by_requests(day: PoolDay, seed: int) -> Hours:
    """Return what single requests meet: Poisson arrivals, lognormal durations."""
    rng = np.random.default_rng(seed)
    counts = rng.poisson(day.rates)
    times = np.repeat(np.arange(len(day.rates)), counts) + rng.random(counts.sum())
    times.sort()
    variance = math.log1p(day.cv**2)
    mean = math.log(day.own_s) - variance / 2.0
    warm = rng.lognormal(mean, math.sqrt(variance), len(times))
    cold = (warm + day.init_s).tolist()
    life = Life.single(day.idle_s)
    seen = most_recently_used(times.tolist(), warm.tolist(), cold, life, day.limit)
    moments = np.arange(30.0, len(day.rates), 60.0)
    begins, ends = np.sort(np.array(seen.lives), axis=0).T
    alive = np.searchsorted(begins, moments) - np.searchsorted(ends, moments)
    durations = np.array(seen.lasts)
    return Hours(
        pool=alive.reshape(day.hours, -1).mean(axis=1),
        cold=_hourly(day, times[seen.cold]),
        refused=_hourly(day, times[seen.refused]),
        requests=_hourly(day, times),
        durations=durations[durations > 0.0],
    )


def _hourly(day: PoolDay, moments: FloatArray) -> FloatArray:
    edges = HOUR_S * np.arange(day.hours + 1.0)
    return np.histogram(moments, edges)[0].astype(np.float64)
