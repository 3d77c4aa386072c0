"""Days of one pool, by single requests: the plain stack, most recently used first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

from apps.engine.stages.base import FloatArray

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
    begins, ends, cold, refused, durations = _stack(day, times.tolist(), warm.tolist())
    moments = np.arange(30.0, len(day.rates), 60.0)
    alive = np.searchsorted(np.sort(begins), moments) - np.searchsorted(np.sort(ends), moments)
    return Hours(
        pool=alive.reshape(day.hours, -1).mean(axis=1),
        cold=_hourly(day, cold),
        refused=_hourly(day, refused),
        requests=_hourly(day, times.tolist()),
        durations=np.asarray(durations),
    )


def _hourly(day: PoolDay, moments: list[float]) -> FloatArray:
    edges = HOUR_S * np.arange(day.hours + 1.0)
    return np.histogram(moments, edges)[0].astype(np.float64)


def _stack(
    day: PoolDay, times: list[float], warm: list[float]
) -> tuple[list[float], list[float], list[float], list[float], list[float]]:
    """Return when environments began and ended, and who came cold, was refused, took how long."""
    busy: list[float] = []
    idle: list[float] = []
    ends: list[float] = []
    cold: list[float] = []
    refused: list[float] = []
    durations: list[float] = []
    for now, lasts in zip(times, warm, strict=True):
        while busy and busy[0] <= now:
            idle.append(heappop(busy))
        if idle and now - idle[-1] <= day.idle_s:
            idle.pop()
        else:
            ends += [released + day.idle_s for released in idle]
            idle.clear()
            if len(busy) >= day.limit:
                refused.append(now)
                continue
            cold.append(now)
            lasts += day.init_s
        durations.append(lasts)
        heappush(busy, now + lasts)
    ends += [released + day.idle_s for released in (*idle, *busy)]
    return cold, ends, cold, refused, durations
