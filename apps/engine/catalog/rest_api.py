"""Amazon API Gateway, REST API."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog._preflights import requests_each
from apps.engine.catalog.base import (
    FLAG,
    TEXT,
    Accepts,
    Conversion,
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
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane, Stage
from apps.engine.stages.cache import Cache
from apps.engine.stages.delay import Delay
from apps.engine.stages.gate import Gate

REST, SAM, STAGE = "AWS::ApiGateway::RestApi", "AWS::Serverless::Api", "AWS::ApiGateway::Stage"
TERRAFORM, TERRAFORM_STAGE = "aws_api_gateway_rest_api", "aws_api_gateway_stage"
PRIVATE = "PRIVATE"
ACCOUNT_RATE = "apigateway.throttle_rate"
BYTES_PER_GB = 2**30
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-stage.html
CACHE_SIZES_GB = ("0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237")


def _endpoint(value: Any) -> str | None:
    """Read SAM's endpoint: a word, or an object with a type."""
    said = value.get("Type") if isinstance(value, Mapping) else value
    return str(said) if said else None


def _cache(stage: Any) -> str | None:
    """Return the size of a stage's cache where it is on."""
    if not isinstance(stage, Mapping) or not FLAG.read(stage.get("cache_cluster_enabled")):
        return None
    return f"{float(stage['cache_cluster_size']):g}"


CACHE = Conversion(_cache, lambda size: {"cache_cluster_enabled": True, "cache_cluster_size": size})
ENDPOINT = Conversion(_endpoint, lambda value: {"Type": value})


@dataclass(frozen=True, slots=True, kw_only=True)
class RestApi(Kind):
    name: ClassVar[str] = "rest_api"
    label: ClassVar[str] = "REST API"
    service: ClassVar[str] = "apigateway"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/"
        "api-gateway-execution-service-limits-table.html"
    )
    ENTRY: ClassVar[str] = "request"
    FACES_USERS: ClassVar[bool] = True
    ROUTES: ClassVar[bool] = True
    ANSWERS_PREFLIGHTS: ClassVar[bool] = True
    # A throttle stands in the method settings, which name methods rather than a path.
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(REST, "EndpointConfiguration.Types.0", "endpoint_type", TEXT),
        Property(SAM, "EndpointConfiguration", "endpoint_type", ENDPOINT),
        Property(SAM, "TracingEnabled", "is_traced", FLAG),
        Property(STAGE, "TracingEnabled", "is_traced", FLAG),
        Property(SAM, "CacheClusterSize", "cache_gb", TEXT),
        Property(STAGE, "CacheClusterSize", "cache_gb", TEXT),
        Property(TERRAFORM, "endpoint_configuration.0.types.0", "endpoint_type", TEXT),
        Property(TERRAFORM_STAGE, "", "cache_gb", CACHE),
        Property(TERRAFORM_STAGE, "xray_tracing_enabled", "is_traced", FLAG),
    )
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = (
        UsageKey(TERRAFORM, "monthly_requests", "passed.request"),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"request": Accepts("sync")}
    METRICS: ClassVar[tuple[Metric, ...]] = (Metric("AWS/ApiGateway", "Count", "Sum", "rate"),)

    endpoint_type: str = setting("EDGE", "Endpoint", choices=("EDGE", "REGIONAL", PRIVATE))
    is_traced: bool = setting(False, "Traced by X-Ray")
    throttle_rate_rps: float | None = setting(
        None, "Throttle", unit="req/s", low=0, high=1_000_000, hint="Empty: the account's."
    )
    throttle_burst: float | None = setting(
        None, "Burst", unit="requests", low=0, high=1_000_000, hint="Empty: the account's."
    )
    cache_gb: str = setting(
        "", "Cache", unit="GB", choices=("", *CACHE_SIZES_GB), hint="Empty: no cache."
    )
    integration_timeout_s: float = setting(
        29.0,
        "Integration timeout",
        unit="s",
        low=0.05,
        high=300,
        hint="The client gets 504 then; the function goes on. Above 29 s AWS must allow it.",
    )

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        spreads = {
            "latency_ms": about(10.0, rule="Overhead of API Gateway", unit="ms"),
            "bytes_out": about(5000.0, down=0.4, up=10.0, rule="A JSON response", unit="bytes"),
        }
        if self.cache_gb:
            spreads["hit_share"] = Spread(
                0.5, 0.1, 0.9, "GET requests alike within the lifetime of a cached answer"
            )
        return spreads

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        own_s, each = place.value("latency_ms") / 1000.0, requests_each(place.values)
        first: Stage = Delay(own_s)
        if self.throttle_rate_rps is not None:
            burst = self.throttle_burst or facts.quota("apigateway.throttle_burst")
            first = Gate(max(self.throttle_rate_rps, 1e-9) / each, burst / each, own_s)
        cache = (Cache(place.value("hit_share")),) if self.cache_gb else ()
        return (Lane("request", (first, *cache), draws=(ACCOUNT_RATE,), weight=each),)

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        if self.throttle_rate_rps is None:
            return ()
        return (
            Limit(
                id="apigateway.stage_throttle",
                role="request",
                gauge="rate",
                label="throttle of the stage",
                capacity=self.throttle_rate_rps,
                unit="req/s",
                effect="429 to clients",
                remedy="Raise the throttling rate in the method settings of the stage.",
                source_url=self.source_url,
                is_adjustable=True,
                check_command=f"aws apigateway get-stages --rest-api-id {place.id}",
            ),
        )

    def raised(self, facts: Facts, uses: Mapping[tuple[str, str], float]) -> Kind:
        use = uses.get(("request", "rate"), 0.0)
        if self.throttle_rate_rps is None or use <= 1.0:
            return self
        return dataclasses.replace(
            self, throttle_rate_rps=float(math.ceil(self.throttle_rate_rps * use))
        )

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        # Behind a VPC endpoint, which is billed for its bytes, nothing goes to the internet.
        goes_out = meters.is_edge and self.endpoint_type != PRIVATE
        lines = [
            Usage(
                "apigw.rest.requests",
                "Requests (REST API)",
                "request",
                meters.passed.get("request", 0.0) * requests_each(meters.values),
                "Answers from the cache included" if self.cache_gb else "",
            ),
            Usage(
                "dto.internet_gb",
                "Data transfer out",
                "GB",
                meters.bytes_out / BYTES_PER_GB if goes_out else 0.0,
                "To the internet, drawn or not",
            ),
        ]
        if self.cache_gb:
            price_id = f"apigw.cache_hour.{self.cache_gb}gb"
            lines.append(
                Usage(price_id, f"Cache ({self.cache_gb} GB)", "hour", meters.hours, "Used or not")
            )
        return tuple(lines)
