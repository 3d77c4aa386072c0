"""Amazon CloudWatch alarm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog.base import (
    NUMBER,
    Conversion,
    Kind,
    Meters,
    Place,
    Property,
    Usage,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane

ALARM, COMPOSITE = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"
TERRAFORM, MADE_OF_OTHERS = "aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"
# Operators that compare with a band that is learned; each of its two edges counts as a metric.
# https://aws.amazon.com/cloudwatch/pricing/
BANDS = frozenset(
    {
        "GreaterThanUpperThreshold",
        "LessThanLowerThreshold",
        "LessThanLowerOrGreaterThanUpperThreshold",
    }
)
EDGES = 2


def _read_series(value: Any) -> list[Mapping[str, Any]]:
    """Return the series that an alarm reads: those of a formula, not the formula itself."""
    items = value if isinstance(value, list) else [value]
    found = [
        item.get("MetricStat", item.get("metric"))
        for item in items
        if isinstance(item, Mapping) and ("MetricStat" in item or "metric" in item)
    ]
    firsts = [one[0] if isinstance(one, list) and one else one for one in found]
    return [one if isinstance(one, Mapping) else {} for one in firsts]


def _period(value: Any) -> float | None:
    """Return the shortest period of the series that an alarm reads. [s]"""
    said = [str(one.get("Period") or one.get("period")) for one in _read_series(value)]
    return min((float(period) for period in said if period.isdigit()), default=None)


METRICS_READ = Conversion(lambda value: max(1, len(_read_series(value))), int)
SHORTEST = Conversion(_period, lambda value: value)
IS_BAND = Conversion(lambda value: str(value) in BANDS, lambda _: "GreaterThanUpperThreshold")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm(Kind):
    """It stands beside the path: it costs, and holds nothing back."""

    name: ClassVar[str] = "alarm"
    label: ClassVar[str] = "CloudWatch alarm"
    service: ClassVar[str] = "cloudwatch"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html"
    )
    WATCHES: ClassVar[bool] = True
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(ALARM, "Metrics", "period_s", SHORTEST),
        Property(ALARM, "Period", "period_s", NUMBER),
        Property(ALARM, "Metrics", "metrics", METRICS_READ),
        Property(ALARM, "ComparisonOperator", "has_band", IS_BAND),
        Property(COMPOSITE, "", ""),
        Property(TERRAFORM, "period", "period_s", NUMBER),
        Property(TERRAFORM, "metric_query", "period_s", SHORTEST),
        Property(TERRAFORM, "metric_query", "metrics", METRICS_READ),
        Property(TERRAFORM, "comparison_operator", "has_band", IS_BAND),
        Property(MADE_OF_OTHERS, "", ""),
    )
    IMPLIED: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        COMPOSITE: {"is_composite": True},
        MADE_OF_OTHERS: {"is_composite": True},
    }

    period_s: float = setting(60.0, "Period", unit="s", low=1, high=604_800)
    metrics: int = setting(1, "Metrics that it reads", low=1, high=100)
    has_band: bool = setting(False, "Compares with a band", hint="Anomaly detection.")
    is_composite: bool = setting(False, "Made of other alarms")

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        return ()

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        count = self.metrics * (1 + EDGES if self.has_band else 1)
        if self.is_composite:
            price_id, label, count = "cw.alarm_month.composite", "Composite alarm", 1
        elif self.period_s < 60.0:
            price_id, label = "cw.alarm_month.hires", "High-resolution alarm metrics"
        else:
            price_id, label = "cw.alarm_month.std", "Alarm metrics"
        note = "Its metric and the two edges of its band" if self.has_band else ""
        return (Usage(price_id, label, "alarm-month", float(count), note),)
