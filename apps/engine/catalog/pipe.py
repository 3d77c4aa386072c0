"""Amazon EventBridge pipe: from a polled source, by an enrichment, to a target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog._api_destinations import api_destinations, api_usage
from apps.engine.catalog._steps import steps
from apps.engine.catalog.base import (
    Accepts,
    Kind,
    Meters,
    Metric,
    Place,
    Property,
    Spread,
    Usage,
    about,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.delay import Delay

# Metered in steps of 64 KB. https://aws.amazon.com/eventbridge/pricing/
BYTES_PER_REQUEST = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipe(Kind):
    """It takes a batch from its source and calls enrichment and target for each event of it.

    A function or a state machine may take a batch whole; that saving is not counted here.
    Its concurrency is bounded by its source, which holds the events until they are through.
    """

    name: ClassVar[str] = "pipe"
    label: ClassVar[str] = "EventBridge pipe"
    service: ClassVar[str] = "pipes"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/"
        "eb-pipes-batching-concurrency.html"
    )
    ENTRY: ClassVar[str] = "invoke"
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property("AWS::Pipes::Pipe", "", ""),
        Property("aws_pipes_pipe", "", ""),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"invoke": Accepts("async")}
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/EventBridge/Pipes", "Concurrency", "Maximum", "concurrency"),
        Metric("AWS/EventBridge/Pipes", "ExecutionThrottled", "Sum", "rate"),
    )

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {
            "latency_ms": about(20.0, up=5.0, rule="One event through a pipe", unit="ms"),
            "item_bytes": about(2000.0, down=0.4, up=10.0, rule="An event", unit="bytes"),
        }

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        own_s = place.value("latency_ms") / 1000.0
        return (Lane("invoke", (Delay(own_s, splits_batches=True),)),)

    def billed(self, place: Place) -> Mapping[str, float]:
        return {
            "item_bytes": place.value("item_bytes"),
            "api_destinations": api_destinations(place),
        }

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        each = steps(meters.values.get("item_bytes", 0.0), 1.0, BYTES_PER_REQUEST)
        requests = meters.given.get("requests", meters.called.get("invoke", 0.0) * each)
        called = requests * meters.values.get("api_destinations", 0.0)
        return (
            Usage(
                "eventbridge.pipes",
                "Pipes requests",
                "request",
                requests,
                "In steps of 64 KB, after filtering",
            ),
            *api_usage(meters.given.get("api_calls", called)),
        )
