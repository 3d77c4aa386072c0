"""Amazon EventBridge event bus, the default one too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog._api_destinations import api_destinations, api_usage
from apps.engine.catalog._quotas import quota_limit
from apps.engine.catalog._steps import Given, given_lines, steps
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
    UsageKey,
    about,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.gate import Gate
from apps.engine.stages.queue import Queue

PUT, INVOCATIONS = "eventbridge.put_events", "eventbridge.invocations"
TERRAFORM = "aws_cloudwatch_event_bus"
# Metered in steps of 64 KB, by the schema registry of 8 KB.
# https://aws.amazon.com/eventbridge/pricing/
BYTES_PER_EVENT, BYTES_PER_DISCOVERED = 64 * 1024, 8 * 1024
BYTES_PER_GB, DAYS_PER_MONTH = 2**30, 730.0 / 24.0
_GIVEN = (
    Given("partner_events", "eventbridge.custom_events", "Partner events", "event"),
    Given(
        "cross_account_events",
        "eventbridge.cross_account_events",
        "Events to other accounts and Regions",
        "event",
    ),
    Given("replayed_events", "eventbridge.custom_events", "Replayed events", "event"),
)
# The pauses between 185 attempts in 24 h grow; a failed delivery waits this long on average.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
RETRY_S = 86_400.0 / 185.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EventBus(Kind):
    name: ClassVar[str] = "event_bus"
    label: ClassVar[str] = "Event bus"
    service: ClassVar[str] = "eventbridge"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html"
    )
    ENTRY: ClassVar[str] = "put"
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property("AWS::Events::EventBus", "", ""),
        Property(TERRAFORM, "", ""),
    )
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = (
        UsageKey(TERRAFORM, "monthly_custom_events", "passed.put"),
        UsageKey(TERRAFORM, "monthly_third_party_events", "given.partner_events"),
        UsageKey(TERRAFORM, "monthly_archive_processing_gb", "given.archived_gb"),
        UsageKey(TERRAFORM, "archive_storage_gb", "given.archive_gb_month"),
        UsageKey(TERRAFORM, "monthly_schema_discovery_events", "given.discovered_events"),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"put": Accepts("async")}
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/Events", "PutEventsApproximateCallCount", "Sum", "rate"),
        Metric("AWS/Events", "Invocations", "Sum", "rate"),
        Metric("AWS/Events", "ThrottledRules", "Sum", "rate"),
    )

    has_aws_events: bool = setting(
        False, "Carries events of AWS services alone", hint="They come without charge."
    )
    archive_days: int = setting(
        0, "Archives events for", unit="days", low=0, high=36_500, hint="0: there is no archive."
    )
    discovers_schemas: bool = setting(False, "Discovers schemas")

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {
            "latency_ms": about(15.0, up=3.0, rule="PutEvents", unit="ms"),
            "item_bytes": about(2000.0, down=0.4, up=10.0, rule="An event", unit="bytes"),
        }

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        rate = facts.quota(PUT)
        door = (Gate(rate, rate, place.value("latency_ms") / 1000.0),)
        if not place.outbound:
            return (Lane("put", door, emits=False),)
        # What is over the rate waits, so the queue keeps to it, and the gate behind measures it.
        most = self._events_per_s(facts, place)
        keep_s = facts.quota("eventbridge.retry_policy") * 3600.0
        waiting = Queue(rate_per_s=most, hidden_s=RETRY_S, keep_s=keep_s)
        return (
            Lane("put", door, emits=False, sends_to="deliver"),
            Lane("deliver", (waiting,), emits=False, calls_lane="invoke"),
            Lane("invoke", (Gate(most, most),)),
        )

    def _events_per_s(self, facts: Facts, place: Place) -> float:
        """Return the events a second that may reach their targets, as one invocation each."""
        return facts.quota(INVOCATIONS) / max(1, len(place.outbound))

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        put = quota_limit(
            facts,
            PUT,
            role="put",
            gauge="rate",
            label="events put on all buses",
            unit="events/s",
            effect="ThrottlingException to who puts events",
            remedy="Put several events in one call, or ask AWS for a higher quota.",
        )
        if not place.outbound:
            return (put,)
        return (
            put,
            quota_limit(
                facts,
                INVOCATIONS,
                role="invoke",
                gauge="rate",
                label="invocations of all rules",
                unit="invocations/s",
                effect="events are delivered late, and lost after 24 h",
                remedy="Ask AWS for a higher quota, or match fewer events with each rule.",
            ),
        )

    def billed(self, place: Place) -> Mapping[str, float]:
        return {"api_destinations": api_destinations(place)}

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        put = meters.passed.get("put", 0.0)
        each = steps(meters.bytes_in, put, BYTES_PER_EVENT)
        called = meters.passed.get("invoke", put) * meters.values.get("api_destinations", 0.0)
        return (
            Usage(
                "eventbridge.custom_events",
                "Custom events",
                "event",
                0.0 if self.has_aws_events else put * each,
                "In steps of 64 KB; events of AWS services are free",
            ),
            *given_lines(meters, _GIVEN),
            *api_usage(meters.given.get("api_calls", called * each)),
            *self._archive_usage(meters),
            *self._discovery_usage(meters, put),
        )

    def _archive_usage(self, meters: Meters) -> tuple[Usage, ...]:
        taken_gb = meters.bytes_in / BYTES_PER_GB if self.archive_days else 0.0
        archived_gb = meters.given.get("archived_gb", taken_gb)
        kept_gb = meters.given.get(
            "archive_gb_month", taken_gb * self.archive_days / DAYS_PER_MONTH
        )
        if not archived_gb and not kept_gb:
            return ()
        return (
            Usage("eventbridge.archive_gb", "Archive processing", "GB", archived_gb),
            Usage("eventbridge.archive_gb_month", "Archive storage", "GB-month", kept_gb),
        )

    def _discovery_usage(self, meters: Meters, put: float) -> tuple[Usage, ...]:
        seen = put * steps(meters.bytes_in, put, BYTES_PER_DISCOVERED)
        events = meters.given.get("discovered_events", seen if self.discovers_schemas else 0.0)
        if not events:
            return ()
        note = "In steps of 8 KB"
        return (Usage("eventbridge.schema_discovery", "Schema discovery", "event", events, note),)
