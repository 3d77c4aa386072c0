"""AWS Secrets Manager secret: read at a start, rotated by a function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog.base import (
    LENGTH,
    NUMBER,
    Accepts,
    Kind,
    Meters,
    Metric,
    Place,
    Property,
    Spread,
    Usage,
    UsageKey,
    about,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.clock import Clock
from apps.engine.stages.delay import Delay

SECRET, ROTATION = "AWS::SecretsManager::Secret", "AWS::SecretsManager::RotationSchedule"
TERRAFORM = "aws_secretsmanager_secret"
READS = "secretsmanager.get_secret_value"
USUAL_ROTATION_DAYS, MONTH_HOURS = 30.0, 730.0
# What an environment fetches when it starts, spread over the requests that it then serves.
FETCHED_AT_START = Spread(
    0.05, 0.0, 1.0, "Fetched when an environment starts and kept; once a request at worst"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret(Kind):
    """All secrets of an account draw on one quota of reads."""

    name: ClassVar[str] = "secret"
    label: ClassVar[str] = "Secret"
    service: ClassVar[str] = "secretsmanager"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html"
    )
    # A rotation starts its function, without anyone who asks for it.
    ENTRY: ClassVar[str] = "rotate"
    WATCHES: ClassVar[bool] = True
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(SECRET, "", ""),
        Property(SECRET, "ReplicaRegions", "replicas", LENGTH),
        Property(ROTATION, "RotationRules.AutomaticallyAfterDays", "rotation_days", NUMBER),
        Property(TERRAFORM, "replica", "replicas", LENGTH),
        Property(TERRAFORM, "rotation_rules.0.automatically_after_days", "rotation_days", NUMBER),
    )
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = (
        UsageKey(TERRAFORM, "monthly_requests", "passed.get"),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"get": Accepts("sync", calls=FETCHED_AT_START)}
    METRICS: ClassVar[tuple[Metric, ...]] = (Metric("AWS/Usage", "CallCount", "Sum", "quota"),)

    rotation_days: float | None = setting(
        None, "Rotated every", unit="days", low=0, high=1000, hint="Empty: as usual, every 30."
    )

    replicas: int = setting(0, "Replicas in other Regions", low=0, high=40)

    def ticks_per_day(self) -> float:
        return 1.0 / (self.rotation_days or USUAL_ROTATION_DAYS)

    @property
    def draws_on(self) -> tuple[str, ...]:
        return (READS,)

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {"latency_ms": about(20.0, up=3.0, rule="A small request", unit="ms")}

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        answer = Delay(place.value("latency_ms") / 1000.0)
        get = Lane("get", (answer,), emits=False, draws=self.draws_on)
        return (get, Lane("rotate", (Clock(),)))

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        months = meters.given.get("secrets", 1.0) * meters.hours / MONTH_HOURS
        lines = (
            Usage("secrets.secret_month", "Secret", "month", months),
            Usage("secrets.requests", "API calls", "request", meters.passed.get("get", 0.0)),
        )
        if not self.replicas:
            return lines
        note = "At the price of their Region"
        replicas = months * self.replicas
        return (*lines, Usage("secrets.replica_month", "Replica secret", "month", replicas, note))
