"""CloudFront function: a few lines at the edge, for every request of a distribution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog._lines import used
from apps.engine.catalog.base import (
    Accepts,
    Kind,
    Meters,
    Metric,
    Place,
    Property,
    Spread,
    Usage,
    UsageKey,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.delay import Delay

TIME = "cloudfront.function_time"


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudfrontFunction(Kind):
    """It scales with the edge, waits for nothing, and has no quota of requests."""

    name: ClassVar[str] = "cloudfront_function"
    label: ClassVar[str] = "CloudFront function"
    service: ClassVar[str] = "cloudfront"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/"
        "cloudfront-functions.html"
    )
    TEMPLATE: ClassVar[tuple[Property, ...]] = (Property("AWS::CloudFront::Function", "", ""),)
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = (
        UsageKey("aws_cloudfront_function", "monthly_requests", "offered.run"),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {
        "run": Accepts("sync", calls=Spread(1.0, 1.0, 2.0, "Once for a request, or its answer too"))
    }
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/CloudFront", "FunctionInvocations", "Sum", "rate"),
        Metric("AWS/CloudFront", "FunctionComputeUtilization", "Average", "duration"),
    )

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        most = facts.quota(TIME)
        rule = f"AWS ends it after about {most:g} ms"
        return {"own_ms": Spread(0.5 * most, 0.1 * most, most, rule, "ms")}

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        return (Lane("run", (Delay(place.value("own_ms") / 1000.0),), emits=False),)

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        runs = meters.offered.get("run", 0.0)
        reads = meters.given.get("key_value_reads", 0.0)
        return (
            Usage(
                "cloudfront.functions_invocations",
                "Invocations",
                "invocation",
                runs,
                "What the cache answers runs it too",
            ),
            *used(Usage("cloudfront.key_value_reads", "Key value store reads", "request", reads)),
        )
