from __future__ import annotations

from apps.forecasts.presenting.sizes import sizes_of
from tests.forecasts.answers import report, summary


def test_a_name_stands_for_one_line() -> None:
    day = report().day
    names = [one["name"] for one in day.series]

    assert len(names) == len(set(names))
    assert all(len(one["values"]) == 96 for one in day.series)


def test_room_is_measured_at_the_peak_of_the_first_limit() -> None:
    found = report()
    row = found.limits[0]

    assert found.day.peak is not None
    assert found.day.peak["use"] == row.use
    assert row.at in found.day.peak["detail"]
    assert found.day.peak["label"].endswith("× headroom")


def test_there_is_no_room_to_measure_where_nothing_binds() -> None:
    nothing = {**summary()["holds_users"], "expected": None}

    assert report(holds_users=nothing, first_limit=None, fix=None).day.peak is None


def test_waiting_has_no_value_above_the_limit() -> None:
    none = {"p50": None, "p95": None, "p99": None, "p95_as_met": None}

    latency = report(latency_ms=none).latency

    assert latency.as_met_ms is None
    assert not latency.misses_target


def test_waiting_is_held_against_its_target() -> None:
    slow = {"p50": 500.0, "p95": 1_500.0, "p99": 3_000.0, "p95_as_met": 1_540.0}

    assert report(latency_ms=slow).latency.misses_target
    assert not report().latency.misses_target


def test_sizes_are_those_of_the_scenario_and_the_most() -> None:
    sizes = sizes_of(summary(10_000), 10_000.0)
    most = [size for size in sizes if size.is_most]

    assert [size.factor for size in sizes if not size.is_most] == [1.0, 2.0, 5.0]
    assert [size.is_current for size in sizes].count(True) == 1
    assert sizes[0].query == ""
    assert most[0].users <= summary(10_000)["holds_users"]["expected"]
