"""A token bucket: its burst, its rate, quotas of the account, and what it calls."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.stages.erlang import overflow
from apps.engine.stages.gate import Gate
from tests.engine.stages.bench import Callee, assert_conserves, bench_of, dts, rates, shares


@given(rates, dts, st.floats(0.1, 1e5), st.floats(0.0, 1e5), shares)
def test_nothing_is_lost(
    offers: list[float], dt: float, rate: float, burst: float, failed: float
) -> None:
    bench = bench_of(Gate(rate, burst, 0.01), Callee(0.05, failed, calls=2.0, attempts=3))

    assert_conserves(bench, offers, dt)

    assert bench.called() >= 2.0 * bench["called"] * (1.0 - 1e-12)
    assert bench["passed"] <= burst + rate * dt * len(offers) + 1e-6


@pytest.mark.parametrize("dt", [1.0, 0.5])
def test_a_full_bucket_lasts_ten_seconds(dt: float) -> None:
    # Oracle 20: 100/s, burst 500, constant 150/s: the first throttle comes after B/(x-r) = 10 s.
    bench = bench_of(Gate(100.0, 500.0))

    first = None
    for index in range(round(20 / dt)):
        bench.step(150.0 * dt, dt)
        if bench["refused"] > 1e-9:
            first = index * dt
            break

    assert first == pytest.approx(10.0, abs=dt)


@pytest.mark.parametrize("dt", [1.0, 10.0, 60.0, 300.0])
def test_a_long_step_serves_as_many_as_short_ones(dt: float) -> None:
    bench = bench_of(Gate(100.0, 500.0))

    bench.run(150.0, 600.0, dt)

    assert bench["passed"] == pytest.approx(500 + 100 * 600)
    assert bench.gauge("rate") == pytest.approx(1.5)
    assert bench["wanted"] == pytest.approx(150.0)


@pytest.mark.parametrize("dt", [1.0, 60.0, 300.0])
def test_below_the_rate_a_small_bucket_refuses_now_and_then(dt: float) -> None:
    bench = bench_of(Gate(100.0, 20.0))

    bench.run(95.0, 600.0, dt)

    expected = overflow(0.95, 20.0)
    assert expected > 0.001
    assert bench["refused"] / bench["offered"] == pytest.approx(expected)
    assert bench["failed"] == pytest.approx(expected)


def test_tokens_come_back_up_to_the_burst() -> None:
    bench = bench_of(Gate(100.0, 500.0))

    bench.run(200.0, 60.0)
    bench.run(0.0, 3.0)
    assert bench.own(0) == pytest.approx(300.0)
    bench.run(0.0, 60.0)

    assert bench.own(0) == pytest.approx(500.0)


def test_a_quota_of_the_account_refuses_on_top() -> None:
    bench = bench_of(Gate(1000.0, 1000.0), members=2)
    for slot, share in zip(bench.port.shared, (0.1, 0.5), strict=True):
        bench.v[slot] = share

    bench.run(10.0, 100.0)

    assert bench["passed"] == pytest.approx(0.9 * 0.5 * 1000)
    bench.assert_conserved()


def test_it_waits_for_its_callees_and_fails_with_them() -> None:
    bench = bench_of(Gate(100.0, 100.0, own_s=0.02), Callee(0.3, 0.25, calls=2.0))

    bench.run(10.0, 10.0)

    assert bench["response"] == pytest.approx(0.02 + 2 * 0.3)
    assert bench["failed"] == pytest.approx(1.0 - 0.75**2)
    assert bench.called() == pytest.approx(200.0)


@given(rates, dts, st.floats(1.0, 1e4))
def test_a_higher_rate_never_serves_less(offers: list[float], dt: float, rate: float) -> None:
    low, high = bench_of(Gate(rate, 100.0)), bench_of(Gate(rate * 1.5, 100.0))

    for rps in offers:
        low.step(rps * dt, dt)
        high.step(rps * dt, dt)

    assert high["passed"] >= low["passed"] * (1.0 - 1e-9)
