"""Amazon S3 bucket, general purpose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog._quotas import quota_limit
from apps.engine.catalog.base import (
    Accepts,
    Kind,
    Limit,
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
from apps.engine.stages.gate import Gate
from apps.engine.stages.queue import Queue

BYTES_PER_GB = 2**30
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
    TEMPLATE: ClassVar[tuple[Property, ...]] = (Property("AWS::S3::Bucket", "", ""),)
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
        lanes = (Lane("get", (get,), emits=False),)
        if not place.outbound:
            return (*lanes, Lane("put", (put,), emits=False))
        return (
            *lanes,
            Lane("put", (put,), emits=False, sends_to="notify"),
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
            Usage("s3.standard.gb_month", "Storage (Standard)", "GB-month", meters.stored_gb),
            Usage(
                "s3.tier1_requests",
                "PUT, COPY, POST, LIST requests",
                "request",
                meters.passed.get("put", 0.0),
            ),
            Usage(
                "s3.tier2_requests",
                "GET and other requests",
                "request",
                meters.passed.get("get", 0.0),
            ),
            Usage(
                "dto.internet_gb",
                "Data transfer out",
                "GB",
                meters.bytes_out / BYTES_PER_GB if meters.is_edge else 0.0,
                "To the internet",
            ),
        )
