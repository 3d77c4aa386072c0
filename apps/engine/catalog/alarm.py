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


def _metrics(value: Any) -> int:
    """Return how many series an alarm reads: those of a formula, not the formula itself."""
    items = value if isinstance(value, list) else [value]
    read = [item for item in items if isinstance(item, Mapping) and "MetricStat" in item]
    return max(1, len(read))


METRICS_READ = Conversion(_metrics, int)


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
        Property(ALARM, "Period", "period_s", NUMBER),
        Property(ALARM, "Metrics", "metrics", METRICS_READ),
        Property(COMPOSITE, "", ""),
    )
    IMPLIED: ClassVar[Mapping[str, Mapping[str, Any]]] = {COMPOSITE: {"is_composite": True}}

    period_s: float = setting(60.0, "Period", unit="s", low=1, high=604_800)
    metrics: int = setting(1, "Metrics that it reads", low=1, high=100)
    is_composite: bool = setting(False, "Made of other alarms")

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        return ()

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        if self.is_composite:
            price_id, label = "cw.alarm_month.composite", "Composite alarm"
        elif self.period_s < 60.0:
            price_id, label = "cw.alarm_month.hires", "High-resolution alarm metrics"
        else:
            price_id, label = "cw.alarm_month.std", "Alarm metrics"
        return (Usage(price_id, label, "alarm-month", float(self.metrics)),)
