"""Capacity that follows its use: two minutes to the alarm, four until it is there."""

from __future__ import annotations

import pytest

from apps.engine.stages.credits import Credits
from apps.engine.stages.tracking import Tracking
from tests.engine.stages.bench import bench_of

TRACKING = Tracking(minimum=100.0, maximum=1000.0)
CAPACITY = 3


def table(hold_s: float = 300.0) -> Credits:
    return Credits(100.0, 0.005, hold_s=hold_s, most_per_s=1000.0, tracking=TRACKING)


@pytest.mark.parametrize("dt", [1.0, 10.0, 60.0])
def test_more_comes_two_minutes_and_four_after_use_passed_the_target(dt: float) -> None:
    bench = bench_of(table())

    grown = None
    for index in range(round(600 / dt)):
        bench.step(90.0 * dt, dt)
        if grown is None and bench.own(CAPACITY) > 100.0:
            grown = (index + 1) * dt

    assert grown == pytest.approx(360.0, abs=max(2.0, dt))
    # 90 used, over a target of 70 %.
    assert bench.own(CAPACITY) == pytest.approx(90 / 0.7)


def test_a_full_table_grows_by_no_more_than_its_target_allows() -> None:
    bench = bench_of(table(hold_s=0.0))

    bench.run(5000.0, 365.0)

    assert bench.own(CAPACITY) == pytest.approx(100 / 0.7)


def test_it_never_passes_its_maximum() -> None:
    bench = bench_of(table())

    bench.run(5000.0, 4 * 3600.0)

    assert bench.own(CAPACITY) == 1000.0


def test_it_falls_after_a_quarter_of_an_hour_and_four_times_at_once() -> None:
    bench = bench_of(table())
    bench.run(500.0, 7200.0)
    high = bench.own(CAPACITY)

    falls, before = 0, high
    for minute in range(120):
        rate = 300.0 * 0.7**falls
        bench.run(rate * 0.7, 60.0)
        if bench.own(CAPACITY) < before:
            falls, before = falls + 1, bench.own(CAPACITY)
        assert minute > 13 or falls == 0
    # Four in stock and one more each hour.
    assert 4 <= falls <= 6
