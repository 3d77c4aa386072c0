"""A cache: hits end here, misses go on."""

from __future__ import annotations

import pytest
from hypothesis import given

from apps.engine.stages.cache import Cache
from tests.engine.stages.bench import Callee, assert_conserves, bench_of, dts, rates, shares


@given(rates, dts, shares, shares)
def test_nothing_is_lost(offers: list[float], dt: float, hit: float, failed: float) -> None:
    bench = bench_of(Cache(hit), Callee(0.1, failed))

    assert_conserves(bench, offers, dt)

    assert bench.called() == pytest.approx(bench["offered"] * (1.0 - hit), rel=1e-9, abs=1e-9)
    assert bench["passed"] == bench["offered"]


def test_only_misses_wait_and_only_misses_fail() -> None:
    bench = bench_of(Cache(0.9, own_s=0.02), Callee(0.5, failed=0.4))

    bench.run(100.0, 10.0)

    assert bench["response"] == pytest.approx(0.02 + 0.1 * 0.5)
    assert bench["failed"] == pytest.approx(0.1 * 0.4)
    assert bench["called"] == pytest.approx(100.0)


@pytest.mark.parametrize(("hit", "called"), [(0.0, 1000.0), (1.0, 0.0)])
def test_a_cache_that_never_or_always_hits(hit: float, called: float) -> None:
    bench = bench_of(Cache(hit), Callee(0.5))

    bench.run(100.0, 10.0)

    assert bench.called() == called
