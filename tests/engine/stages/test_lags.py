"""How a pool fills in a rush: by the law of its durations, and by how long starts take."""

from __future__ import annotations

import math

import pytest

from apps.engine.stages.pool import Pool
from tests.bench.rushes import RUSHES, Rush, filled_by_flow, filled_by_requests
from tests.engine.stages.bench import Bench, assert_conserves, bench_of


def warm(own_s: float, cv: float) -> Bench:
    """Return a pool that has more environments than it will need."""
    bench = bench_of(Pool(math.inf, own_s=own_s, cv=cv))
    bench.v[bench.port.kept] = 1e5
    return bench


@pytest.mark.parametrize("dt", [0.1, 0.25, 0.5, 1.0, 3.5, 7.0])
def test_equal_durations_are_all_there_after_one(dt: float) -> None:
    bench = warm(7.0, 0.0)

    bench.run(100.0, 7.0, dt)

    assert bench["held"] == pytest.approx(700.0, rel=1e-6)


@pytest.mark.parametrize("dt", [0.5, 1.0, 2.0])
def test_equal_durations_end_together(dt: float) -> None:
    bench = warm(10.0, 0.0)
    bench.run(100.0, 10.0, dt)
    bench.run(0.0, 4.0, dt)

    assert bench["held"] == pytest.approx(600.0, rel=0.03)
    bench.run(0.0, 8.0, dt)
    assert bench["held"] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("cv", [0.0, 0.1, 0.29])
@pytest.mark.parametrize("dt", [0.1, 1.0, 20.0, 300.0])
def test_in_the_end_concurrency_is_rate_times_duration(cv: float, dt: float) -> None:
    bench = warm(7.0, cv)

    bench.run(100.0, 3600.0, dt)

    assert bench["held"] == pytest.approx(700.0, rel=1e-6)
    assert bench["wanted"] == pytest.approx(700.0, rel=1e-6)


def test_steps_of_any_length_may_follow_each_other() -> None:
    bench = warm(7.0, 0.1)
    for dt in (300.0, 1.0, 10.0, 1.0, 0.1, 60.0, 1.0):
        bench.run(100.0, 2.0 * dt, dt)

        assert bench["held"] == pytest.approx(700.0, rel=0.02) or dt == 300.0


def test_what_is_refused_is_wanted_and_not_held() -> None:
    bench = bench_of(Pool(limit=100.0, own_s=7.0, cv=0.0))

    bench.run(100.0, 7.0)

    assert bench["held"] <= 100.0 * (1.0 + 1e-9)
    assert bench["wanted"] == pytest.approx(700.0, rel=0.02)


@pytest.mark.parametrize("cv", [0.0, 0.2, 0.5, 0.8])
def test_nothing_is_lost_in_a_rush(cv: float) -> None:
    bench = bench_of(Pool(limit=300.0, own_s=2.0, init_s=5.0, cv=cv))

    assert_conserves(bench, [0.0, 10.0, 1e3, 0.0, 1e5, 1.0] * 5, 1.0)

    assert all(math.isfinite(value) for value in bench.v)


@pytest.mark.parametrize("rush", RUSHES, ids=lambda rush: rush.name)
def test_a_rush_takes_as_many_as_single_requests_do(rush: Rush) -> None:
    assert filled_by_flow(rush, 100.0) == pytest.approx(filled_by_requests(rush, 100.0), rel=0.06)


def test_while_environments_start_none_is_free_for_others() -> None:
    bench = bench_of(Pool(math.inf, own_s=0.02, init_s=7.0))

    bench.run(100.0, 7.0)
    started = bench.own(3)
    bench.run(100.0, 60.0)

    assert started == pytest.approx(700.0, rel=0.01)
    assert bench["held"] == pytest.approx(2.0, rel=0.05)
