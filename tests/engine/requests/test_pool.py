"""One pool against theory and AWS itself."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from apps.engine.requests.laws import Law, Service, by_second, poisson, renewal
from apps.engine.requests.pool import PoolResult, simulate_pool
from apps.engine.stages.erlang import erlang_b
from apps.engine.stages.mru.exact import exact_pool
from apps.engine.stages.mru.life import MEASURED, Life
from apps.engine.stages.mru.rules import Rules
from apps.engine.stages.mru.run import PoolRun

# 20 experiments on AWS Lambda. Origin: examples/exp.csv of https://github.com/pacslab/simfaas,
# MIT, Copyright (c) 2020 Nima Mahmoudi; units changed to s, columns renamed, digits rounded.
EXPERIMENTS = Path(__file__).with_name("aws_lambda_experiments.csv")


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


@pytest.fixture(scope="module")
def experiments() -> dict[str, np.ndarray]:
    rows = [line for line in EXPERIMENTS.read_text().splitlines() if not line.startswith("#")]
    table = list(csv.DictReader(rows))
    return {
        name: np.array([float(row[name]) for row in table])
        for name in table[0]
        if name != "experiment"
    }


def test_measured_life_cycle_is_that_of_aws(experiments: dict[str, np.ndarray]) -> None:
    """One parameter set, nearly constant durations; an environment counts for 600 s."""
    life = Life(MEASURED.last_s, MEASURED.others_s, MEASURED.max_age_s, 600.0)
    cold, environments = [], []
    columns = ("arrival_rate_per_s", "warm_service_s", "cold_service_s")
    for k, (rate, warm_s, cold_s) in enumerate(
        zip(*(experiments[name] for name in columns), strict=True)
    ):
        times = np.cumsum(np.random.default_rng([2, k]).standard_exponential(400_000)) / rate
        run = PoolRun(Rules(life))
        run.serve(times, np.full(len(times), warm_s), np.full(len(times), cold_s))
        totals = run.totals(float(times[-1]))
        cold.append(totals.cold_share)
        environments.append(totals.mean_environments)
    measured, errors = experiments["p_cold"], experiments["p_cold_se"]

    assert np.abs(np.array(cold) / measured - 1.0).mean() < 0.070
    assert np.abs(np.array(environments) / experiments["mean_environments"] - 1.0).mean() < 0.028
    assert (np.abs(np.array(cold) - measured) <= 2.0 * errors).sum() >= 18


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
