"""A quota of the account: by number with Erlang B, by rate with a bucket."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.stages.erlang import erlang_b, overflow
from apps.engine.stages.shared import Shared
from tests.engine.stages.bench import Bench, bench_of, dts


def shared(limit: float, burst: float = 0.0, members: int = 2) -> Bench:
    return bench_of(Shared(limit, burst), holds=[(1.0, True)] * members)


# Oracles 2 to 4 as concurrency of an account, wanted by two functions.
@pytest.mark.parametrize(("limit", "wanted"), [(100, 100.0), (1000, 950.0), (1000, 2016.0)])
def test_what_members_want_together_is_refused_as_erlang_b_says(limit: int, wanted: float) -> None:
    bench = shared(float(limit))
    bench.hold(0.25 * wanted, 0.75 * wanted)

    bench.step(0.0, 1.0)

    assert bench["failed"] == pytest.approx(float(erlang_b(wanted, limit)), rel=0.01)
    assert bench.gauge("quota") == pytest.approx(wanted / limit)
    assert bench["wanted"] == wanted


def test_far_below_the_quota_no_one_is_refused() -> None:
    bench = shared(1000.0)
    bench.hold(300.0, 300.0)

    bench.step(0.0, 60.0)

    assert bench["failed"] == 0.0


@pytest.mark.parametrize("dt", [1.0, 0.5])
def test_a_rate_lasts_as_long_as_its_bucket(dt: float) -> None:
    # Oracle 20 for a quota: 100/s, burst 500, 150/s wanted: 10 s.
    bench = shared(100.0, 500.0)
    bench.hold(100.0, 50.0)

    first = None
    for index in range(round(20 / dt)):
        bench.step(0.0, dt)
        if bench["failed"] > 1e-9:
            first = index * dt
            break

    assert first == pytest.approx(10.0, abs=dt)


@pytest.mark.parametrize("dt", [1.0, 60.0, 300.0])
def test_an_empty_bucket_lets_only_the_rate_through(dt: float) -> None:
    # quotas.csv: apigateway.throttle_rate 10,000 and burst 5,000.
    bench = shared(10_000.0, 5000.0)
    bench.hold(15_000.0, 5000.0)

    for _ in range(10):
        bench.step(0.0, dt)

    assert bench["failed"] == pytest.approx(0.5)
    assert bench.gauge("quota") == pytest.approx(2.0)


def test_near_the_rate_a_small_bucket_refuses_now_and_then() -> None:
    bench = shared(100.0, 20.0)
    bench.hold(57.0, 38.0)

    bench.step(0.0, 1.0)

    assert bench["failed"] == pytest.approx(overflow(0.95, 20.0))


@given(
    st.lists(st.floats(0.0, 1e5), min_size=1, max_size=20),
    dts,
    st.floats(1.0, 1e4),
    st.floats(0.0, 1e4),
)
def test_the_share_is_a_share_and_the_bucket_never_below_empty(
    wanted: list[float], dt: float, limit: float, burst: float
) -> None:
    bench = shared(limit, burst, members=1)

    for amount in wanted:
        bench.hold(amount)
        bench.step(0.0, dt)
        assert 0.0 <= bench["failed"] <= 1.0
        assert -1e-6 <= bench.own(0) <= burst


@given(st.floats(0.0, 5e3), st.floats(1.0, 3e3))
def test_a_higher_quota_never_refuses_more(wanted: float, limit: float) -> None:
    low, high = shared(limit, members=1), shared(limit * 1.5 + 1.0, members=1)
    for bench in (low, high):
        bench.hold(wanted)
        bench.step(0.0, 1.0)

    assert high["failed"] <= low["failed"] + 1e-3
