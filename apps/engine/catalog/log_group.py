"""Amazon CloudWatch log group: what it keeps of what the others write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog.base import (
    NUMBER,
    Accepts,
    Kind,
    Meters,
    Metric,
    Place,
    Property,
    Usage,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.delay import Delay

GROUP = "AWS::Logs::LogGroup"
DAYS_PER_MONTH = 30.4
# What is stored is compressed to about so much of what came in.
# https://aws.amazon.com/cloudwatch/pricing/
COMPRESSED = 0.15
# A group without a retention keeps all for ever; a year of it is billed here.
UNBOUNDED_DAYS = 365.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LogGroup(Kind):
    """Whoever writes a log pays for it; the group pays for keeping it."""

    name: ClassVar[str] = "log_group"
    label: ClassVar[str] = "Log group"
    service: ClassVar[str] = "cloudwatch"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html"
    )
    # A subscription hands its lines to a function.
    ENTRY: ClassVar[str] = "write"
    WATCHES: ClassVar[bool] = True
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(GROUP, "RetentionInDays", "retention_days", NUMBER),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"write": Accepts("async")}
    METRICS: ClassVar[tuple[Metric, ...]] = (Metric("AWS/Logs", "IncomingBytes", "Sum", "storage"),)

    retention_days: float | None = setting(
        None, "Kept for", unit="days", low=1, high=3653, hint="Empty: for ever."
    )

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        return (Lane("write", (Delay(0.0, cv=0.0),)),)

    def billed(self, place: Place) -> Mapping[str, float]:
        groups = sum(isinstance(kind, LogGroup) for kind in place.neighbours.values())
        return {**place.values, "groups": float(groups)}

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        months = (self.retention_days or UNBOUNDED_DAYS) / DAYS_PER_MONTH
        share = meters.design.get("log_gb", 0.0) / max(1.0, meters.values.get("groups", 1.0))
        note = "An equal part of what the design writes, compressed"
        if self.retention_days is None:
            note += "; never deleted, so that it grows on after a year"
        stored = share * months * COMPRESSED
        return (Usage("cw.logs_storage_gb_month", "Logs kept", "GB-month", stored, note),)
