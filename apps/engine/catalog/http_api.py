"""Amazon API Gateway, HTTP API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog._lines import steps
from apps.engine.catalog._preflights import requests_each
from apps.engine.catalog.base import (
    NUMBER,
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
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane, Stage
from apps.engine.stages.delay import Delay
from apps.engine.stages.gate import Gate

TERRAFORM = "aws_apigatewayv2_api"
ACCOUNT_RATE = "apigateway.throttle_rate"
# Metered in steps of 512 KB. https://aws.amazon.com/api-gateway/pricing/
BYTES_PER_REQUEST = 512 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpApi(Kind):
    name: ClassVar[str] = "http_api"
    label: ClassVar[str] = "HTTP API"
    service: ClassVar[str] = "apigateway"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html"
    )
    ENTRY: ClassVar[str] = "request"
    FACES_USERS: ClassVar[bool] = True
    ROUTES: ClassVar[bool] = True
    ANSWERS_PREFLIGHTS: ClassVar[bool] = True
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property("AWS::ApiGatewayV2::Api", "", ""),
        Property(
            "AWS::Serverless::HttpApi",
            "DefaultRouteSettings.ThrottlingRateLimit",
            "throttle_rate_rps",
            NUMBER,
        ),
        Property(
            "AWS::Serverless::HttpApi",
            "DefaultRouteSettings.ThrottlingBurstLimit",
            "throttle_burst",
            NUMBER,
        ),
    )
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = (
        UsageKey(TERRAFORM, "monthly_requests", "passed.request"),
        UsageKey(TERRAFORM, "request_size_kb", "bytes_in", 1024.0, per="passed.request"),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"request": Accepts("sync")}
    METRICS: ClassVar[tuple[Metric, ...]] = (Metric("AWS/ApiGateway", "Count", "Sum", "rate"),)

    throttle_rate_rps: float | None = setting(
        None, "Throttle", unit="req/s", low=0, high=1_000_000, hint="Empty: the account's."
    )
    throttle_burst: float | None = setting(
        None, "Burst", unit="requests", low=0, high=1_000_000, hint="Empty: the account's."
    )

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {
            "latency_ms": about(10.0, rule="Overhead of API Gateway", unit="ms"),
            "bytes_out": about(5000.0, down=0.4, up=10.0, rule="A JSON response", unit="bytes"),
        }

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        own_s, each = place.value("latency_ms") / 1000.0, requests_each(place.values)
        if self.throttle_rate_rps is None:
            first: Stage = Delay(own_s)
        else:
            burst = self.throttle_burst or facts.quota("apigateway.throttle_burst")
            first = Gate(max(self.throttle_rate_rps, 1e-9) / each, burst / each, own_s)
        return (Lane("request", (first,), draws=(ACCOUNT_RATE,), weight=each),)

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
                remedy="Raise the throttling rate of the stage.",
                source_url=self.source_url,
                is_adjustable=True,
            ),
        )

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        requests = meters.passed.get("request", 0.0)
        # AWS says that a call is metered by its size, and not which way: the larger one counts.
        size = max(meters.bytes_in, meters.bytes_out) / requests if requests else 0.0
        each = requests_each(meters.values)
        return (
            Usage(
                "apigw.http.requests",
                "Requests (HTTP API)",
                "request",
                requests * (steps(size, BYTES_PER_REQUEST) + each - 1.0),
                "In steps of 512 KB" + (", with preflights" if each > 1.0 else ""),
            ),
            Usage(
                "dto.internet_gb",
                "Data transfer out",
                "GB",
                meters.bytes_out / 2**30 if meters.is_edge else 0.0,
                "To the internet, drawn or not",
            ),
        )
