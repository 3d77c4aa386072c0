"""Capacity that follows load: the alarm, the start, rounds under overload, and the way back."""

from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.stages.base import State
from apps.engine.stages.scaling import EXTRA, READY, SLOTS, Scaling, begin, follow, starting

# Instances, of which a half shall be busy; 3 minutes until the alarm, a minute to start.
PLAIN = Scaling(minimum=2.0, maximum=10.0, target=0.5, alarm_s=180.0, start_s=60.0)


def run(scaling: Scaling, load: float, seconds: float, dt: float, v: State) -> list[float]:
    """Return the capacity of each step."""
    advance = follow(scaling, 0, v, dt)
    return [advance(load) for _ in range(round(seconds / dt))]


def begun(scaling: Scaling) -> State:
    v = [0.0] * SLOTS
    begin(scaling, 0, v)
    return v


@pytest.mark.parametrize("dt", [1.0, 5.0, 60.0, 300.0])
def test_what_lacks_serves_after_the_alarm_and_the_start(dt: float) -> None:
    v = begun(PLAIN)

    capacity = run(PLAIN, 3.0, 600.0, dt, v)

    # 3 busy at a half: 6 instances, from 180 + 60 s on.
    assert sum(capacity) * dt == pytest.approx(2 * 240 + 6 * 360)
    assert v[READY] == 6.0
    # The four are paid for from the moment they are ordered.
    assert v[EXTRA] == pytest.approx(4 * (600 - 180), abs=4 * 60)


def test_whole_instances_come() -> None:
    v = begun(PLAIN)

    run(PLAIN, 3.1, 600.0, 60.0, v)

    assert v[READY] == 7.0
    assert dataclasses.replace(PLAIN, quantum=0.0).needed(3.1) == pytest.approx(6.2)


def test_it_ends_at_the_maximum_and_at_the_minimum() -> None:
    v = begun(PLAIN)

    run(PLAIN, 50.0, 600.0, 60.0, v)
    assert v[READY] == 10.0
    run(PLAIN, 0.0, 1800.0, 60.0, v)
    assert v[READY] == 2.0


def test_processors_show_no_more_than_full_so_an_overload_takes_rounds() -> None:
    scaling = dataclasses.replace(PLAIN, minimum=1.0, maximum=100.0, most_seen=1.0)
    v = begun(scaling)

    capacity = run(scaling, 16.0, 900.0, 60.0, v)

    # The alarm at 180 s, then twice as many with every round of a start.
    assert capacity[3] == 1.0
    assert [capacity[k] for k in (4, 5, 6, 7, 8)] == [2.0, 4.0, 8.0, 16.0, 32.0]
    assert capacity[-1] == 32.0


def test_a_load_above_the_target_for_a_moment_changes_nothing() -> None:
    v = begun(PLAIN)

    run(PLAIN, 3.0, 120.0, 60.0, v)
    run(PLAIN, 0.5, 60.0, 60.0, v)
    run(PLAIN, 3.0, 120.0, 60.0, v)

    assert (v[READY], starting(0, v)) == (2.0, 0.0)


def test_it_is_given_back_late_and_billed_while_it_leaves() -> None:
    scaling = dataclasses.replace(PLAIN, leave_s=120.0)
    v = begun(scaling)
    run(scaling, 3.0, 600.0, 60.0, v)
    before = v[EXTRA]

    capacity = run(scaling, 0.5, 1800.0, 60.0, v)

    # 15 minutes below nine tenths of the target, then from 6 to 2.
    assert capacity[:15] == [6.0] * 15
    assert capacity[15:] == [2.0] * 15
    assert v[EXTRA] - before == pytest.approx(4 * 900.0 + 4 * 120.0)


def test_a_load_just_below_the_target_gives_nothing_back() -> None:
    v = begun(PLAIN)
    run(PLAIN, 3.0, 600.0, 60.0, v)

    run(PLAIN, 2.8, 7200.0, 60.0, v)  # 47 %, above nine tenths of 50 %

    assert v[READY] == 6.0


def test_more_orders_than_places_come_with_the_youngest() -> None:
    slow = dataclasses.replace(PLAIN, start_s=3600.0, maximum=1000.0)
    v = begun(slow)

    for load in range(10, 60, 5):
        run(slow, float(load), 60.0, 60.0, v)

    assert starting(0, v) == slow.needed(55.0) - 2.0


def test_equal_bounds_stand() -> None:
    fixed = dataclasses.replace(PLAIN, minimum=4.0, maximum=4.0)
    v = begun(fixed)

    assert run(fixed, 100.0, 3600.0, 60.0, v) == [4.0] * 60
    assert v[EXTRA] == 0.0


@given(
    st.lists(st.floats(0.0, 200.0), min_size=1, max_size=30),
    st.floats(0.1, 0.95),
    st.floats(0.0, 600.0),
    st.floats(0.0, 600.0),
    st.sampled_from([1.0, math.inf]),
)
def test_it_stays_between_its_bounds(
    loads: list[float], target: float, alarm_s: float, start_s: float, most_seen: float
) -> None:
    scaling = Scaling(1.0, 40.0, target, alarm_s, start_s, most_seen=most_seen)
    v = begun(scaling)

    for load in loads:
        for dt in (1.0, 60.0, 300.0):
            before = v[EXTRA]
            (capacity,) = run(scaling, load, dt, dt, v)
            assert 1.0 - 1e-9 <= capacity <= 40.0 + 1e-9
            assert v[READY] + starting(0, v) <= 40.0 + 1e-9
            assert v[EXTRA] >= before
