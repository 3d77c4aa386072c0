"""One pool against theory, and the laws that it draws from."""

from __future__ import annotations

import math

import numpy as np
import pytest

from apps.engine.requests.laws import Law, Service, by_second, poisson, renewal
from apps.engine.requests.pool import PoolResult, simulate_pool
from apps.engine.stages.erlang import erlang_b
from apps.engine.stages.mru.exact import exact_pool
from apps.engine.stages.mru.life import Life
from apps.engine.stages.mru.rules import Rules


def pool(
    rate: float,
    warm_s: float,
    cold_s: float,
    rules: Rules,
    until_s: float,
    seed: int,
    law: Law = "exponential",
) -> PoolResult:
    arriving, serving = np.random.default_rng(seed).spawn(2)
    return simulate_pool(
        poisson(rate, until_s, arriving),
        Service(warm_s, cold_s, law),
        rules,
        serving,
        expected=rate * until_s,
        horizon_s=until_s,
    )


@pytest.mark.parametrize(
    ("rate", "service_s", "idle_s"), [(0.9, 1.991, 600.0), (10.0, 2.016, 60.0), (100.0, 2.0, 60.0)]
)
def test_long_runs_meet_the_exact_pool(rate: float, service_s: float, idle_s: float) -> None:
    until_s = 1_500_000 / rate
    exact = exact_pool(rate, service_s, idle_s)

    found = pool(rate, service_s, service_s, Rules(Life.single(idle_s)), until_s, seed=5).totals

    # Cold starts clump: their variance is about three times that of Poisson counts.
    sigma = math.sqrt(3.0 * exact.cold_share * found.requests)
    started = exact.environments  # from empty
    assert abs(found.cold - exact.cold_share * found.requests - started) < 3.0 * sigma
    assert found.mean_environments == pytest.approx(exact.environments, rel=0.005)


@pytest.mark.parametrize(("servers", "load"), [(10, 5.0), (100, 100.0), (1000, 950.0)])
@pytest.mark.parametrize("law", ["constant", "exponential", "lognormal"])
def test_limit_refuses_what_erlang_b_says(servers: int, load: float, law: Law) -> None:
    expected = float(erlang_b(load, servers))
    until_s = 600_000 / load
    rules = Rules(Life.single(600.0), float(servers))

    found = pool(load, 1.0, 1.0, rules, until_s, seed=2, law=law).totals

    # Refusals come in groups, about as long as the pool takes to change.
    sigma = math.sqrt(8.0 * load / servers * expected / found.requests) + 2e-4
    assert abs(found.refused_share - expected) < 3.0 * sigma


def test_gaps_of_a_renewal_process_vary_as_asked() -> None:
    times = np.concatenate(list(renewal(50.0, 2.0, 4000.0, np.random.default_rng(1))))
    gaps = np.diff(times)

    assert 1.0 / gaps.mean() == pytest.approx(50.0, rel=0.02)
    assert gaps.std() / gaps.mean() == pytest.approx(2.0, rel=0.03)


def test_rates_by_second_are_met_second_by_second() -> None:
    rates = np.concatenate((np.full(300, 100.0), np.zeros(50), np.full(100, 2000.0)))
    times = np.concatenate(list(by_second(rates, np.random.default_rng(1))))

    assert (np.diff(times) >= 0.0).all()
    counts = np.histogram(times, bins=[0, 300, 350, 450])[0]
    assert counts[1] == 0
    assert counts[0] == pytest.approx(30_000, abs=4 * math.sqrt(30_000))
    assert counts[2] == pytest.approx(200_000, abs=4 * math.sqrt(200_000))


def test_measured_durations_are_drawn_as_they_are() -> None:
    samples = np.array([0.1, 0.2, 0.9])
    service = Service(0.4, 0.5, "empirical", samples=samples)

    drawn = service.draw(3000, np.random.default_rng(1)) * service.warm_s

    assert set(np.round(drawn, 9)) == {0.1, 0.2, 0.9}


def test_empirical_law_without_durations_is_refused() -> None:
    with pytest.raises(ValueError, match="needs durations"):
        Service(0.4, 0.5, "empirical")
