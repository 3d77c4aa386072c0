"""An HTTP API of a third party: no quota in any template, and no line on AWS's bill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog.base import (
    NUMBER,
    Accepts,
    Kind,
    Limit,
    Place,
    Property,
    Spread,
    about,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane, Stage
from apps.engine.stages.delay import Delay
from apps.engine.stages.gate import Gate


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideApi(Kind):
    name: ClassVar[str] = "outside_api"
    label: ClassVar[str] = "Third-party API"
    service: ClassVar[str] = ""
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html"
    )
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(
            "AWS::Events::ApiDestination",
            "InvocationRateLimitPerSecond",
            "rate_limit_rps",
            NUMBER,
        ),
        Property(
            "aws_cloudwatch_event_api_destination",
            "invocation_rate_limit_per_second",
            "rate_limit_rps",
            NUMBER,
        ),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"call": Accepts("sync")}

    rate_limit_rps: float | None = setting(
        None,
        "Rate limit",
        unit="req/s",
        low=0.01,
        high=1_000_000,
        hint="Empty: not known, and taken as none.",
    )
    burst: float | None = setting(
        None, "Burst", unit="requests", low=1, high=1_000_000, hint="Empty: a second's worth."
    )
    latency_ms: float = setting(300.0, "Answers within", unit="ms", low=0, high=900_000)

    @property
    def has_unknown_limit(self) -> bool:
        return self.rate_limit_rps is None

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {
            "latency_ms": about(
                self.latency_ms, down=0.5, up=3.0, rule="An HTTP call to a third party", unit="ms"
            )
        }

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        own_s = place.value("latency_ms") / 1000.0
        stage: Stage = Delay(own_s)
        if self.rate_limit_rps is not None:
            stage = Gate(self.rate_limit_rps, self._burst(self.rate_limit_rps), own_s)
        return (Lane("call", (stage,), emits=False),)

    def _burst(self, rate_rps: float) -> float:
        return max(1.0, rate_rps) if self.burst is None else self.burst

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        if self.rate_limit_rps is None:
            return ()
        return (
            Limit(
                id="outside.rate",
                role="call",
                gauge="rate",
                label="rate limit of the third party",
                capacity=self.rate_limit_rps,
                unit="req/s",
                effect="the third party answers 429, and the requests that need it fail",
                remedy="Ask the third party for a higher rate, keep its answers in a cache, or "
                "call it from a queue with a bounded concurrency.",
                source_url=self.source_url,
            ),
        )
