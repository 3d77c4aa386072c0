"""AWS KMS key: what others encrypt with; its requests stand on their bills."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog._steps import Given, given_lines
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
TERRAFORM = "aws_kms_key"
# Keys whose material is brought along, and copies in other Regions, cost what others cost.
OTHERS = ("aws_kms_external_key", "aws_kms_replica_key", "aws_kms_replica_external_key")
REQUESTS = "kms.symmetric"
SYMMETRIC, HMAC, RSA_2048 = "SYMMETRIC_DEFAULT", "HMAC_", "RSA_2048"
# A key costs more after its first rotation and after its second one, and no more from then on.
# https://aws.amazon.com/kms/pricing/
MOST_ROTATIONS, MONTH_HOURS = 2.0, 730.0
KEY_PAIRS = (
    Given("ecc_pairs", "kms.requests.ecc_pair", "GenerateDataKeyPair, ECC", "request"),
    Given("rsa_pairs", "kms.requests.rsa_pair", "GenerateDataKeyPair, RSA", "request"),
)


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
        Property(TERRAFORM, "enable_key_rotation", "is_rotated", FLAG),
        Property(TERRAFORM, "key_spec", "spec", TEXT),
        Property(TERRAFORM, "customer_master_key_spec", "spec", TEXT),
        *(Property(type_, "", "") for type_ in OTHERS),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"request": Accepts("sync")}
    METRICS: ClassVar[tuple[Metric, ...]] = (Metric("AWS/Usage", "CallCount", "Sum", "quota"),)

    is_rotated: bool = setting(False, "Rotated every year")
    spec: str = setting(SYMMETRIC, "Key spec")
    is_aws_managed: bool = setting(
        False, "Managed by AWS", hint="Such a key costs nothing, only its requests do."
    )

    @property
    def draws_on(self) -> tuple[str, ...]:
        return (REQUESTS,) if self.spec == SYMMETRIC else ()

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {"latency_ms": about(10.0, up=3.0, rule="A small request", unit="ms")}

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        answer = Delay(place.value("latency_ms") / 1000.0)
        return (Lane("request", (answer,), emits=False, draws=self.draws_on),)

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        return tuple(self._lines(meters))

    def _lines(self, meters: Meters) -> Iterator[Usage]:
        if not self.is_aws_managed:
            rotations = min(meters.given.get("rotations", 0.0), MOST_ROTATIONS)
            note = f"With {rotations:g} rotations" if rotations else ""
            months = meters.hours / MONTH_HOURS * (1.0 + rotations)
            yield Usage("kms.key_month", "Customer managed key", "month", months, note)
        requests = meters.passed.get("request", 0.0)
        yield Usage(self._requests_price(), "Requests", "request", requests)
        yield from given_lines(meters, KEY_PAIRS)

    def _requests_price(self) -> str:
        if self.spec == SYMMETRIC or self.spec.startswith(HMAC):
            return "kms.requests"
        return f"kms.requests.{'rsa_2048' if self.spec == RSA_2048 else 'asymmetric'}"
