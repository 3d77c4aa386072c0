"""What if it breaks: lost, late and well again, beside the same day without the fault."""

from __future__ import annotations

import json
from typing import Any

import pytest

from apps.engine.forecast import Stopped, forecast, inputs_of, summary_of
from apps.engine.graph import Architecture
from apps.engine.traffic.reading import InvalidScenario
from apps.engine.traffic.scenario import Scenario
from tests.engine.worlds import component, facts, scenario, shop

Row = dict[str, Any]
FAULTS: list[Row] = [
    {"kind": "down", "component": "Orders", "at": "14:00:00", "for_s": 600},
    {"kind": "slow", "component": "Checkout", "at": "20:00:00", "factor": 30},
    {"kind": "slow", "component": "Orders", "at": "03:00:00", "factor": 1.5},
    {"kind": "poison", "component": "Mails", "at": "12:00:00"},
    {"kind": "cold_fleet", "at": "20:30:00"},
]


def design() -> Architecture:
    plain = shop()
    queue = component("Mails", "sqs_queue", max_receive_count=5)
    others = tuple(c for c in plain.components if c.id != "Mails")
    return Architecture(components=(*others, queue), links=plain.links)


def asked(*faults: Row, **more: Any) -> Scenario:
    return scenario(20_000, faults=list(faults), **more)


@pytest.fixture(scope="module")
def summary() -> Row:
    return summary_of(forecast(design(), asked(*FAULTS), facts()))


@pytest.fixture(scope="module")
def plain() -> Row:
    return summary_of(forecast(design(), asked(), facts()))


def test_plain_day_has_no_faults(plain: Row) -> None:
    assert plain["faults"] == []


def test_faults_do_not_change_the_verdict(summary: Row, plain: Row) -> None:
    for name in ("expected", "low", "high"):
        assert summary["holds_users"][name] == pytest.approx(plain["holds_users"][name], rel=1e-9)


def test_rows_are_json_in_the_order_of_the_scenario(summary: Row) -> None:
    assert [row["kind"] for row in summary["faults"]] == [row["kind"] for row in FAULTS]
    assert json.loads(json.dumps(summary["faults"], allow_nan=False)) == summary["faults"]


def test_what_is_down_loses_what_comes_and_is_well_a_minute_after(summary: Row) -> None:
    row = summary["faults"][0]

    expected = sum(summary["day"]["requests_per_s"][56:57]) * 600.0
    assert row["lost"]["requests"] == pytest.approx(expected, rel=0.05)
    assert row["lost"]["entries"][0]["component"] == "Api"
    assert row["unwell_from"] == "14:00"
    assert row["well_again_at"] == "14:11"
    assert row["is_well_by_end"]
    assert row["holds_users"] == 0.0
    assert max(row["refused_by_quarter"]) == pytest.approx(1.0, abs=0.01)


def test_slow_handler_is_late_while_it_lasts(summary: Row) -> None:
    (late,) = summary["faults"][1]["late"]["p95_ms"]

    assert late["component"] == "Api"
    assert late["value"] > 1000.0 > late["without"]
    assert summary["faults"][1]["unwell_from"] == "20:00"
    assert summary["faults"][1]["well_again_at"] == "20:20"


def test_harmless_fault_misses_no_target(summary: Row) -> None:
    row = summary["faults"][2]

    assert row["unwell_from"] is None
    assert row["well_again_at"] is None
    assert row["is_well_by_end"]
    assert row["lost"]["requests"] == 0.0
    assert row["holds_users"] == pytest.approx(summary["holds_users"]["expected"], rel=0.05)


def test_poison_is_lost_once_and_then_all_is_well(summary: Row) -> None:
    row = summary["faults"][3]

    assert row["lost"]["messages"] == pytest.approx(1.0, abs=0.01)
    assert row["lost"]["queues"][0]["component"] == "Mails"
    assert row["is_well_by_end"]
    assert "5 receives" in row["why"][0]


def test_cold_fleet_counts_its_starts(summary: Row) -> None:
    assert summary["faults"][4]["cold_starts"] > 5.0


def test_storm_that_never_ends_is_not_well_by_the_end_of_the_day() -> None:
    storm = {"kind": "retry_storm", "component": "Orders", "at": "20:20:00", "factor": 20}
    tight = design().with_settings("Checkout", {"memory_mb": 512, "reserved_concurrency": 30})
    busy = asked(storm, day={"preset": "office-hours"})

    (row,) = summary_of(forecast(tight, busy, facts()))["faults"]

    assert row["lost"]["requests"] > 0.0
    assert row["unwell_minutes"] >= 20


def test_users_of_a_broken_day_are_in_the_unit_of_the_scenario() -> None:
    slow = {"kind": "slow", "component": "Orders", "factor": 1.5}
    monthly = {"population": {"unit": "monthly_active", "value": 200_000}, "faults": [slow]}

    by_day = summary_of(forecast(design(), asked(slow), facts()))
    by_month = summary_of(forecast(design(), Scenario.from_dict(monthly), facts()))

    assert by_month["faults"][0]["holds_users"] == pytest.approx(
        10.0 * by_day["faults"][0]["holds_users"], rel=0.05
    )


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"kind": "down", "component": "Nobody"}, r"faults\[0\]\.component is 'Nobody'"),
        ({"kind": "poison", "component": "Orders"}, r"faults\[0\]\.kind: .*changes nothing"),
        ({"kind": "flood", "component": "Orders"}, r"faults\[0\]\.kind must be one of"),
        ({"kind": "down"}, "lacks component"),
        ({"kind": "slow", "component": "Orders", "factor": 1}, "factor above 1"),
        ({"kind": "down", "component": "Orders", "at": "noon"}, "time of day"),
        ({"kind": "down", "component": "Orders", "for_s": 0}, r"faults\[0\]\.for_s"),
        ({"kind": "down", "component": "Orders", "until": "15:00"}, r"faults\[0\]\.until"),
        ({"kind": "retry_storm", "component": "Orders", "factor": 50}, "at most 20"),
    ],
)
def test_fault_that_cannot_be_is_refused_with_its_place(fault: Row, message: str) -> None:
    with pytest.raises(InvalidScenario, match=message):
        inputs_of(design(), asked(fault), facts())


def test_there_are_only_so_many_faults() -> None:
    with pytest.raises(InvalidScenario, match="at most 12, not 13"):
        asked(*[FAULTS[0]] * 13)


def test_person_can_stop_it_between_two_faults() -> None:
    seen: list[float] = []

    def until_the_faults(share: float) -> bool:
        seen.append(share)
        return share != 0.99

    with pytest.raises(Stopped):
        forecast(design(), asked(*FAULTS), facts(), progress=until_the_faults)
