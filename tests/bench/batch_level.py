"""Scenarios side by side: what a day and a range cost, and that the cost grows in proportion."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from apps.engine.fluid.batch import run_batch
from apps.engine.fluid.load import Load
from apps.engine.fluid.stacking import stack
from apps.engine.headroom.case import Case
from apps.engine.headroom.judge import Judge
from apps.engine.headroom.ranges import samples
from apps.engine.headroom.sampling import ranges_of
from apps.engine.headroom.search import find_most
from apps.engine.inputs import TRAFFIC
from tests.bench.designs import SALE, fifteen
from tests.bench.run import Row
from tests.engine.worlds import case

_SIZES = (256, 512, 1024)
_TYPICAL, _MIXED = (2e4, 1e5), (1e4, 1e6)
_SEEDS = 5


def measure() -> list[Row]:
    """Return every figure of scenarios in batches."""
    design = case(fifteen(), events=SALE)
    return [*_days(design), *_range(design)]


def _days(design: Case) -> list[Row]:
    """Return the CPU time of a day by the number of scenarios, beside that of one alone."""
    run_scenarios(design, 16, *_TYPICAL)
    costs = {size: min(run_scenarios(design, size, *_TYPICAL) for _ in range(2)) for size in _SIZES}
    alone = _best(lambda: design.run(5e4))
    rows: list[Row] = [
        {
            "name": f"a day of one of {size} scenarios, 15 components, typical",
            "value": cost,
            "unit": "ms",
            "goal": "at most 6",
            "ok": cost <= 6.0,
        }
        for size, cost in costs.items()
    ]
    growth = costs[1024] / costs[256]
    rows.append(
        {
            "name": "cost of one scenario, 1,024 over 256 of them",
            "value": growth,
            "unit": "ratio",
            "goal": "at most 1.3",
            "ok": growth <= 1.3,
        }
    )
    mixed = run_scenarios(design, 1024, *_MIXED)
    rows += [
        {"name": "a day of one scenario alone, typical", "value": alone, "unit": "ms"},
        {
            "name": "a day of one of 1,024 scenarios, up to far overloaded",
            "value": mixed,
            "unit": "ms",
            "note": "every minute of the overloaded ones takes six steps",
        },
    ]
    return rows


def run_scenarios(design: Case, size: int, low: float, high: float) -> float:
    """Return the CPU time of a day of one scenario among so many. [ms]"""
    items = [item for item in design.inputs.open() if item.key[0] != TRAFFIC]
    tried = samples(items, size, 3)
    users = np.exp(np.linspace(np.log(low), np.log(high), size))
    begun = time.process_time()
    for batch in stack([design.inputs.blueprint(one) for one in tried]):
        load = Load.of(
            users[batch.members],
            [a.per_user for a in design.arrivals],
            [a.fixed for a in design.arrivals],
        )
        run_batch(batch, design.doors(batch.model), load, retry=design.retry)
    return 1e3 * (time.process_time() - begun) / size


def _range(design: Case) -> list[Row]:
    """Return what a range costs beside its search, and how far it moves with the seed."""
    found = find_most(design, Judge(design, 1), 1e5)
    cost = _best(lambda: ranges_of(design, found, lambda: True))
    many = ranges_of(design, found, lambda: True, seed=99, count=2000).verdict
    few = [ranges_of(design, found, lambda: True, seed=seed).verdict for seed in range(_SEEDS)]
    moved = max(
        abs(value / whole - 1.0)
        for one in few
        for value, whole in ((one.low, many.low), (one.high, many.high))
    )
    return [
        {"name": "range of a verdict, 15 components", "value": cost, "unit": "ms"},
        {
            "name": "P10 and P90 of the usual samples against 2,000, worst of five seeds",
            "value": moved,
            "unit": "relative",
            "goal": "at most 0.2",
            "ok": moved <= 0.2,
        },
    ]


def _best(run: Callable[[], object]) -> float:
    """Return the CPU time of the best of five. [ms]"""
    times = []
    for _ in range(5):
        begun = time.process_time()
        run()
        times.append(1e3 * (time.process_time() - begun))
    return min(times)
