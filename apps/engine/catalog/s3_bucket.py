"""Amazon S3 bucket, general purpose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog import _s3_bucket_bill as bill
from apps.engine.catalog._quotas import quota_limit
from apps.engine.catalog.base import (
    FLAG,
    Accepts,
    Kind,
    Limit,
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
from apps.engine.catalog.kms_key import REQUESTS as KMS_REQUESTS
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.gate import Gate
from apps.engine.stages.queue import Queue

BUCKET = "AWS::S3::Bucket"
RULE = "BucketEncryption.ServerSideEncryptionConfiguration.0"
TERRAFORM_RULE = "server_side_encryption_configuration.0.rule.0"
SSE = "apply_server_side_encryption_by_default"
SSE_KMS = ("aws:kms", "aws:kms:dsse")
# A bucket key asks KMS again so seldom that nothing of it is seen on a bill.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
RATES: Mapping[str, str] = {"get": "s3.get_per_prefix", "put": "s3.put_per_prefix"}


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Bucket(Kind):
    name: ClassVar[str] = "s3_bucket"
    label: ClassVar[str] = "S3 bucket"
    service: ClassVar[str] = "s3"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html"
    )
    ENTRY: ClassVar[str] = "put"
    STORES: ClassVar[tuple[str, ...]] = ("put",)
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(BUCKET, f"{RULE}.ServerSideEncryptionByDefault.SSEAlgorithm", "encryption"),
        Property(BUCKET, f"{RULE}.BucketKeyEnabled", "has_bucket_key", FLAG),
        Property(bill.TERRAFORM, f"{TERRAFORM_RULE}.{SSE}.0.sse_algorithm", "encryption"),
        Property(bill.TERRAFORM, f"{TERRAFORM_RULE}.bucket_key_enabled", "has_bucket_key", FLAG),
    )
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = bill.USAGE_KEYS
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {
        "get": Accepts("sync"),
        "put": Accepts("sync"),
    }
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/S3", "GetRequests", "Sum", "rate"),
        Metric("AWS/S3", "PutRequests", "Sum", "rate"),
        Metric("AWS/S3", "5xxErrors", "Sum", "rate"),
    )

    prefixes: int = setting(
        1, "Prefixes that share the requests", low=1, high=10_000, hint="Each has its own rate."
    )

    storage_class: str = setting(
        bill.STANDARD, "Storage class", choices=tuple(bill.CLASSES), hint="Of what is written."
    )
    encryption: str = setting("AES256", "Encryption", choices=("AES256", *SSE_KMS))
    has_bucket_key: bool = setting(
        False, "Bucket key", hint="Without one every object is a request to KMS."
    )

    @property
    def draws_on(self) -> tuple[str, ...]:
        asks = self.encryption in SSE_KMS and not self.has_bucket_key
        return (KMS_REQUESTS,) if asks else ()

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {
            "get_ms": about(30.0, down=0.5, up=3.0, rule="GET of a small object", unit="ms"),
            "put_ms": about(50.0, down=0.5, up=3.0, rule="PUT of a small object", unit="ms"),
            "stored_gb": about(10.0, down=0.1, up=20.0, rule="Stored", unit="GB"),
        }

    def _rate(self, facts: Facts, role: str) -> float:
        return facts.quota(RATES[role]) * self.prefixes

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        get, put = (
            # AWS states a rate and no burst; a second's worth stands for it.
            Gate(self._rate(facts, role), self._rate(facts, role), place.value(name) / 1000.0)
            for role, name in (("get", "get_ms"), ("put", "put_ms"))
        )
        draws = self.draws_on
        lanes = (Lane("get", (get,), emits=False, draws=draws),)
        if not place.outbound:
            return (*lanes, Lane("put", (put,), emits=False, draws=draws))
        return (
            *lanes,
            Lane("put", (put,), emits=False, sends_to="notify", draws=draws),
            Lane("notify", (Queue(),)),
        )

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        return tuple(self._limit(facts, role) for role in RATES)

    def _limit(self, facts: Facts, role: str) -> Limit:
        get = "Spread the keys over more prefixes, or put CloudFront in front of the reads."
        put = "Spread the keys over more prefixes; S3 splits those that stay busy, by and by."
        return quota_limit(
            facts,
            RATES[role],
            role=role,
            gauge="rate",
            label=f"{role.upper()} requests",
            unit="req/s",
            effect="503 Slow Down, which the SDK repeats",
            remedy=get if role == "get" else put,
            capacity=self._rate(facts, role),
        )

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        return (
            *bill.lines(self.storage_class, meters),
            Usage(
                "dto.internet_gb",
                "Data transfer out",
                "GB",
                meters.bytes_out / bill.BYTES_PER_GB if meters.is_edge else 0.0,
                "To the internet",
            ),
            Usage(
                "kms.requests",
                "Requests to KMS",
                "request",
                sum(meters.passed.get(role, 0.0) for role in RATES) if self.draws_on else 0.0,
                "One for each object, as there is no bucket key",
            ),
        )
