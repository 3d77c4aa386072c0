"""A rush that meets no environment: how many it takes, and how large it may be, by requests."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from apps.engine.stages.arrivals import Arrivals, Chance
from apps.engine.stages.pool import Pool
from tests.bench.run import Row
from tests.engine.stages.bench import bench_of

# Of requests: a share refused that chance alone does not reach. [-]
_REFUSED, _SEEDS, _TURNS = 1e-3, 3, 14
_CVS = (0.0, 0.3, 0.5, 0.66)
# What lasts no longer than a step of a second is known less well.
_GOAL, _SHORT_GOAL = 0.05, 0.08


@dataclass(frozen=True)
class Rush:
    """Requests that all at once come at an even rate to a function which nobody used before."""

    name: str
    own_s: float
    init_s: float
    cv: float

    @property
    def pool(self) -> Pool:
        return Pool(math.inf, self.own_s, self.init_s, cv=self.cv)

    @property
    def lasts_s(self) -> int:
        """So long it is looked at: until the first have ended, and twice again. [s]"""
        return 3 * math.ceil(self.own_s + self.init_s)


RUSHES = tuple(
    Rush(f"{name}, cv {cv:g}", own_s, init_s, cv)
    for name, own_s, init_s in (
        ("7 s each", 7.0, 0.3),
        ("1 s each", 1.0, 0.3),
        ("1 s each and 7 s to start", 1.0, 7.0),
    )
    for cv in _CVS
)


def measure() -> list[Row]:
    """Return how far the flows are from single requests in a rush."""
    return [row for rush in RUSHES for row in _rows(rush)]


def _rows(rush: Rush) -> Iterator[Row]:
    rate = 100.0
    grown = filled_by_flow(rush, rate) / filled_by_requests(rush, rate) - 1.0
    yield _row(f"most at once, {rush.name}", grown, rush)
    most = most_rate(lambda r: refused_by_flow(rush, r))
    true = most_rate(lambda r: refused_by_requests(rush, r))
    yield _row(f"most a second that the ramp takes, {rush.name}", most / true - 1.0, rush)


def _row(name: str, off: float, rush: Rush) -> Row:
    most = _GOAL if rush.own_s + rush.init_s > 2.0 else _SHORT_GOAL
    return {
        "name": name,
        "value": off,
        "unit": "relative",
        "goal": f"at most {most:g}",
        "ok": abs(off) <= most,
    }


def filled_by_flow(rush: Rush, rate: float) -> float:
    """Return the most requests that are in service at once, by flow, until the first end."""
    bench, most = bench_of(rush.pool), 0.0
    for _ in range(math.ceil(rush.own_s + rush.init_s)):
        bench.step(rate, 1.0)
        most = max(most, bench["held"])
    return most


def filled_by_requests(rush: Rush, rate: float) -> float:
    until_s = float(math.ceil(rush.own_s + rush.init_s))
    return float(np.mean([_served(rush, rate, until_s, seed)[1] for seed in range(_SEEDS)]))


def refused_by_flow(rush: Rush, rate: float) -> float:
    bench = bench_of(rush.pool)
    bench.run(rate, rush.lasts_s)
    return bench["refused"] / bench["offered"]


def refused_by_requests(rush: Rush, rate: float) -> float:
    return float(np.mean([_served(rush, rate, rush.lasts_s, seed)[0] for seed in range(_SEEDS)]))


def _served(rush: Rush, rate: float, until_s: float, seed: int) -> tuple[float, int]:
    """Return the share refused and the most at once, of evenly spaced requests."""
    rng, count = np.random.default_rng(seed), math.floor(rate * until_s)
    spread = math.sqrt(math.log1p(rush.cv**2))
    sizes = rng.lognormal(-(spread**2) / 2.0, spread, count)
    arrivals = Arrivals(np.arange(count) / rate, np.ones(count), np.zeros(count))
    server = rush.pool.server()
    gone = server.serve(arrivals, Chance(sizes, np.zeros(count)))
    return float(gone.refused.mean()), server.peak


def most_rate(refused: Callable[[float], float]) -> float:
    """Return the highest rate of which next to nothing is refused. [1/s]"""
    low, high = 10.0, 1e4
    for _ in range(_TURNS):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if refused(middle) <= _REFUSED else (low, middle)
    return low
