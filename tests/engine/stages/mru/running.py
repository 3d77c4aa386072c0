"""Reruns of a published run by our own pools, and how much such runs differ from each other."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.engine.stages.mru.exact import exact_pool
from apps.engine.stages.mru.life import Life
from apps.engine.stages.mru.rules import Rules
from apps.engine.stages.mru.run import PoolRun, Totals
from tests.engine.stages.mru.plain import newest_created

Floats = NDArray[np.float64]
# By what was measured: a value for each piece of a run, or for all of it.
Values = dict[str, Floats]


@dataclass(frozen=True)
class Run:
    """A run from empty: Poisson arrivals, exponential durations, one idle limit, a concurrency."""

    rate_per_s: float
    warm_s: float
    cold_s: float
    idle_s: float
    horizon_s: float
    limit: float = 1000.0

    def requests(self, seed: int) -> tuple[Floats, Floats]:
        """Return when requests come [s], and their durations over the mean [-]; shape (n,)."""
        chance = np.random.default_rng([11, seed])
        count = chance.poisson(self.rate_per_s * self.horizon_s)
        times = np.sort(chance.random(count)) * self.horizon_s
        return times, chance.standard_exponential(count)

    def edges(self, pieces: int) -> Floats:
        """Return where its pieces begin and end, shape (pieces + 1,). [s]"""
        return np.linspace(0.0, self.horizon_s, pieces + 1)


class Spread(NamedTuple):
    """Mean of whole runs, its standard error, and the standard deviation of one run."""

    mean: float
    error: float
    noise: float

    def deviations(self, published: float) -> float:
        """Return how far off a published run is, in standard deviations of such a run. [-]"""
        return (published - self.mean) / math.hypot(self.noise, self.error)


def spread(whole: Floats, pieces: Floats) -> Spread:
    """Return what runs say, shape (runs,), whose pieces are known too, shape (runs, pieces).

    A run is the mean of its pieces, which are many more than the runs and tell its deviation
    better. The first piece is left out of it: there the pool fills.
    """
    inner = pieces[:, 1:] if pieces.shape[1] > 1 else pieces
    noise = float(np.nanstd(inner, ddof=1)) / pieces.shape[1] ** 0.5
    return Spread(float(whole.mean()), noise / len(whole) ** 0.5, noise)


@functools.cache
def rerun(run: Run, count: int, pieces: int, *, is_newest: bool) -> dict[str, Spread]:
    """Rerun a run from empty so many times over its whole length, cut into pieces.

    Newest-created order is that of SimFaaS; most recently used is that of the product.
    """
    wholes: dict[str, list[Floats]] = {}
    parts: dict[str, list[Floats]] = {}
    for seed in range(count):
        many = newest if is_newest else most_recent
        for name, values in many(run, seed, pieces).items():
            parts.setdefault(name, []).append(values[1:])
            wholes.setdefault(name, []).append(values[:1])
    return {
        name: spread(np.concatenate(wholes[name]), np.array(values))
        for name, values in parts.items()
    }


def rerun_steadied(run: Run, count: int, pieces: int) -> dict[str, Spread]:
    """Rerun in newest-created order, with the chance of these runs taken out of their mean.

    The same requests, all warm, are given to the product's pool, whose steady state is known
    exactly: what it has too much of, the other one has too.
    """
    exact = exact_pool(run.rate_per_s, run.warm_s, run.idle_s)
    known = dict(zip(("cold share", "environments", "running"), exact, strict=True))
    even = replace(run, cold_s=run.warm_s)
    runs = [(newest(run, seed, pieces), most_recent(even, seed, pieces)) for seed in range(count)]
    result = {}
    for name, truth in known.items():
        theirs, ours = (
            np.array([many[name][1:] for many in side]) for side in zip(*runs, strict=True)
        )
        more = (theirs - ours)[:, 1:]
        start = (theirs[:, 0] - more.mean() - truth) / pieces
        noise = float(theirs[:, 1:].std(ddof=1)) / pieces**0.5
        error = np.hypot(more.std(ddof=1) / more.size**0.5, start.std(ddof=1) / count**0.5)
        result[name] = Spread(truth + float(more.mean() + start.mean()), float(error), noise)
    return result


class Served(NamedTuple):
    """When requests came and ended, shape (n,), and environments, shape (lives, 2). [s]"""

    times: Floats
    ends: Floats
    lives: Floats


@functools.lru_cache(maxsize=5)
def served_newest(run: Run, seed: int) -> Served:
    """Serve a run in newest-created order."""
    times, sizes = run.requests(seed)
    warm, cold = sizes * run.warm_s, sizes * run.cold_s
    seen = newest_created(times.tolist(), warm.tolist(), cold.tolist(), run.idle_s, run.limit)
    return Served(times, times + np.array(seen.lasts), np.array(seen.lives))


def newest(run: Run, seed: int, pieces: int) -> Values:
    """Return what a run in newest-created order gives: of all of it, then of each piece."""
    times, ends, lives = served_newest(run, seed)
    born, edges = lives[:, 0], run.edges(pieces)
    kept_s, busy_s = level_s(born, lives[:, 1], edges), level_s(times, ends, edges)
    return {
        "cold share": _ratio(np.histogram(born, edges)[0], np.histogram(times, edges)[0]),
        "environments": _with_all(kept_s, np.diff(edges)),
        "running": _with_all(busy_s, np.diff(edges)),
        "idle": _with_all(kept_s - busy_s, np.diff(edges)),
        "life": _lives_of_dead(lives, edges),
    }


def most_recent(run: Run, seed: int, pieces: int) -> Values:
    """Return the same of the product's own pool, without lives."""
    edges = run.edges(pieces)
    rows = [(0, 0, 0, 0.0, 0.0)]
    for seen in _totals_at(run, seed, edges[1:]):
        rows.append((seen.cold, seen.refused, seen.requests, seen.environment_s, seen.busy_s))
    cold, refused, asked, environment_s, busy_s = np.diff(np.array(rows), axis=0).T
    return {
        "cold share": _ratio(cold, asked),
        "refused share": _ratio(refused, asked),
        "environments": _with_all(environment_s, np.diff(edges)),
        "running": _with_all(busy_s, np.diff(edges)),
        "idle": _with_all(environment_s - busy_s, np.diff(edges)),
    }


def most_recent_totals(run: Run, seed: int) -> Totals:
    """Return what the product's own pool has done at the end of a run."""
    (totals,) = _totals_at(run, seed, run.edges(1)[1:])
    return totals


def _totals_at(run: Run, seed: int, edges: Floats) -> Iterator[Totals]:
    times, sizes = run.requests(seed)
    pool, low = PoolRun(Rules(Life.single(run.idle_s), run.limit)), 0
    for high, edge in zip(np.searchsorted(times, edges).tolist(), edges.tolist(), strict=True):
        size = sizes[low:high]
        pool.serve(times[low:high], size * run.warm_s, size * run.cold_s)
        low = high
        yield pool.totals(edge)


def level_s(begins: Floats, ends: Floats, edges: Floats) -> Floats:
    """Return the time integral of how many are there, between edges, shape (edges - 1,). [s]"""
    areas = []
    for moments in (np.sort(begins), np.sort(ends)):
        before = np.concatenate(([0.0], np.cumsum(moments)))
        past = np.searchsorted(moments, edges)
        areas.append(past * edges - before[past])
    return np.diff(areas[0] - areas[1])


def _with_all(parts: Floats, over: Floats) -> Floats:
    return np.concatenate(([parts.sum() / over.sum()], parts / over))


def _ratio(parts: NDArray[np.generic], over: NDArray[np.generic]) -> Floats:
    return _with_all(parts.astype(np.float64), over.astype(np.float64))


def _lives_of_dead(lives: Floats, edges: Floats) -> Floats:
    """Return how long those lived that died in time, as SimFaaS counts them. [s]"""
    born, died = lives.T
    lasted, count = (
        np.histogram(died, edges, weights=weights)[0] for weights in (died - born, None)
    )
    with np.errstate(invalid="ignore"):
        return _ratio(lasted, count)
