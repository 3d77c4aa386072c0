"""Amazon SQS queue, standard and FIFO."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog._steps import Given, given_lines, steps
from apps.engine.catalog.base import (
    COUNT,
    FLAG,
    SECONDS,
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
from apps.engine.graph import Link
from apps.engine.stages.base import Lane, Stage
from apps.engine.stages.delay import Delay
from apps.engine.stages.gate import Gate
from apps.engine.stages.queue import Queue

QUEUE, TERRAFORM = "AWS::SQS::Queue", "aws_sqs_queue"
# Metered in steps of 64 KB. https://aws.amazon.com/sqs/pricing/
BYTES_PER_REQUEST = 64 * 1024
BYTES_PER_KB = 1024.0
# Five pollers ask every 20 s while nothing comes.
IDLE_RECEIVES_PER_HOUR = 5 * 3 * 60
_GIVEN = (Given("fair_requests", "sqs.fair.requests", "Fair queue requests", "request"),)


def _redriven_after(policy: Any) -> int | None:
    """Return maxReceiveCount of a redrive policy, which Terraform has as JSON text."""
    try:
        read = json.loads(policy)
    except (TypeError, ValueError):
        return None
    count = read.get("maxReceiveCount") if isinstance(read, dict) else None
    return None if count is None else COUNT.read(count)


REDRIVE = Conversion(_redriven_after, lambda count: json.dumps({"maxReceiveCount": count}))


@dataclass(frozen=True, slots=True, kw_only=True)
class SqsQueue(Kind):
    name: ClassVar[str] = "sqs_queue"
    label: ClassVar[str] = "SQS queue"
    service: ClassVar[str] = "sqs"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-quotas.html"
    )
    ENTRY: ClassVar[str] = "send"
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(QUEUE, "VisibilityTimeout", "visibility_timeout_s", SECONDS),
        Property(QUEUE, "MessageRetentionPeriod", "retention_s", SECONDS),
        Property(QUEUE, "FifoQueue", "is_fifo", FLAG),
        Property(QUEUE, "RedrivePolicy.maxReceiveCount", "max_receive_count", COUNT),
        Property(TERRAFORM, "visibility_timeout_seconds", "visibility_timeout_s", SECONDS),
        Property(TERRAFORM, "message_retention_seconds", "retention_s", SECONDS),
        Property(TERRAFORM, "fifo_queue", "is_fifo", FLAG),
        Property(TERRAFORM, "redrive_policy", "max_receive_count", REDRIVE),
    )
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = (
        UsageKey(TERRAFORM, "monthly_requests", "given.requests"),
        UsageKey(TERRAFORM, "request_size_kb", "bytes_in", BYTES_PER_KB, per="given.requests"),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"send": Accepts("async")}
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", "age"),
        Metric("AWS/SQS", "ApproximateNumberOfMessagesNotVisible", "Maximum", "in_flight"),
    )

    visibility_timeout_s: float = setting(30.0, "Visibility timeout", unit="s", low=0, high=43_200)
    retention_s: float = setting(345_600.0, "Retention", unit="s", low=60, high=1_209_600)
    is_fifo: bool = setting(False, "FIFO")
    max_receive_count: int | None = setting(
        None, "Receives before the dead-letter queue", low=1, high=1000, hint="Empty: for ever."
    )

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {
            "latency_ms": about(15.0, down=0.5, up=3.0, rule="SendMessage", unit="ms"),
            "item_bytes": about(2000.0, down=0.4, up=10.0, rule="A message", unit="bytes"),
        }

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        own_s = place.value("latency_ms") / 1000.0
        rate = facts.quota("sqs.fifo_tps")
        door: Stage = Gate(rate, rate, own_s) if self.is_fifo else Delay(own_s)
        readers = [link for link in place.outbound if not link.settings.get("dead_letter")]
        if not readers:
            return (Lane("send", (door,), emits=False),)
        return (
            Lane("send", (door,), emits=False, sends_to="deliver"),
            Lane("deliver", (self._delivery(facts, readers[0]),)),
        )

    def _delivery(self, facts: Facts, link: Link) -> Queue:
        most = facts.quota("lambda.sqs_esm_max")
        chosen = link.settings.get("max_concurrency")
        kind = "fifo" if self.is_fifo else "standard"
        return Queue(
            pollers=min(most, float(chosen)) if chosen else most,
            first_pollers=facts.quota("lambda.sqs_esm_initial"),
            ramp_per_s=facts.quota("lambda.sqs_esm_ramp") / 60.0,
            batch=float(link.settings.get("batch") or 10),
            window_s=float(link.settings.get("window_s") or 0.0),
            hidden_s=self.visibility_timeout_s,
            attempts=float(self.max_receive_count or math.inf),
            keep_s=self.retention_s,
            in_flight=facts.quota(f"sqs.inflight_{kind}"),
        )

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        limits = (
            self._flight_limit(facts),
            self._poller_limit(facts, place),
            self._ramp_limit(facts),
        )
        return (*limits, self._send_limit(facts)) if self.is_fifo else limits

    def _flight_limit(self, facts: Facts) -> Limit:
        flight = facts.quota_row("sqs.inflight_fifo" if self.is_fifo else "sqs.inflight_standard")
        return Limit(
            id=flight.id,
            role="deliver",
            gauge="in_flight",
            label="messages in flight",
            capacity=facts.quota(flight.id),
            unit="messages",
            effect="no more messages are handed over",
            remedy="Shorten the handling, or spread the messages over more queues.",
            source_url=flight.source_url or self.source_url,
        )

    def _poller_limit(self, facts: Facts, place: Place) -> Limit:
        poll = facts.quota_row("lambda.sqs_esm_max")
        chosen = [link.settings.get("max_concurrency") for link in place.outbound]
        return Limit(
            id=poll.id,
            role="deliver",
            gauge="pollers",
            label="concurrency of the event source",
            capacity=min([facts.quota(poll.id), *(float(c) for c in chosen if c)]),
            unit="batches at once",
            effect="the backlog grows, and messages are handled late",
            remedy="Raise the event source's maximum concurrency, or the batch size.",
            source_url=poll.source_url,
            is_adjustable=True,
        )

    def _ramp_limit(self, facts: Facts) -> Limit:
        row = facts.quota_row("lambda.sqs_esm_ramp")
        first = facts.quota("lambda.sqs_esm_initial")
        return Limit(
            id=row.id,
            role="deliver",
            gauge="ramp",
            label="concurrency of the event source while it grows",
            capacity=first,
            minimum=first,
            unit="batches at once",
            effect=f"{first:g} batches are handled at once when a rush begins, and messages wait "
            f"while {facts.quota(row.id):g} more are added in a minute",
            remedy="Hand over larger batches, shorten the handling, or keep pollers ready "
            "(provisioned mode of the event source).",
            source_url=row.source_url,
            grows=False,
        )

    def _send_limit(self, facts: Facts) -> Limit:
        row = facts.quota_row("sqs.fifo_tps")
        return Limit(
            id=row.id,
            role="send",
            gauge="rate",
            label="FIFO calls",
            capacity=facts.quota(row.id),
            unit="calls/s",
            effect="sends are throttled",
            remedy="Send in batches, or switch on high throughput for FIFO.",
            source_url=row.source_url,
            is_adjustable=True,
        )

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        kind = "fifo" if self.is_fifo else "standard"
        return (
            Usage(
                f"sqs.{kind}.requests",
                "Requests (send, receive, delete)",
                "request",
                self._requests(meters),
                "In steps of 64 KB; idle pollers included",
            ),
            *given_lines(meters, _GIVEN),
        )

    def _requests(self, meters: Meters) -> float:
        """Return the requests of a month: a batch is received whole, and deleted by one."""
        given = meters.given.get("requests")
        if given is not None:
            return given * steps(meters.bytes_in, given, BYTES_PER_REQUEST)
        sent, handled = meters.passed.get("send", 0.0), meters.called.get("deliver", 0.0)
        idle = IDLE_RECEIVES_PER_HOUR * meters.hours if "deliver" in meters.offered else 0.0
        sends = sent * steps(meters.bytes_in, sent, BYTES_PER_REQUEST)
        receives = handled * steps(meters.bytes_in, handled, BYTES_PER_REQUEST)
        return sends + receives + handled + idle
