"""A pool of environments: its limit, its ramp, cold starts, timeouts, and batches."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.stages.environments import environments
from apps.engine.stages.erlang import erlang_b
from apps.engine.stages.pool import Pool
from tests.engine.stages.bench import Bench, Callee, assert_conserves, bench_of, dts, rates, shares


def pool(limit: float = math.inf, own_s: float = 0.1, **more: float) -> Pool:
    return Pool(limit=limit, own_s=own_s, **more)


def settled(stage: Pool, rps: float, *callees: Callee, dt: float = 1.0) -> Bench:
    bench = bench_of(stage, *callees)
    bench.run(rps, 1800.0, dt)
    return bench


@given(
    rates,
    dts,
    st.one_of(st.just(math.inf), st.floats(1.0, 3000.0)),
    st.floats(0.001, 900.0),
    shares,
    st.floats(1.0, 10.0),
)
def test_nothing_is_lost(
    offers: list[float], dt: float, limit: float, own_s: float, failed: float, each: float
) -> None:
    stage = pool(limit, own_s, init_s=0.3, timeout_s=900.0)
    bench = bench_of(stage, Callee(0.05, failed, calls=2.0, attempts=3, backoff_s=0.5))

    assert_conserves(bench, offers, dt, each)

    assert bench["held"] <= limit * (1.0 + 1e-6)
    assert bench["kept"] <= limit * (1.0 + 1e-6)


def test_concurrency_is_rate_times_duration() -> None:
    bench = settled(pool(own_s=0.2), 50.0, Callee(0.3))

    assert bench["held"] == pytest.approx(50.0 * 0.5)
    assert bench["response"] == pytest.approx(0.5)
    assert bench["units"] == pytest.approx(50.0 * 0.5 * 1800, rel=0.01)


@pytest.mark.parametrize("dt", [1.0, 60.0, 300.0])
def test_concurrency_is_the_same_at_every_step(dt: float) -> None:
    bench = bench_of(pool(own_s=2.0))
    bench.run(50.0, 3600.0, dt)

    assert bench["held"] == pytest.approx(100.0, rel=1e-3)


def test_concurrency_follows_a_jump_as_a_filter() -> None:
    # Oracle 14a: 100/s of 2 s from empty; after 3 s a(1 - e^(-t/S)) = 155.37 are busy.
    bench = bench_of(pool(own_s=2.0))
    bench.v[bench.port.kept] = 1000.0  # no ramp in the way

    bench.run(100.0, 3.0, dt=0.1)

    assert bench["held"] == pytest.approx(155.37396797031, rel=1e-3)


def test_concurrency_follows_a_swing_and_lags_behind_it() -> None:
    # Oracle 15: 100(1 + sin(2πt/3600)/2) a second of 30 s each; at 900 s m = 4495.90, and its
    # peak is 29.97 s late. The filter is that of exponential durations.
    bench = bench_of(pool(own_s=30.0))
    bench.v[bench.port.kept], busy = 1e5, []

    for second in range(2 * 3600 + 1000):
        rate = 100.0 * (1.0 + 0.5 * math.sin(2.0 * math.pi * (second + 0.5) / 3600.0))
        bench.step(rate, 1.0)
        busy.append(bench["held"])

    assert busy[7200 + 899] == pytest.approx(4495.8989082088, rel=1e-3)
    late = busy[7200:]
    assert late.index(max(late)) + 1 - 900 == pytest.approx(29.97, abs=1.0)


# Oracles 1 to 3 as concurrency limits: load and limit.
@pytest.mark.parametrize(("load", "limit"), [(5.0, 10.0), (100.0, 100.0), (950.0, 1000.0)])
def test_a_limit_refuses_as_erlang_b_says(load: float, limit: float) -> None:
    bench = settled(pool(limit, own_s=0.5), 2.0 * load)
    before, offered = bench["refused"], bench["offered"]
    bench.run(2.0 * load, 600.0)

    share = (bench["refused"] - before) / (bench["offered"] - offered)
    assert share == pytest.approx(float(erlang_b(load, int(limit))), rel=0.01)
    assert bench.gauge("concurrency") == pytest.approx(load / limit)


def test_no_concurrency_refuses_everyone() -> None:
    bench = bench_of(pool(0.0))

    bench.run(10.0, 60.0)

    assert bench["refused"] == bench["offered"] == 600.0
    assert bench["held"] == bench["kept"] == 0.0


@pytest.mark.parametrize("dt", [1.0, 0.5])
def test_five_thousand_environments_take_fifty_seconds_less_the_first_burst(dt: float) -> None:
    # Oracle 21: 5,000 at 1,000 in 10 s are 50 s; a full bucket of 1,000 is there at once.
    bench = bench_of(pool(own_s=30.0, timeout_s=900.0))

    first = None
    for index in range(round(90 / dt)):
        bench.step(100_000.0 * dt, dt)
        if bench["held"] >= 5000.0:
            first = (index + 1) * dt
            break

    assert first == pytest.approx(40.0, abs=1.5)
    assert bench.gauge("scaling") > 1.0


@pytest.mark.parametrize("dt", [1.0, 60.0, 300.0])
def test_the_pool_never_grows_faster_than_its_ramp(dt: float) -> None:
    bench = bench_of(pool(own_s=5.0))
    before = bench["held"]

    for index in range(20):
        bench.step(1e5 * dt * (index % 2), dt)
        assert bench["held"] <= before + 100.0 * dt + 1000.0 + 1e-6
        before = max(bench["held"], bench["kept"])


# Oracles 18a, 18c and 18e, as a pool that has run for long.
@pytest.mark.parametrize(
    ("rps", "own_s", "kept", "cold"),
    [
        (0.9, 1.991, 7.6919335076855, 0.0013293066491828),
        (10.0, 2.016, 37.534986445013, 0.00028973422728547),
        (100.0, 2.0, 252.16901150096, 7.9322772440548e-05),
    ],
)
def test_environments_and_cold_starts_are_those_of_the_stack(
    rps: float, own_s: float, kept: float, cold: float
) -> None:
    stage = pool(own_s=own_s, idle_s=600.0)
    bench = bench_of(stage)
    bench.run(rps, 4 * 3600.0, dt=60.0)
    before = stage.meters(bench.port, bench.v)["cold_starts"]
    bench.run(rps, 4 * 3600.0, dt=60.0)

    starts = stage.meters(bench.port, bench.v)["cold_starts"] - before
    assert bench["kept"] == pytest.approx(kept, rel=0.03)
    # The idle ratio is rounded to steps of 5 % so that pools share tables.
    assert starts / (rps * 4 * 3600.0) == pytest.approx(cold, rel=0.06)


def test_idle_environments_outlive_a_rush_by_their_idle_life() -> None:
    bench = settled(pool(own_s=1.0, idle_s=360.0), 200.0)
    rush = bench["kept"]
    bench.run(1.0, 240.0)

    assert bench["held"] == pytest.approx(1.0, rel=0.01)
    assert bench["kept"] == pytest.approx(rush, rel=0.05)
    bench.run(1.0, 240.0)
    assert bench["kept"] < 10.0


def test_a_longer_duration_is_met_with_the_pool_of_that_duration() -> None:
    answers = Callee(0.9)
    bench = settled(pool(own_s=0.1, idle_s=600.0), 10.0, answers)
    quick = bench["kept"]
    bench.answer(response_s=2.9, failed=0.0)
    bench.run(10.0, 3600.0)

    assert quick == pytest.approx(_stack(10.0, 600.0), rel=0.02)
    assert bench["kept"] == pytest.approx(_stack(30.0, 200.0), rel=0.02)


def _stack(mean: float, ratio: float) -> float:
    return environments(ratio)(mean)[0]


def test_a_pool_at_its_limit_starts_hardly_any_cold() -> None:
    bench = settled(pool(20.0, own_s=0.2), 200.0)
    before = bench.own(3)
    bench.run(200.0, 3600.0)

    assert bench["kept"] == pytest.approx(20.0)
    assert bench.own(3) - before < 1.0


def test_provisioned_environments_are_always_there_and_warm() -> None:
    stage = pool(own_s=0.1, init_s=1.0, ready=50.0)
    bench = settled(stage, 10.0)

    assert bench["kept"] == 50.0
    assert stage.meters(bench.port, bench.v)["cold_starts"] < 1e-9
    assert stage.meters(bench.port, bench.v)["environment_s"] == pytest.approx(50.0 * 1800)
    assert stage.sojourn(bench.port, bench.v).cold_share < 1e-9


def test_cold_starts_lengthen_the_requests_they_meet() -> None:
    stage = pool(own_s=0.1, init_s=2.0)
    bench = bench_of(stage)

    bench.step(100.0, 1.0)

    cold = stage.meters(bench.port, bench.v)
    assert 0.0 < cold["cold_starts"] <= 100.0
    assert cold["init_s"] == pytest.approx(2.0 * cold["cold_starts"])
    assert bench["response"] > 0.1


def test_requests_that_last_too_long_fail() -> None:
    bench = settled(pool(own_s=0.1, timeout_s=3.0), 10.0, Callee(10.0))

    assert bench["response"] == pytest.approx(3.0)
    assert bench["failed"] > 0.9
    assert bench.gauge("duration") > 3.0
    well = settled(pool(own_s=0.1, timeout_s=3.0), 10.0, Callee(0.1))
    assert well["failed"] < 1e-9
    assert well.gauge("duration") == pytest.approx(0.2 / 3.0)


def test_a_share_of_the_durations_passes_a_near_timeout() -> None:
    # Lognormal with mean 1 s and cv 0.66: P(> 3 s) = P(Z > (ln 3 + s²/2)/s), s² = ln(1 + cv²).
    sigma = math.sqrt(math.log1p(0.66**2))
    late = 0.5 * math.erfc((math.log(3.0) + sigma**2 / 2) / sigma / math.sqrt(2.0))

    bench = settled(pool(own_s=1.0, timeout_s=3.0), 10.0)

    assert bench["failed"] == pytest.approx(late, rel=0.02)


def test_a_batch_is_handled_item_by_item_in_one_environment() -> None:
    bench = bench_of(pool(own_s=0.05), Callee(0.01, calls=1.0))

    bench.run(10.0, 1800.0, each=10.0)

    assert bench["held"] == pytest.approx(10.0 * 10 * 0.06, rel=0.01)
    assert bench["response"] == pytest.approx(0.6)
    assert bench["called"] == pytest.approx(10 * bench["passed"])
    assert bench.called() == pytest.approx(10 * bench["passed"])


def test_a_quota_of_the_account_refuses_beside_the_limit() -> None:
    bench = bench_of(pool(), members=1)
    bench.v[bench.port.shared[0]] = 0.25

    bench.run(10.0, 100.0)

    assert bench["refused"] == pytest.approx(0.25 * 1000)
    assert bench["wanted"] == pytest.approx(1.0)


@given(st.floats(1.0, 500.0), st.floats(1.0, 500.0))
def test_a_higher_limit_never_serves_less(limit: float, rps: float) -> None:
    low, high = bench_of(pool(limit, 0.5)), bench_of(pool(limit * 1.5, 0.5))

    low.run(rps, 60.0)
    high.run(rps, 60.0)

    assert high["passed"] >= low["passed"] * (1.0 - 1e-6)
