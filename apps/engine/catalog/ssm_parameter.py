"""AWS Systems Manager parameter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog.base import (
    TEXT,
    Accepts,
    Kind,
    Meters,
    Metric,
    Place,
    Property,
    Spread,
    Usage,
    about,
    setting,
)
from apps.engine.catalog.secret import FETCHED_AT_START
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.delay import Delay

PARAMETER = "AWS::SSM::Parameter"
READS = "ssm.get_parameter_default"
STANDARD, ADVANCED, TIERING = "Standard", "Advanced", "Intelligent-Tiering"


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
    TEMPLATE: ClassVar[tuple[Property, ...]] = (Property(PARAMETER, "Tier", "tier", TEXT),)
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"get": Accepts("sync", calls=FETCHED_AT_START)}
    METRICS: ClassVar[tuple[Metric, ...]] = (Metric("AWS/Usage", "CallCount", "Sum", "quota"),)

    tier: str = setting(STANDARD, "Tier", choices=(STANDARD, ADVANCED, TIERING))

    @property
    def draws_on(self) -> tuple[str, ...]:
        return (READS,)

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {"latency_ms": about(20.0, up=3.0, rule="A small request", unit="ms")}

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        answer = Delay(place.value("latency_ms") / 1000.0)
        return (Lane("get", (answer,), emits=False, draws=self.draws_on),)

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        if self.tier != ADVANCED:
            return ()
        return (
            Usage("ssm.advanced_month", "Advanced parameter", "month", 1.0),
            Usage("ssm.requests", "API calls", "request", meters.passed.get("get", 0.0)),
        )
