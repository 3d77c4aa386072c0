"""Room for data: what fits passes, what does not is refused, a cache evicts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from apps.engine.stages.arrivals import Arrivals
from apps.engine.stages.room import Room
from tests.engine.stages.bench import Callee, assert_conserves, bench_of, dts, rates, shares


@given(rates, dts, shares)
def test_nothing_is_lost(offers: list[float], dt: float, failed: float) -> None:
    for stored in (10.0, 30.0):
        assert_conserves(bench_of(Room(20.0, stored), Callee(0.1, failed)), offers, dt)


def test_requests_pass_in_no_time_while_it_fits() -> None:
    bench = bench_of(Room(20.0, 15.0))

    bench.run(100.0, 10.0)

    assert (bench["passed"], bench["refused"], bench["response"]) == (1000.0, 0.0, 0.0)


def test_a_full_store_refuses_all_and_a_full_cache_nothing() -> None:
    full, cache = bench_of(Room(20.0, 20.1)), bench_of(Room(20.0, 400.0, evicts=True))

    full.run(100.0, 10.0)
    cache.run(100.0, 10.0)

    assert (full["passed"], full["failed"]) == (0.0, 1.0)
    assert (cache["passed"], cache["refused"]) == (1000.0, 0.0)


def test_it_grows_with_the_users() -> None:
    # Oracle: 5 GB and 0.001 GB for each user fill 20 GB at 15,000 users.
    room = Room(20.0, 5.0, 0.001, keep_days=365.0)

    assert room.gb_at(15_000) == pytest.approx(20.0)
    assert room.full_after_days(15_000) is None
    assert room.full_after_days(30_000) == pytest.approx(365.0 / 2)
    assert Room(20.0, 5.0).full_after_days(1e9) is None


def test_single_requests_see_the_same() -> None:
    arrivals = Arrivals.at(np.array([0.0, 1.0, 2.0]))
    rng = np.random.default_rng(1)

    assert not Room(20.0, 15.0).serve(arrivals, rng).refused.any()
    assert Room(20.0, 25.0).serve(arrivals, rng).refused.all()
    assert not Room(20.0, 25.0, evicts=True).serve(arrivals, rng).refused.any()
