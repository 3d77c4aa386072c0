"""Many scenarios at once do what each of them does alone, in every stage."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import numpy as np
import pytest

from apps.engine.stages.base import FloatArray, Stage
from apps.engine.stages.cache import Cache
from apps.engine.stages.clock import Clock
from apps.engine.stages.credits import Credits
from apps.engine.stages.delay import Delay
from apps.engine.stages.gate import Gate
from apps.engine.stages.group import Group
from apps.engine.stages.pool import Pool
from apps.engine.stages.queue import Queue
from apps.engine.stages.shards import Shards
from apps.engine.stages.shared import Shared
from apps.engine.stages.station import Station
from apps.engine.stages.tracking import Tracking
from tests.engine.stages.bench import Bench, Callee, bench_of

SCENARIOS, STEPS = 24, 40
Maker = Callable[[np.random.Generator], Stage]


def spread(rng: np.random.Generator, low: float, high: float) -> float:
    return float(math.exp(rng.uniform(math.log(low), math.log(high))))


def pool(rng: np.random.Generator) -> Pool:
    own_s = spread(rng, 1e-3, 3.0)
    ready = float(rng.choice([0.0, 5.0]))
    return Pool(spread(rng, 1.0, 3e3), own_s, 0.5, spread(rng, 0.1, 30.0), 300.0, ready=ready)


def unlimited_pool(rng: np.random.Generator) -> Pool:
    return Pool(math.inf, spread(rng, 1e-3, 3.0), 0.5, cv=spread(rng, 0.1, 2.0))


def station(rng: np.random.Generator) -> Station:
    servers = float(rng.choice([2.0, 8.0, 0.5, 37.5, math.inf]))
    return Station(servers, spread(rng, 1e-3, 0.1), spread(rng, 1.0, 2e3))


def queue(rng: np.random.Generator) -> Queue:
    ramp = float(rng.choice([0.5, 5.0]))
    return Queue(
        pollers=spread(rng, 2.0, 200.0), first_pollers=5.0, ramp_per_s=ramp, batch=10.0,
        window_s=1.0, hidden_s=spread(rng, 5.0, 100.0), attempts=float(rng.choice([1.0, 3.0])),
        keep_s=spread(rng, 60.0, 1e4),
    )  # fmt: skip


STAGES: dict[str, Maker] = {
    "gate": lambda rng: Gate(spread(rng, 1.0, 2e3), spread(rng, 1.0, 5e3), 0.01),
    "pool": pool,
    "unlimited pool": unlimited_pool,
    "few environments": lambda rng: Pool(float(rng.integers(1, 30)), 0.2),
    "credits": lambda rng: Credits(
        spread(rng, 10.0, 1e3), 0.01, most_per_s=float(rng.choice([0.0, 4e3])),
        hot_share=spread(rng, 0.01, 1.0), hot_per_s=spread(rng, 10.0, 1e4),
    ),
    "credits that follow": lambda rng: Credits(
        50.0, spread(rng, 0.01, 0.1), most_per_s=4e3, tracking=Tracking(50.0, 4e3)
    ),
    "group": lambda rng: Group(40.0, spread(rng, 0.01, 0.1), each=2.0, minimum=2.0),
    "shards": lambda rng: Shards(float(rng.integers(1, 9)), spread(rng, 10.0, 1e3), 0.3),
    "cache": lambda rng: Cache(float(rng.random()), 0.01),
    "delay": lambda rng: Delay(spread(rng, 1e-3, 1.0)),
    "clock": lambda rng: Clock(),
    "narrow pool": lambda rng: Pool(
        spread(rng, 10.0, 1e4), spread(rng, 0.03, 30.0), spread(rng, 0.01, 20.0),
        cv=float(rng.choice([0.0, 1e-4, 0.3, 0.5, 0.8])),
    ),
    "station": station,
    "queue": queue,
    "plain queue": lambda rng: Queue(rate_per_s=spread(rng, 10.0, 1e4)),
    "quota of things": lambda rng: Shared(spread(rng, 5.0, 5e3)),
    "quota of a rate": lambda rng: Shared(spread(rng, 5.0, 5e3), spread(rng, 5.0, 5e3)),
}  # fmt: skip


def stacked(stages: list[Stage]) -> Stage:
    """Return one stage whose numbers are arrays over scenarios."""
    first = stages[0]
    fields: dict[str, FloatArray] = {}
    for item in dataclasses.fields(first):  # type: ignore[arg-type]
        values = [getattr(stage, item.name) for stage in stages]
        if not isinstance(values[0], bool) and len(set(values)) > 1:
            fields[item.name] = np.array(values, dtype=np.float64)
    return dataclasses.replace(first, **fields)  # type: ignore[type-var]


def bench(stage: Stage, *, router: bool = False) -> Bench:
    is_random = isinstance(stage, Station)
    return bench_of(
        stage,
        Callee(0.1, 0.0, calls=1.0, attempts=3, backoff_s=0.5),
        Callee(0.02, 0.0, calls=0.4, units=2.0, is_extra=True),
        holds=[(1.0, is_random), (2.0, is_random)],
        members=1,
        sends=1,
        is_router=router,
    )


@pytest.mark.parametrize("dt", [1.0, 60.0, 300.0])
@pytest.mark.parametrize("name", STAGES)
def test_batch_does_what_each_scenario_does_alone(name: str, dt: float) -> None:
    rng = np.random.default_rng(len(name))
    stages = [STAGES[name](rng) for _ in range(SCENARIOS)]
    alone = [bench(stage, router=k % 2 == 0) for k, stage in enumerate(stages)]
    for group in (0, 1):
        chosen = alone[group::2]
        whole = stacked(stages[group::2])
        v = np.array([one.v for one in chosen]).T.copy()
        step = whole.bind_batch(chosen[0].port, v, dt)
        for _ in range(STEPS):
            _one_step(rng, chosen, v, dt)
            with np.errstate(all="ignore"):
                step()
            seen = np.array([one.v for one in chosen]).T
            np.testing.assert_allclose(v, seen, rtol=1e-9, atol=1e-9)


def _one_step(rng: np.random.Generator, benches: list[Bench], v: FloatArray, dt: float) -> None:
    """Offer something to every scenario, alone and in the batch, and step those alone."""
    ways = (0.0, 1e-3, 10.0, 1e3)
    for k, one in enumerate(benches):
        requests = float(rng.choice(ways)) * rng.random() * dt
        failed = float(rng.choice([0.0, 0.0, 0.03, 0.5, 1.0]))
        held = [spread(rng, 0.1, 1e3), spread(rng, 0.1, 1e3)]
        response_s, share = spread(rng, 0.01, 5.0), float(rng.choice([0.0, 0.2]))
        state = list(one.v)
        one.offer(requests, 1.5)
        one.answer(response_s=response_s, failed=failed)
        one.hold(*held)
        one.v[one.port.shared[0]] = share
        changed = [i for i, (a, b) in enumerate(zip(state, one.v, strict=True)) if a != b]
        v[changed, k] = [one.v[i] for i in changed]
        one.stage.bind(one.port, one.v, dt)()
