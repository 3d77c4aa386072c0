"""CloudWatch alarm: billed by the metrics that it reads, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from apps.engine.catalog.alarm import ALARM, COMPOSITE, Alarm
from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.formats.terraform.settings import settings_of
from apps.engine.graph import Architecture
from tests.engine.catalog.building import US, make_kind, make_place, read_template, usage_of
from tests.engine.worlds import case, component


@pytest.mark.parametrize(
    ("alarm", "price_id", "metrics"),
    [
        (Alarm(), "cw.alarm_month.std", 1),
        (Alarm(period_s=10), "cw.alarm_month.hires", 1),
        (Alarm(metrics=3), "cw.alarm_month.std", 3),
        (Alarm(is_composite=True), "cw.alarm_month.composite", 1),
    ],
)
def test_it_is_billed_by_kind_and_metrics(alarm: Alarm, price_id: str, metrics: int) -> None:
    assert {name: line.quantity for name, line in usage_of(alarm, Meters()).items()} == {
        price_id: metrics
    }


def test_a_standard_alarm_costs_ten_cents() -> None:
    price = US.price("cw.alarm_month.std")

    assert price is not None
    assert float(price.tiers[0].usd) == 0.1


def test_it_stands_beside_the_path() -> None:
    alarm = Alarm()

    assert alarm.stages(US, make_place(alarm)) == ()
    assert alarm.limits(US, make_place(alarm)) == ()
    parts = (component("Bell", "alarm"), component("Fn", "lambda_function"))
    assert [entry.component for entry in case(Architecture(components=parts)).entries] == ["Fn"]


def test_it_counts_the_series_of_a_formula() -> None:
    metrics = [{"Id": "e", "Expression": "a+b"}, {"Id": "a", "MetricStat": {}}]
    metrics.append({"Id": "b", "MetricStat": {}})

    settings = read_template(Alarm, ALARM, {"Period": 30, "Metrics": metrics})

    assert make_kind("alarm", **settings) == Alarm(period_s=30, metrics=2)
    assert Alarm.IMPLIED[COMPOSITE] == {"is_composite": True}
    with pytest.raises(InvalidSetting, match="Period must be between 1 and 604,800 s"):
        make_kind("alarm", period_s=0)


@pytest.mark.parametrize(
    ("attributes", "price_id", "count"),
    [
        ({"period": "120"}, "cw.alarm_month.std", 1),
        ({"period": 10, "comparison_operator": "GreaterThanThreshold"}, "cw.alarm_month.hires", 1),
        ({"period": 60, "comparison_operator": "LessThanLowerThreshold"}, "cw.alarm_month.std", 3),
        (
            {
                "metric_query": [
                    {"id": "e", "expression": "a + b"},
                    {"id": "a", "metric": [{"period": "300"}]},
                    {"id": "b", "metric": [{"period": 10}]},
                ]
            },
            "cw.alarm_month.hires",
            2,
        ),
    ],
)
def test_it_reads_terraform(attributes: dict[str, Any], price_id: str, count: float) -> None:
    alarm = Alarm(**settings_of(Alarm, "aws_cloudwatch_metric_alarm", attributes))

    assert {name: use.quantity for name, use in usage_of(alarm, Meters()).items()} == {
        price_id: count
    }
    made_of_others = settings_of(Alarm, "aws_cloudwatch_composite_alarm", {})
    assert Alarm(**made_of_others).is_composite
