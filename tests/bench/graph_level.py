"""A whole graph, request by request: how long a day takes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from apps.engine.requests.graph import poisson, simulate_requests
from tests.engine.worlds import case, shop

if TYPE_CHECKING:
    from tests.bench.run import Row

RATE, DAY_S, GOAL_S = 100.0, 86_400, 6.0


def measure() -> list[Row]:
    """Return the time of a day of 8.64 million requests through an API, two functions, a table
    and a queue."""
    design = case(shop(), account={"lambda_concurrency": 100_000})
    spent = []
    for seed in range(2):
        model = design.model()
        rng = np.random.default_rng(seed)
        start = time.process_time()
        result = simulate_requests(
            model,
            design.doors(model),
            poisson(np.full((1, DAY_S), RATE), 0.0, rng),
            rng,
            start_s=0.0,
            end_s=float(DAY_S),
        )
        spent.append(time.process_time() - start)
    arrived = int(result.entries[0].arrived.sum())
    lost = arrived - int(result.of("Checkout", "invoke").offered.sum())
    return [
        {
            "name": f"a day of {arrived:,} requests through 5 nodes",
            "value": min(spent),
            "unit": "s",
            "goal": f"at most {GOAL_S:g}",
            "ok": min(spent) <= GOAL_S,
        },
        {
            "name": "requests that the API took and its function never saw",
            "value": float(lost),
            "unit": "requests",
            "goal": "at most 0",
            "ok": lost == 0,
        },
        {
            "name": "spans that did not settle",
            "value": float(result.unsettled),
            "unit": "spans",
            "goal": "at most 0",
            "ok": result.unsettled == 0,
        },
    ]
