"""Schedule: how often a day it runs, and what that costs."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.schedule import Schedule
from apps.engine.formats.terraform.settings import settings_of
from apps.engine.graph import Architecture, Component, Link
from apps.engine.inputs import collect
from apps.engine.pricing import price_bill
from apps.engine.stages.clock import Clock
from apps.engine.traffic.arrivals import arrivals
from apps.engine.traffic.habits import habits_of
from apps.engine.traffic.scenario import Scenario
from tests.engine.catalog.building import US, lanes_of, make_kind, read_template, run

DAYS_PER_MONTH = 365.25 / 12


@pytest.mark.parametrize(
    ("expression", "a_day"),
    [
        ("rate(5 minutes)", 288.0),
        ("rate(1 hour)", 24.0),
        ("rate(7 days)", 1 / 7),
        ("cron(0 2 * * ? *)", 1.0),
        ("cron(*/15 * * * ? *)", 96.0),
        ("cron(0/10 8-17 ? * MON-FRI *)", 6 * 10 * 5 / 7),
        ("cron(0,30 9,17 ? * 2,4,6 *)", 4 * 3 / 7),
        ("cron(0 12 ? * FRI-MON *)", 4 / 7),
        ("cron(0 22-2 * * ? *)", 5.0),
        ("cron(15 10 1 * ? *)", 1 / DAYS_PER_MONTH),
        ("cron(15 10 L * ? *)", 1 / DAYS_PER_MONTH),
        ("cron(0 8 ? * 6#3 *)", 1 / DAYS_PER_MONTH),
        ("cron(0 8 ? * L *)", 1 / 7),
        ("cron(0 8 1,15 1-6 ? 2026-2030)", 2 / DAYS_PER_MONTH / 2),
        ("cron(0 8 * JAN,jul ? *)", 2 / 12),
        ("at(2026-12-24T18:00:00)", 1 / 365.25),
    ],
)
def test_it_runs_as_often_as_it_says(expression: str, a_day: float) -> None:
    assert Schedule(expression=expression).ticks_per_day() == pytest.approx(a_day)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("every day", "'every day' is no schedule of AWS; write rate"),
        ("rate(0 minutes)", "is no schedule of AWS"),
        ("rate(5 seconds)", "is no schedule of AWS"),
        ("cron(0 2 * * *)", "is no schedule of AWS"),
        ("cron(60 2 * * ? *)", "'60' is not between 0 and 59"),
        ("cron(0 2 1 * MON *)", "one of the days, of the month or of the week, must be"),
        ("cron(0/0 2 * * ? *)", "a step must be at least 1"),
        ("cron(x 2 * * ? *)", "'x' is not between 0 and 59"),
        ("cron(0 2 * * ? *", "is no schedule of AWS"),
        ("", "is no schedule of AWS"),
    ],
)
def test_it_refuses_nonsense(expression: str, reason: str) -> None:
    with pytest.raises(InvalidSetting, match=reason):
        Schedule(expression=expression)


def test_each_tick_calls_what_it_starts() -> None:
    link = Link(source="Nightly", target="Report", role="event", mode="async")
    function = make_kind("lambda_function", memory_mb=1769)
    a_second = Schedule(expression="rate(1 minute)").ticks_per_day() / 86_400

    seen = run(
        {"Nightly": Schedule(), "Report": function},
        [link],
        enter=("Nightly", "tick"),
        rps=a_second,
        seconds=3600,
    )

    assert seen.count("Report", "event", "offered") == pytest.approx(60.0)
    assert lanes_of(Schedule())["tick"].stages == (Clock(),)


def test_it_has_no_door_and_starts_by_itself() -> None:
    assert Schedule.ACCEPTS == {}
    assert Schedule.ENTRY == "tick"


def test_it_bills_the_scheduler() -> None:
    schedule = Schedule(expression="rate(1 minute)")
    usages = [("Poll", usage) for usage in schedule.usage(Meters(hours=730.0))]

    # prices.csv: eventbridge.scheduler 0.000001, the first 14 million a month free.
    assert float(price_bill(usages, US).monthly_usd) == pytest.approx(43_800 * 0.000001)
    assert float(price_bill(usages, US, free_tier=True).monthly_usd) == 0.0


def test_the_schedule_of_a_rule_is_free() -> None:
    (usage,) = Schedule(is_scheduler=False).usage(Meters(hours=730.0))

    assert usage.quantity == 0.0
    assert Schedule.IMPLIED["AWS::Events::Rule"] == {"is_scheduler": False}


@pytest.mark.parametrize("type_", ["AWS::Scheduler::Schedule", "AWS::Events::Rule"])
def test_it_reads_templates(type_: str) -> None:
    assert read_template(Schedule, type_, {"ScheduleExpression": "rate(1 day)"}) == {
        "expression": "rate(1 day)"
    }


def test_users_do_not_make_it_run_more_often() -> None:
    architecture = Architecture(
        components=(
            Component(id="Nightly", kind="schedule", settings={"expression": "rate(1 day)"}),
            Component(id="Report", kind="lambda_function"),
        ),
        links=(Link(source="Nightly", target="Report", role="event", mode="async"),),
    )
    scenario = Scenario.from_dict({"population": {"value": 1}})

    inputs = collect(architecture, scenario, US)

    (entry,) = inputs.entries
    (arriving,) = arrivals(scenario, habits_of(scenario, {}), inputs.entries)
    assert (entry.component, entry.role, entry.ticks_per_day) == ("Nightly", "tick", 1.0)
    assert arriving.rate(1e6).sum() == pytest.approx(1.0)


def test_terraform_has_schedules_and_rules() -> None:
    hourly = {"schedule_expression": "rate(1 hour)"}

    for type_, runs in (("aws_scheduler_schedule", 730.0), ("aws_cloudwatch_event_rule", 0.0)):
        (usage,) = Schedule(**settings_of(Schedule, type_, hourly)).usage(Meters(hours=730.0))
        assert usage.quantity == runs
    (given,) = Schedule().usage(Meters(given={"invocations": 5.0}))
    assert given.quantity == 5.0
