"""AWS KMS key: what others encrypt with; its requests stand on their bills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog.base import (
    FLAG,
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
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.delay import Delay

KEY = "AWS::KMS::Key"
REQUESTS = "kms.symmetric"
SYMMETRIC = "SYMMETRIC_DEFAULT"


@dataclass(frozen=True, slots=True, kw_only=True)
class KmsKey(Kind):
    """All symmetric keys of an account draw on one quota, whoever asks for them."""

    name: ClassVar[str] = "kms_key"
    label: ClassVar[str] = "KMS key"
    service: ClassVar[str] = "kms"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html"
    )
    WATCHES: ClassVar[bool] = True
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(KEY, "EnableKeyRotation", "is_rotated", FLAG),
        Property(KEY, "KeySpec", "spec", TEXT),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"request": Accepts("sync")}
    METRICS: ClassVar[tuple[Metric, ...]] = (Metric("AWS/Usage", "CallCount", "Sum", "quota"),)

    is_rotated: bool = setting(False, "Rotated every year")
    spec: str = setting(SYMMETRIC, "Key spec")

    @property
    def draws_on(self) -> tuple[str, ...]:
        return (REQUESTS,) if self.spec == SYMMETRIC else ()

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {"latency_ms": about(10.0, up=3.0, rule="A small request", unit="ms")}

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        answer = Delay(place.value("latency_ms") / 1000.0)
        return (Lane("request", (answer,), emits=False, draws=self.draws_on),)

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        word = "kms.requests" if self.spec == SYMMETRIC else "kms.requests.asymmetric"
        return (
            Usage("kms.key_month", "Customer managed key", "month", 1.0),
            Usage(word, "Requests", "request", meters.passed.get("request", 0.0)),
        )
