"""Amazon CloudWatch log group: what it keeps of what the others write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog.base import (
    NUMBER,
    Accepts,
    Conversion,
    Kind,
    Meters,
    Metric,
    Place,
    Property,
    Usage,
    UsageKey,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.delay import Delay

GROUP, TERRAFORM = "AWS::Logs::LogGroup", "aws_cloudwatch_log_group"
DAYS_PER_MONTH = 30.4
# What is stored is compressed to about so much of what came in.
# https://aws.amazon.com/cloudwatch/pricing/
COMPRESSED = 0.15
# A group without a retention keeps all for ever; a year of it is billed here.
UNBOUNDED_DAYS = 365.0
STANDARD, INFREQUENT = "standard", "infrequent access"
CLASS = Conversion(
    lambda value: INFREQUENT if str(value) == "INFREQUENT_ACCESS" else STANDARD,
    lambda value: "INFREQUENT_ACCESS" if value == INFREQUENT else "STANDARD",
)
# Terraform writes zero for what is kept for ever.
KEPT = Conversion(lambda value: float(value) or None, lambda value: value or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogGroup(Kind):
    """Whoever writes a log pays for it; the group pays for keeping it.

    Known as they stand on a bill, in `Meters.given`: `ingested_gb`, `vended_gb` (by services of
    AWS), `scanned_gb` (by Insights), `masked_gb` (by data protection), `live_tail_minutes`.
    """

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
        Property(GROUP, "LogGroupClass", "storage_class", CLASS),
        Property(TERRAFORM, "retention_in_days", "retention_days", KEPT),
        Property(TERRAFORM, "log_group_class", "storage_class", CLASS),
    )
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = (
        UsageKey(TERRAFORM, "monthly_data_ingested_gb", "given.ingested_gb"),
        UsageKey(TERRAFORM, "storage_gb", "stored_gb"),
        UsageKey(TERRAFORM, "monthly_data_scanned_gb", "given.scanned_gb"),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"write": Accepts("async")}
    METRICS: ClassVar[tuple[Metric, ...]] = (Metric("AWS/Logs", "IncomingBytes", "Sum", "storage"),)

    retention_days: float | None = setting(
        None, "Kept for", unit="days", low=1, high=3653, hint="Empty: for ever."
    )
    storage_class: str = setting(STANDARD, "Class", choices=(STANDARD, INFREQUENT))

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        return (Lane("write", (Delay(0.0, cv=0.0),)),)

    def billed(self, place: Place) -> Mapping[str, float]:
        groups = sum(isinstance(kind, LogGroup) for kind in place.neighbours.values())
        return {**place.values, "groups": float(groups)}

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        given = meters.given
        rare = "_ia" if self.storage_class == INFREQUENT else ""
        lines = [
            Usage(price_id, label, unit, given[name])
            for name, price_id, label, unit in (
                ("ingested_gb", f"cw.logs{rare}_ingest_gb", "Data ingested", "GB"),
                ("vended_gb", "cw.logs_vended_gb", "Data ingested from services", "GB"),
                ("scanned_gb", "cw.logs_insights_gb", "Insights queries", "GB"),
                ("masked_gb", "cw.logs_data_protection_gb", "Data protection", "GB"),
                ("live_tail_minutes", "cw.live_tail_minute", "Live Tail", "minute"),
            )
            if given.get(name)
        ]
        return (*lines, self._kept(meters))

    def _kept(self, meters: Meters) -> Usage:
        price_id, label = "cw.logs_storage_gb_month", "Logs kept"
        if meters.stored_gb:
            return Usage(price_id, label, "GB-month", meters.stored_gb)
        months = (self.retention_days or UNBOUNDED_DAYS) / DAYS_PER_MONTH
        share = meters.design.get("log_gb", 0.0) / max(1.0, meters.values.get("groups", 1.0))
        note = "An equal part of what the design writes, compressed"
        if self.retention_days is None:
            note += "; never deleted, so that it grows on after a year"
        return Usage(price_id, label, "GB-month", share * months * COMPRESSED, note)
