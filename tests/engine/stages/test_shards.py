"""Shards that take so much each, one of them hotter than the others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.stages.shards import Shards
from tests.engine.stages.bench import Callee, assert_conserves, bench_of, dts, rates, shares


@given(rates, dts, st.integers(1, 500), st.floats(1.0, 1e4), shares, shares, st.floats(0.1, 100.0))
def test_nothing_is_lost(
    offers: list[float],
    dt: float,
    count: int,
    rate: float,
    hot: float,
    failed: float,
    each: float,
) -> None:
    bench = bench_of(Shards(float(count), rate, hot, 0.015), Callee(0.01, failed))

    assert_conserves(bench, offers, dt, each)

    assert bench["units"] <= count * rate * dt * len(offers) * (1.0 + 1e-9)
    assert bench["units"] == pytest.approx(bench["passed"] * each, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("dt", [1.0, 60.0, 300.0])
def test_even_shards_take_their_sum(dt: float) -> None:
    # quotas.csv: a Kinesis shard takes 1,000 records a second.
    bench = bench_of(Shards(4.0, 1000.0, own_s=0.015))

    bench.run(5000.0, 600.0, dt)

    assert bench["passed"] == pytest.approx(4000 * 600)
    assert bench.gauge("shards") == pytest.approx(1.25)
    assert bench["failed"] == pytest.approx(0.2)
    assert bench["response"] == 0.015


def test_a_hot_shard_refuses_while_the_others_have_room() -> None:
    bench = bench_of(Shards(4.0, 1000.0, hot_share=0.7))

    bench.run(2000.0, 60.0)

    # 1,400 come to the hot one, 200 to each of the others.
    assert bench["refused"] == pytest.approx(400 * 60)
    assert bench.gauge("shards") == pytest.approx(1.4)


def test_a_share_below_an_even_one_is_even() -> None:
    bench = bench_of(Shards(4.0, 1000.0, hot_share=0.1))

    bench.run(4000.0, 60.0)

    assert bench["refused"] == 0.0
    assert bench.gauge("shards") == pytest.approx(1.0)


def test_a_single_shard_takes_all_or_its_rate() -> None:
    bench = bench_of(Shards(1.0, 1000.0, hot_share=0.05))

    bench.run(1500.0, 60.0)

    assert bench["passed"] == pytest.approx(1000 * 60)


def test_records_count_by_their_units() -> None:
    bench = bench_of(Shards(1.0, 1000.0))

    bench.run(500.0, 60.0, each=4.0)

    assert bench["passed"] == pytest.approx(250 * 60)
    assert bench["units"] == pytest.approx(1000 * 60)


def test_nothing_is_saved_for_later() -> None:
    bench = bench_of(Shards(1.0, 1000.0))
    bench.run(0.0, 3600.0)

    bench.step(1500.0, 1.0)

    assert bench["refused"] == pytest.approx(500.0)


@given(rates, dts, st.integers(1, 100), shares)
def test_more_shards_never_take_less(
    offers: list[float], dt: float, count: int, hot: float
) -> None:
    low = bench_of(Shards(float(count), 1000.0, hot))
    high = bench_of(Shards(float(2 * count), 1000.0, hot))

    for rps in offers:
        low.step(rps * dt, dt)
        high.step(rps * dt, dt)

    assert high["passed"] >= low["passed"] * (1.0 - 1e-9)
