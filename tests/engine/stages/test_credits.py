"""Capacity with a store of what was not used: bursts, growth, and the hottest key."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.stages.credits import Credits
from tests.engine.stages.bench import Callee, assert_conserves, bench_of, dts, rates, shares


@given(
    rates,
    dts,
    st.floats(1.0, 1e5),
    st.floats(0.0, 600.0),
    st.floats(0.0, 1e6),
    shares,
    st.floats(1.0, 1e4),
    shares,
    st.floats(0.1, 20.0),
)
def test_nothing_is_lost(
    offers: list[float],
    dt: float,
    rate: float,
    hold_s: float,
    most: float,
    hot: float,
    hot_rate: float,
    failed: float,
    each: float,
) -> None:
    stage = Credits(rate, 0.005, hold_s=hold_s, most_per_s=most, hot_share=hot, hot_per_s=hot_rate)
    bench = bench_of(stage, Callee(0.01, failed))

    assert_conserves(bench, offers, dt, each)

    assert bench["units"] == pytest.approx(bench["passed"] * each, rel=1e-9, abs=1e-9)
    assert 0.0 <= bench.own(0) <= max(rate, most) * hold_s * (1.0 + 1e-9)


@given(rates, dts, st.floats(1.0, 1e5), st.floats(0.0, 600.0))
def test_granted_is_consumed_or_stored(
    offers: list[float], dt: float, rate: float, hold_s: float
) -> None:
    bench = bench_of(Credits(rate, 0.0, hold_s=hold_s))

    for count, rps in enumerate(offers, start=1):
        bench.step(rps * dt, dt)
        granted = rate * hold_s + rate * dt * count
        assert bench["units"] + bench.own(0) <= granted * (1.0 + 1e-9)


@pytest.mark.parametrize("dt", [1.0, 10.0, 60.0])
def test_five_minutes_of_unused_capacity_carry_a_burst(dt: float) -> None:
    # quotas.csv: dynamodb.burst_seconds 300. 100 units/s, 300/s wanted: 30,000 / 200 = 150 s.
    bench = bench_of(Credits(100.0, 0.005, hold_s=300.0))

    first = None
    for index in range(round(300 / dt)):
        bench.step(300.0 * dt, dt)
        if bench["refused"] > 1e-9:
            first = index * dt
            break

    assert first == pytest.approx(150.0, abs=dt)


def test_afterwards_only_the_rate_is_served_and_the_rest_refused() -> None:
    bench = bench_of(Credits(100.0, 0.005, hold_s=300.0))
    bench.run(300.0, 600.0)
    before = bench["passed"]

    bench.run(300.0, 60.0)

    assert bench["passed"] - before == pytest.approx(100 * 60)
    assert bench["failed"] == pytest.approx(2 / 3)
    assert bench.gauge("units") == pytest.approx(3.0)


def test_a_gp2_disk_bursts_for_half_an_hour() -> None:
    # 20 GiB: 100 IOPS and 5.4 M credits; at 3,000 they last 5,400,000 / 2,900 = 1,862 s.
    bench = bench_of(Credits(100.0, 0.0, hold_s=54_000.0, hot_share=1.0, hot_per_s=3000.0))

    first = None
    for index in range(300):
        bench.step(3000.0 * 10, 10.0)
        if bench["refused"] > 1e-6:
            first = index * 10
            break

    assert first == pytest.approx(5_400_000 / 2900, abs=10.0)


@pytest.mark.parametrize("dt", [1.0, 60.0, 300.0])
def test_work_is_counted_in_units_and_not_in_requests(dt: float) -> None:
    bench = bench_of(Credits(100.0, 0.0, hold_s=0.0))

    bench.run(50.0, 1200.0, dt, each=4.0)

    assert bench["units"] == pytest.approx(100 * 1200)
    assert bench["passed"] == pytest.approx(25 * 1200)


def test_a_hot_key_is_throttled_although_the_table_is_not_full() -> None:
    # quotas.csv: dynamodb.partition_wcu 1000. Half of 4,000 writes go to one key.
    bench = bench_of(Credits(40_000.0, 0.005, hot_share=0.5, hot_per_s=1000.0))

    bench.run(4000.0, 60.0)

    assert bench["refused"] / bench["offered"] == pytest.approx(0.25)
    assert bench.gauge("hot_key") == pytest.approx(2.0)
    assert bench.gauge("units") == pytest.approx(0.1)


def test_what_a_hot_key_is_refused_is_neither_billed_nor_taken() -> None:
    bench = bench_of(Credits(40_000.0, 0.005, hold_s=300.0, hot_share=0.5, hot_per_s=1000.0))

    bench.run(4000.0, 60.0)

    assert bench["units"] == pytest.approx(3000 * 60)


def test_capacity_on_demand_grows_to_twice_the_recent_peak() -> None:
    # quotas.csv: a new table takes 4,000 writes a second, and twice its peak within 30 minutes.
    bench = bench_of(Credits(4000.0, 0.005, hold_s=0.0, most_per_s=40_000.0))

    bench.run(10_000.0, 60.0)
    assert bench["failed"] > 0.3
    bench.run(10_000.0, 1800.0)

    assert bench["failed"] < 1e-9
    assert bench.gauge("units") == pytest.approx(0.25)


def test_it_never_grows_beyond_the_most() -> None:
    bench = bench_of(Credits(4000.0, 0.005, hold_s=0.0, most_per_s=40_000.0))
    bench.run(100_000.0, 7200.0, dt=60.0)
    before = bench["passed"]

    bench.run(100_000.0, 600.0, dt=60.0)

    assert bench["passed"] - before == pytest.approx(40_000 * 600)
    assert bench.gauge("units") == pytest.approx(2.5)


def test_the_store_is_full_at_the_start_and_never_more_than_full() -> None:
    bench = bench_of(Credits(100.0, 0.0, hold_s=300.0))
    assert bench.own(0) == 30_000.0

    bench.run(0.0, 3600.0, dt=60.0)

    assert bench.own(0) == 30_000.0
    assert math.isinf(bench.stage.longest_s())


@given(rates, dts, st.floats(1.0, 1e5))
def test_more_capacity_never_serves_less(offers: list[float], dt: float, rate: float) -> None:
    low, high = bench_of(Credits(rate, 0.0)), bench_of(Credits(1.5 * rate, 0.0))

    for rps in offers:
        low.step(rps * dt, dt)
        high.step(rps * dt, dt)

    assert high["passed"] >= low["passed"] * (1.0 - 1e-9)
