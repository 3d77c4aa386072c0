"""One pool against theory, the published SimFaaS runs, and AWS itself."""

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
from tests.engine.stages.mru.plain import newest_created

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


# Published runs: name, rate, warm, cold, idle limit, simulated time, cold share, environments,
# running. Source: README and notebooks of https://github.com/pacslab/simfaas, MIT.
SIMFAAS = [
    ("README", 0.9, 1.991, 2.244, 600.0, 1e6, 1213 / 898_469, 7.6612, 1.7879),
    ("02", 0.9, 1.991, 2.244, 600.0, 1e6, 1183 / 900_020, 7.6910, 1.7971),
    ("08", 0.9, 2.016, 2.163, 600.0, 1e5, 0.00131051, 7.679896, 1.814876),
    ("08, 10 s", 10.0, 2.016, 2.163, 10.0, 1e5, 0.023818, 28.654768, 20.135),
    ("08, 60 s", 10.0, 2.016, 2.163, 60.0, 1e5, 0.003666, 33.123974, 20.191),
    ("08, 600 s", 10.0, 2.016, 2.163, 600.0, 1e5, 0.000338, 37.660413, 20.112),
    ("08, 1200 s", 10.0, 2.016, 2.163, 1200.0, 1e5, 0.000149, 38.521834, 20.133),
    ("08, 1800 s", 10.0, 2.016, 2.163, 1800.0, 1e5, 0.000137, 39.557215, 20.169),
]


@pytest.mark.parametrize("case", SIMFAAS, ids=[case[0] for case in SIMFAAS])
def test_published_simfaas_run_lies_within_its_own_noise(case: tuple[str | float, ...]) -> None:
    rate, warm_s, cold_s, idle_s, until_s, *published = (float(value) for value in case[1:])
    exact = exact_pool(rate, warm_s + exact_cold_s(case), idle_s)
    means = np.array([exact.cold_share, exact.environments, exact.busy])
    # A run starts with an empty pool, which it fills by cold starts.
    means[0] += exact.environments / (rate * until_s)
    unsure = np.zeros(3)
    if idle_s / warm_s < 100.0:
        ratios = [_routing(rate, warm_s, cold_s, idle_s, seed) for seed in range(4)]
        means[:2] *= np.mean(ratios, axis=0)
        unsure[:2] = means[:2] * np.std(ratios, axis=0, ddof=1) / 2.0
    # The noise is that of shorter runs, of which the beginning is left out.
    part, noise = 0.1 if idle_s >= 100.0 else 0.04, []
    for seed in range(30 if idle_s >= 100.0 else 75):
        half, whole = (
            pool(rate, warm_s, cold_s, Rules(Life.single(idle_s), 1000.0), length, seed).totals
            for length in (0.05 * until_s, (0.05 + part) * until_s)
        )
        noise.append(
            [
                (whole.cold - half.cold) / (part * rate * until_s),
                (whole.environment_s - half.environment_s) / (part * until_s),
                (whole.busy_s - half.busy_s) / (part * until_s),
            ]
        )
    sigmas = np.std(noise, axis=0, ddof=1) * math.sqrt(part)

    off = np.abs(np.array(published) - means) / np.hypot(sigmas, unsure)

    assert (off < 3.0).all(), off


def exact_cold_s(case: tuple[str | float, ...]) -> float:
    """Return what cold starts add to the mean duration. [s]"""
    rate, warm_s, cold_s, idle_s = (float(value) for value in case[1:5])
    return exact_pool(rate, warm_s, idle_s).cold_share * (cold_s - warm_s)


def _routing(rate: float, warm_s: float, cold_s: float, idle_s: float, seed: int) -> list[float]:
    """Return how SimFaaS's newest-created routing changes cold share and environments."""
    rng = np.random.default_rng([9, seed])
    times = np.cumsum(rng.standard_exponential(150_000) / rate)
    size = rng.standard_exponential(150_000)
    newest = newest_created(
        times.tolist(), (size * warm_s).tolist(), (size * cold_s).tolist(), idle_s, 1000.0
    )
    run = PoolRun(Rules(Life.single(idle_s), 1000.0))
    cold, _ = run.serve(times, size * warm_s, size * cold_s)
    alive = run.totals(float(times[-1])).environment_s
    return [len(newest.cold) / len(cold), newest.environment_s / alive]


def test_published_simfaas_run_at_a_limit() -> None:
    found = pool(1000.0, 2.016, 2.163, Rules(Life.single(600.0), 1000.0), 1000.0, seed=1).totals

    assert found.cold == 1000
    assert found.refused_share == pytest.approx(503_207 / 998_537, abs=3 * 0.0007)
    assert found.mean_environments == pytest.approx(999.4032, abs=0.02)
    assert found.mean_busy == pytest.approx(998.4269, abs=0.05)


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
