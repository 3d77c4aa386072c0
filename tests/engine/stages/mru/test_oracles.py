"""A simulated pool against theory: closed forms, Erlang B, the ramp."""

from __future__ import annotations

import math

import numpy as np
import pytest

from apps.engine.requests.services import Constant, Exponential, Lognormal, Service
from apps.engine.stages.arrivals import Arrivals
from apps.engine.stages.erlang import erlang_b
from apps.engine.stages.mru.life import Life
from apps.engine.stages.mru.rules import Rules
from apps.engine.stages.mru.run import PoolRun
from apps.engine.stages.pool import Pool
from tests.engine.stages.mru.running import batches, mean_and_error, run_pool
from tests.engine.stages.mru.test_exact import CASES

# Seconds that give about a million requests.
HORIZONS = {"18a": 2.5e5, "18b": 1e6, "18c": 5e4, "18d": 5e4, "18e": 2e4}


@pytest.mark.parametrize("name", CASES)
def test_oracle_18_within_three_standard_errors(name: str) -> None:
    rate, mean_s, idle_s, cold, environments = CASES[name]
    count = 6

    runs = batches(rate, mean_s, mean_s, idle_s, horizon_s=HORIZONS[name], count=count)

    for values, truth, start in (
        # From empty every level is reached for the first time once, and the pool fills.
        ([run.cold / run.requests for run in runs], cold, environments / (rate * HORIZONS[name])),
        ([run.mean_environments for run in runs], environments, idle_s / HORIZONS[name]),
        ([run.mean_busy for run in runs], rate * mean_s, mean_s / HORIZONS[name]),
    ):
        mean, deviation = mean_and_error(values)
        allowed = 3.0 * deviation / math.sqrt(count)
        assert abs(mean - truth) <= allowed + start * (truth if truth > 0.5 else 1.0)


def test_oracle_19_one_environment() -> None:
    runs = batches(0.001, 1e-9, 1e-9, 600.0, horizon_s=1e7, count=10)

    cold, deviation = mean_and_error([run.cold_share for run in runs])
    assert abs(cold - 0.54881163609403) <= 3.0 * deviation / math.sqrt(10)
    kept, deviation = mean_and_error([run.mean_environments for run in runs])
    assert abs(kept - 0.45118836390597) <= 3.0 * deviation / math.sqrt(10)


@pytest.mark.parametrize(
    ("servers", "load", "truth", "horizon_s"),
    [
        (10, 5.0, 0.018384570336648, 60_000.0),  # oracle 1
        (100, 100.0, 0.075700452710861, 4_000.0),  # oracle 2
        (1000, 950.0, 0.0036492936889424, 400.0),  # oracle 3
        (1000, 2016.0, 0.50445458189888, 150.0),  # oracle 4
    ],
)
@pytest.mark.parametrize("law", ["exponential", "constant", "lognormal"])
def test_refusals_at_the_limit_are_erlang_b(
    servers: int, load: float, truth: float, horizon_s: float, law: str
) -> None:
    """Whatever the law of service: it is insensitive to it."""
    laws: dict[str, Service] = {
        "exponential": Exponential(1.0, 1.0),
        "constant": Constant(1.0, 1.0),
        "lognormal": Lognormal(1.0, 1.0, 1.5),
    }
    assert erlang_b(load, servers) == pytest.approx(truth, rel=1e-11)
    rules, filled_s = Rules(Life.single(1e9), float(servers)), 20.0

    lost = []
    for seed in range(4 if law == "exponential" else 3):
        whole = run_pool(load, laws[law], rules, horizon_s=horizon_s + filled_s, seed=seed)
        first = run_pool(load, laws[law], rules, horizon_s=filled_s, seed=seed)
        lost.append((whole.refused - first.refused) / (whole.requests - first.requests))

    mean, deviation = mean_and_error(lost)
    # Three runs know their own deviation badly; theory knows it well enough.
    noise = max(deviation, math.sqrt(truth / (load * horizon_s)))
    assert abs(mean - truth) <= 3.0 * noise / math.sqrt(len(lost))


def test_oracle_21_the_ramp_to_5000_environments() -> None:
    times = np.arange(0.0, 60.0, 0.001)
    forever = np.full(len(times), 1e6)
    run = PoolRun(Rules(Life.single(600.0), ramp_per_s=100.0, saved=1.0))

    new, _ = run.serve(times, forever, forever.copy())

    # 1,000 in 10 s; the very first one is saved.
    assert times[new[5000]] == pytest.approx(50.0, abs=0.01)


def test_the_ramp_saves_a_thousand_for_a_burst() -> None:
    times = np.concatenate((np.zeros(5_000), np.arange(0.0, 50.0, 0.001)))
    pool = Pool(limit=math.inf, own_s=1e5, ramp_per_s=100.0, timeout_s=1e6, cv=0.0)

    seen = pool.serve(Arrivals.at(times), np.random.default_rng(1))

    assert int(seen.cold[:5_000].sum()) == 1_000
    assert int(seen.cold.sum()) == pytest.approx(1_000 + 5_000, abs=1)


def test_provisioned_environments_are_never_cold() -> None:
    service, horizon_s = Exponential(1.0, 1.5), 20_000.0
    cold = []
    for ready in (0, 10, 30):
        rules = Rules(Life.single(60.0), ready=ready)
        seen = run_pool(10.0, service, rules, horizon_s=horizon_s, seed=1)
        cold.append(seen.cold)
        assert seen.mean_environments >= ready * (1.0 - 1e-9)
    assert cold[0] > cold[1] > cold[2] == 0


def test_one_request_at_a_time_and_no_more() -> None:
    chance = np.random.default_rng(3)
    times = np.cumsum(chance.exponential(0.01, 20_000))
    pool = Pool(limit=5.0, own_s=0.08, init_s=0.2)

    seen = pool.serve(Arrivals.at(times), chance)

    served = ~seen.refused
    events = np.concatenate((seen.ends[served], times[served]))
    steps = np.concatenate((np.full(served.sum(), -1), np.ones(served.sum(), np.int64)))
    busy = np.cumsum(steps[np.argsort(events, kind="stable")])
    assert busy.max() == 5
    assert (seen.ends[seen.refused] == times[seen.refused]).all()


def test_work_and_callees_and_timeouts_make_the_duration() -> None:
    times, work = np.arange(4.0) * 10.0, np.array([1.0, 5.0, 1.0, 1.0])
    beyond = np.array([0.0, 0.0, 2.0, 20.0])
    pool = Pool(limit=math.inf, own_s=0.5, init_s=1.0, timeout_s=6.0, idle_s=100.0, cv=0.0)

    seen = pool.serve(Arrivals(times, work, beyond), np.random.default_rng(1))

    assert (seen.ends - seen.begins).tolist() == pytest.approx([1.5, 2.5, 2.5, 6.0])
    assert seen.cold.tolist() == [True, False, False, False]
