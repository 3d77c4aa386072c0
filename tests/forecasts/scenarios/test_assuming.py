from __future__ import annotations

from typing import Any

import pytest

from apps.engine.traffic.habits import habits_of
from apps.engine.traffic.reading import InvalidScenario
from apps.engine.traffic.scenario import Scenario
from apps.forecasts.scenarios.assuming import value_in, with_value

BODY = Scenario().to_dict()


@pytest.mark.parametrize(
    ("name", "value", "habit"),
    [
        ("visits per daily user", 2.0, "visits"),
        ("daily per monthly users", 0.5, "daily_per_monthly"),
        ("bots per request", 0.25, "bots_per_request"),
        ("busiest hour", 12.0, "busiest_share"),
        ("actions per visit", 7.0, "requests_per_visit"),
    ],
)
def test_every_habit_reaches_the_engine(name: str, value: float, habit: str) -> None:
    scenario = Scenario.from_dict(with_value(BODY, "traffic", name, value))

    habits = habits_of(scenario, {})
    assert name not in habits.assumed
    if habit == "busiest_share":
        assert habits.busiest_share == pytest.approx(value / 100.0, rel=1e-4)
    elif habit == "requests_per_visit":
        action = scenario.actions[0]
        assert (action.per_visit, action.requests) == (7.0, 3.0)
    else:
        assert getattr(habits, habit) == pytest.approx(value)


@pytest.mark.parametrize(
    "name",
    [
        "visits per daily user",
        "daily per monthly users",
        "bots per request",
        "busiest hour",
        "actions per visit",
        "requests per action",
    ],
)
def test_every_habit_is_assumed_again(name: str) -> None:
    changed = with_value(BODY, "traffic", name, 0.5 if "monthly" in name else 8.0)

    assert changed != BODY
    assert with_value(changed, "traffic", name, None) == BODY


def test_unknown_habit_is_refused() -> None:
    with pytest.raises(InvalidScenario, match="'mood' is no habit"):
        with_value(BODY, "traffic", "mood", 1.0)


def test_what_is_given_is_not_changed() -> None:
    body: dict[str, Any] = {"assume": {"Notes": {"own_ms": 1.0}}}

    changed = with_value(body, "Notes", "own_ms", 2.0)

    assert body == {"assume": {"Notes": {"own_ms": 1.0}}}
    assert value_in(changed, "Notes", "own_ms") == 2.0


def test_links_are_told_apart_by_operation() -> None:
    read, write = "Notes → Table (read)", "Notes → Table (write)"

    body = with_value(with_value({}, read, "calls", 2.0), write, "calls", 3.0)
    without = with_value(body, read, "calls", None)

    assert (value_in(body, read, "calls"), value_in(body, write, "calls")) == (2.0, 3.0)
    assert (value_in(without, read, "calls"), value_in(without, write, "calls")) == (None, 3.0)


def test_a_link_without_operation_speaks_of_all() -> None:
    body = {"assume": {"links": [{"source": "A", "target": "B", "calls": 4.0}]}}

    assert value_in(body, "A → B (read)", "calls") == 4.0
    assert value_in(body, "A → B (write)", "calls") == 4.0


def test_a_range_is_read_as_what_it_expects() -> None:
    body = {"assume": {"Notes": {"own_ms": {"expected": 5.0, "low": 1.0, "high": 9.0}}}}

    assert value_in(body, "Notes", "own_ms") == 5.0
