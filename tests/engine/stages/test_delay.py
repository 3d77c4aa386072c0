"""Time that passes without a limit, but for quotas of the account."""

from __future__ import annotations

from hypothesis import given

from apps.engine.stages.delay import Delay
from tests.engine.stages.bench import Callee, assert_conserves, bench_of, dts, rates, shares


@given(rates, dts, shares, shares)
def test_nothing_is_lost(offers: list[float], dt: float, failed: float, quota: float) -> None:
    bench = bench_of(Delay(0.01), Callee(0.05, failed, attempts=3), members=1)
    bench.v[bench.port.shared[0]] = quota

    assert_conserves(bench, offers, dt)


def test_every_request_goes_through() -> None:
    bench = bench_of(Delay(0.25))

    bench.run(1e6, 100.0)

    assert bench["passed"] == bench["offered"] == 1e8
    assert bench["refused"] == bench["failed"] == 0.0
    assert bench["response"] == 0.25


def test_only_a_quota_of_the_account_refuses() -> None:
    bench = bench_of(Delay(0.25), Callee(0.1), members=1)
    bench.v[bench.port.shared[0]] = 0.3

    bench.run(100.0, 10.0)

    assert bench["refused"] == 0.3 * 1000
    assert bench["wanted"] == 100.0  # what is asked for, refused or not
    assert bench.called() == 0.7 * 1000
    assert abs(bench["failed"] - 0.3) < 1e-12


def test_it_hands_over_without_waiting() -> None:
    bench = bench_of(Delay(0.015), sends=2)

    bench.run(100.0, 10.0)

    assert [bench.v[send.inn] for send in bench.port.sends] == [1000.0, 1000.0]
    assert bench["response"] == 0.015


def test_it_calls_for_each_item_where_it_splits_batches() -> None:
    whole, split = (
        bench_of(Delay(0.01, splits_batches=splits), Callee(0.05)) for splits in (False, True)
    )
    for bench in (whole, split):
        bench.run(10.0, 10.0, each=8.0)

    assert (whole.called(), whole.called_work()) == (100.0, 800.0)
    assert (split.called(), split.called_work()) == (800.0, 800.0)
    assert split["called"] == 800.0
    assert split["passed"] == split["offered"] == 100.0
    assert split["response"] == 0.01 + 0.05  # Side by side.


@given(rates, dts, shares)
def test_splitting_batches_loses_nothing(offers: list[float], dt: float, failed: float) -> None:
    bench = bench_of(Delay(0.01, splits_batches=True), Callee(0.05, failed))

    assert_conserves(bench, offers, dt, each=10.0)
