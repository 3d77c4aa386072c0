"""One pool in blocks: the same whatever the chunk, in little memory, with honest percentiles."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from apps.engine.requests.one_pool import simulate_pool
from apps.engine.requests.services import Exponential, Lognormal
from apps.engine.requests.spread import Spread
from apps.engine.requests.streams import poisson
from apps.engine.stages.mru.life import MEASURED, Life
from apps.engine.stages.mru.rules import Rules

SINGLE = Rules(Life.single(600.0), limit=1000.0)


@pytest.mark.parametrize("rules", [SINGLE, Rules(MEASURED)], ids=["single", "life"])
def test_no_result_depends_on_the_chunk(rules: Rules) -> None:
    seen = [
        simulate_pool(
            poisson(40.0), Exponential(1.0, 1.3), rules, horizon_s=1_500.0, seed=4, chunk=chunk
        )
        for chunk in (100, 1_024, 16_384)
    ]

    assert len({(each.totals.cold, each.totals.requests) for each in seen}) == 1
    assert len({each.latency.percentile_s(0.99) for each in seen}) == 1
    first = seen[0].totals
    for each in seen[1:]:
        assert each.totals.environment_s == pytest.approx(first.environment_s, rel=1e-12)
        assert each.totals.busy_s == pytest.approx(first.busy_s, rel=1e-12)


def test_a_seed_gives_the_same_again_and_another_seed_does_not() -> None:
    def busy_s(seed: int) -> float:
        service = Exponential(1.0, 1.0)
        return simulate_pool(
            poisson(5.0), service, SINGLE, horizon_s=500.0, seed=seed
        ).totals.busy_s

    assert busy_s(1) == busy_s(1) != busy_s(2)


def test_a_million_requests_take_little_memory() -> None:
    tracemalloc.start()
    run = simulate_pool(poisson(1e3), Exponential(0.1, 0.2), SINGLE, horizon_s=1e3, seed=1)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert run.totals.requests > 990_000
    assert most < 20e6


def test_it_stops_where_it_is_told_to() -> None:
    told: list[float] = []

    def progress(share: float) -> bool:
        told.append(share)
        return share < 0.5

    run = simulate_pool(
        poisson(1e3), Exponential(0.1, 0.1), SINGLE, horizon_s=200.0, seed=1, progress=progress
    )

    assert told == sorted(told)
    assert 0.5 <= told[-1] < 0.7
    assert run.totals.horizon_s == pytest.approx(200.0 * told[-1])
    assert run.totals.mean_busy == pytest.approx(100.0, rel=0.05)


def test_what_ends_after_the_horizon_counts_up_to_it() -> None:
    run = simulate_pool(
        poisson(10.0), Exponential(1e6, 1e6), Rules(Life.single(1.0)), horizon_s=100.0, seed=1
    )

    # Nothing ends: every request stays from its arrival to the horizon.
    assert run.totals.mean_busy == pytest.approx(500.0, rel=0.15)
    assert run.totals.environment_s == pytest.approx(run.totals.busy_s, rel=1e-3)


def test_refused_requests_have_no_latency() -> None:
    rules = Rules(Life.single(10.0), limit=1.0)

    run = simulate_pool(poisson(100.0), Exponential(1.0, 1.0), rules, horizon_s=300.0, seed=1)

    assert run.totals.refused_share > 0.9
    assert run.latency.count == run.totals.requests - run.totals.refused
    assert run.latency.mean_s == pytest.approx(1.0, rel=0.2)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.95, 0.99, 0.999])
def test_percentiles_are_within_a_thousandth(share: float) -> None:
    lasting, _ = Lognormal(0.3, 0.3, 1.2).draw(300_000, np.random.default_rng(2))
    spread = Spread()
    for part in np.array_split(lasting, 7):
        spread.add(part)

    assert spread.percentile_s(share) == pytest.approx(np.quantile(lasting, share), rel=1e-3)
    assert spread.mean_s == pytest.approx(lasting.mean(), rel=1e-12)
    assert spread.most_s == lasting.max()


def test_percentiles_of_nothing_and_of_the_same() -> None:
    spread = Spread()
    assert spread.percentile_s(0.5) == spread.mean_s == 0.0

    spread.add(np.full(10, 1.991))
    spread.add(np.array([0.0, 1e12]))

    assert spread.percentile_s(0.5) == pytest.approx(1.991, rel=1e-3)
    assert spread.percentile_s(0.0) >= 0.0
    assert spread.most_s == 1e12
