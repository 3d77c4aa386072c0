"""AWS Systems Manager parameter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog.base import (
    TEXT,
    Accepts,
    Conversion,
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
from apps.engine.catalog.secret import FETCHED_AT_START
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.delay import Delay

PARAMETER = "AWS::SSM::Parameter"
TERRAFORM = "aws_ssm_parameter"
READS = "ssm.get_parameter_default"
MONTH_HOURS = 730.0
STANDARD, ADVANCED, TIERING = "Standard", "Advanced", "Intelligent-Tiering"
# Throughput is a setting of the account: higher has a price for each call, standard for calls that
# ask for advanced parameters. https://aws.amazon.com/systems-manager/pricing/
HIGHER = Conversion(
    lambda value: str(value).lower() in ("higher", "advanced"),
    lambda value: "higher" if value else "standard",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SsmParameter(Kind):
    """All parameters of an account draw on one quota of reads, 40 a second unless it is raised."""

    name: ClassVar[str] = "ssm_parameter"
    label: ClassVar[str] = "SSM parameter"
    service: ClassVar[str] = "ssm"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/"
        "parameter-store-throughput.html"
    )
    WATCHES: ClassVar[bool] = True
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(PARAMETER, "Tier", "tier", TEXT),
        Property(TERRAFORM, "tier", "tier", TEXT),
        Property(TERRAFORM, "usage.api_throughput_limit", "has_higher_throughput", HIGHER),
    )
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = (
        UsageKey(TERRAFORM, "parameter_storage_hrs", "given.stored_hours"),
        UsageKey(TERRAFORM, "monthly_api_interactions", "passed.get"),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"get": Accepts("sync", calls=FETCHED_AT_START)}
    METRICS: ClassVar[tuple[Metric, ...]] = (Metric("AWS/Usage", "CallCount", "Sum", "quota"),)

    tier: str = setting(STANDARD, "Tier", choices=(STANDARD, ADVANCED, TIERING))
    has_higher_throughput: bool = setting(
        False, "Higher throughput", hint="Set for the account; every call is billed."
    )

    @property
    def draws_on(self) -> tuple[str, ...]:
        return (READS,)

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {"latency_ms": about(20.0, up=3.0, rule="A small request", unit="ms")}

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        answer = Delay(place.value("latency_ms") / 1000.0)
        return (Lane("get", (answer,), emits=False, draws=self.draws_on),)

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        return tuple(self._lines(meters))

    def _lines(self, meters: Meters) -> Iterator[Usage]:
        is_advanced = self.tier == ADVANCED
        if is_advanced:
            hours = meters.given.get("stored_hours", meters.hours)
            months = meters.given.get("parameters", 1.0) * hours / MONTH_HOURS
            yield Usage("ssm.advanced_month", "Advanced parameter", "month", months)
        if is_advanced or self.has_higher_throughput:
            calls = meters.passed.get("get", 0.0)
            yield Usage("ssm.requests", "API interactions", "request", calls)
