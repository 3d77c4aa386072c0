"""A source that ticks by itself."""

from __future__ import annotations

from hypothesis import given

from apps.engine.stages.clock import Clock
from tests.engine.stages.bench import Callee, assert_conserves, bench_of, dts, rates, shares


@given(rates, dts, shares)
def test_nothing_is_lost(offers: list[float], dt: float, failed: float) -> None:
    bench = bench_of(Clock(), Callee(1.0, failed))

    assert_conserves(bench, offers, dt)

    assert bench["refused"] == 0.0
    assert bench.called() == bench["offered"]


def test_it_hands_each_tick_on_at_once() -> None:
    bench = bench_of(Clock(), Callee(5.0, calls=3.0))

    bench.run(1.0, 60.0)

    assert bench.called() == 180.0
    assert bench["response"] == 0.0
