"""Amazon SNS topic, standard and FIFO."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

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
    about,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.gate import Gate
from apps.engine.stages.queue import Queue

TOPIC = "AWS::SNS::Topic"
# Metered in steps of 64 KB. https://aws.amazon.com/sns/pricing/
BYTES_PER_REQUEST = 64 * 1024
BYTES_PER_GB = 2**30
# Functions and queues that fail are tried every 20 s in the end, for 23 days.
# https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
RETRY_S, KEEP_S = 20.0, 23.0 * 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SnsTopic(Kind):
    name: ClassVar[str] = "sns_topic"
    label: ClassVar[str] = "SNS topic"
    service: ClassVar[str] = "sns"
    source_url: ClassVar[str] = "https://docs.aws.amazon.com/general/latest/gr/sns.html"
    ENTRY: ClassVar[str] = "publish"
    TEMPLATE: ClassVar[tuple[Property, ...]] = (Property(TOPIC, "FifoTopic", "is_fifo", FLAG),)
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"publish": Accepts("async")}
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/SNS", "NumberOfMessagesPublished", "Sum", "rate"),
    )

    is_fifo: bool = setting(False, "FIFO")

    @property
    def quota_id(self) -> str:
        """Id of the quota of publishing. [messages/s]"""
        return "sns.fifo_topic_tput" if self.is_fifo else "sns.publish_std"

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {
            "latency_ms": about(15.0, up=3.0, rule="Publish", unit="ms"),
            "item_bytes": about(2000.0, down=0.4, up=10.0, rule="A message", unit="bytes"),
        }

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        rate = facts.quota(self.quota_id)
        door = (Gate(rate, rate, place.value("latency_ms") / 1000.0),)
        if not place.outbound:
            return (Lane("publish", door, emits=False),)
        return (
            Lane("publish", door, emits=False, sends_to="deliver"),
            Lane("deliver", (Queue(hidden_s=RETRY_S, keep_s=KEEP_S),)),
        )

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        whose = "this FIFO topic" if self.is_fifo else "all topics of the account"
        return (
            quota_limit(
                facts,
                self.quota_id,
                role="publish",
                gauge="rate",
                label=f"messages published to {whose}",
                unit="messages/s",
                effect="publishing is throttled, which the SDK repeats",
                remedy="Spread the messages over more topics."
                if self.is_fifo
                else "Ask AWS for a higher publish rate, or publish less often.",
                check_command="aws service-quotas list-service-quotas --service-code sns",
            ),
        )

    def billed(self, place: Place) -> Mapping[str, float]:
        subscriptions = [link for link in place.outbound if not link.settings.get("dead_letter")]
        return {"subscriptions": float(len(subscriptions))}

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        published = meters.passed.get("publish", 0.0)
        subscriptions = meters.values.get("subscriptions", 1.0)
        if self.is_fifo:
            return self._fifo_usage(meters, published, subscriptions)
        size = meters.bytes_in / published if published else 0.0
        requests = published * max(1, math.ceil(size / BYTES_PER_REQUEST))
        return (
            Usage("sns.requests", "Publish requests", "request", requests, "In steps of 64 KB"),
            Usage(
                "sns.sqs_lambda",
                "Deliveries to queues and functions",
                "delivery",
                published * subscriptions,
                "Without charge",
            ),
        )

    def _fifo_usage(
        self, meters: Meters, published: float, subscriptions: float
    ) -> tuple[Usage, ...]:
        gigabytes = meters.bytes_in / BYTES_PER_GB
        return (
            Usage("sns.fifo.publish", "Publish requests (FIFO)", "request", published),
            Usage("sns.fifo.publish_gb", "Published data (FIFO)", "GB", gigabytes),
            Usage(
                "sns.fifo.delivery",
                "Subscription messages (FIFO)",
                "message",
                published * subscriptions,
            ),
            Usage(
                "sns.fifo.delivery_gb",
                "Delivered data (FIFO)",
                "GB",
                gigabytes * subscriptions,
                "To every subscription",
            ),
        )
