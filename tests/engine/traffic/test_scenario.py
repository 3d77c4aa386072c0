from __future__ import annotations

import json
from typing import Any

import pytest

from apps.engine.traffic.reading import InvalidScenario
from apps.engine.traffic.scenario import Scenario, seconds_of


def test_it_reads_what_it_wrote() -> None:
    scenario = Scenario.from_dict(
        {
            "schema": "headroom/scenario/1",
            "name": "sale day",
            "population": {"unit": "monthly_active", "value": 50_000, "daily_per_monthly": 0.1},
            "events": [{"name": "sale", "at": "20:00:00", "factor": 10, "hold_s": 1800}],
            "targets": {"refused_share": {"max": 0.01}, "queue_age_s": 60},
        }
    )

    assert Scenario.from_dict(json.loads(json.dumps(scenario.to_dict()))) == scenario
    assert scenario.targets.queue_age_s.max == 60


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"population": {"value": 0}}, "population.value must be more than 0"),
        ({"population": {"value": -5}}, "population.value must be more than 0, not -5"),
        ({"population": {"value": 10**12}}, "at most 1,000,000,000 users"),
        ({"population": {"value": "many"}}, "population.value must be a number"),
        ({"population": {"value": True}}, "population.value must be a number"),
        ({"population": {"unit": "people", "value": 5}}, "population.unit must be one of"),
        ({"populaton": {}}, "'populaton' is not a field"),
        ({"day": {"presett": "x"}}, "'day.presett' is not a field"),
        ({"day": {"hour_shares_percent": [50, 50]}}, "24 numbers that add up to 100"),
        ({"events": [{"at": "25:00"}]}, "write a time of day such as 20:00:00"),
        ({"events": {}}, "events must be a list"),
        ({"events": [{"factor": -1}]}, r"events\[0\].factor must be at least 0"),
        ({"visits": {"per_daily_user": 0}}, "visits.per_daily_user must be more than 0"),
        ({"schema": "headroom/scenario/2"}, "schema must be 'headroom/scenario/1'"),
        ([], "A scenario is a JSON object"),
    ],
)
def test_wrong_input_is_refused_with_its_path(data: Any, message: str) -> None:
    with pytest.raises(InvalidScenario, match=message):
        Scenario.from_dict(data)


def test_a_time_of_day_is_read_to_the_second() -> None:
    assert seconds_of("20:00:30", "It") == 72_030
