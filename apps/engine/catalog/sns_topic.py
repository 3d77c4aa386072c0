"""Amazon SNS topic, standard and FIFO."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog import _sns_topic_bill as bill
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
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.gate import Gate
from apps.engine.stages.queue import Queue

# Functions and queues that fail are tried every 20 s in the end, for 23 days.
# https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
RETRY_S, KEEP_S = 20.0, 23.0 * 86_400.0
# What a delivery costs money for, by the kind that it goes to.
_DRAWN: Mapping[str, str] = {
    "outside_api": "http_subscriptions",
    "firehose_stream": "firehose_subscriptions",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SnsTopic(Kind):
    name: ClassVar[str] = "sns_topic"
    label: ClassVar[str] = "SNS topic"
    service: ClassVar[str] = "sns"
    source_url: ClassVar[str] = "https://docs.aws.amazon.com/general/latest/gr/sns.html"
    ENTRY: ClassVar[str] = "publish"
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(bill.TOPIC, "FifoTopic", "is_fifo", FLAG),
        Property(bill.TERRAFORM, "fifo_topic", "is_fifo", FLAG),
        *bill.SUBSCRIBED,
    )
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = bill.USAGE_KEYS
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"publish": Accepts("async")}
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/SNS", "NumberOfMessagesPublished", "Sum", "rate"),
    )

    is_fifo: bool = setting(False, "FIFO")
    http_subscriptions: int = setting(0, "HTTP subscriptions", low=0, high=12_500_000)
    email_subscriptions: int = setting(0, "E-mail subscriptions", low=0, high=12_500_000)
    firehose_subscriptions: int = setting(0, "Firehose subscriptions", low=0, high=12_500_000)
    push_subscriptions: int = setting(0, "Mobile push subscriptions", low=0, high=12_500_000)
    macos_subscriptions: int = setting(0, "macOS subscriptions", low=0, high=12_500_000)
    sms_subscriptions: int = setting(0, "Text message subscriptions", low=0, high=12_500_000)

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
        values = {"subscriptions": 0.0, **dict.fromkeys(_DRAWN.values(), 0.0)}
        for link in place.outbound:
            if not link.settings.get("dead_letter"):
                neighbour = place.neighbours.get(link.target)
                values[_DRAWN.get(neighbour.name if neighbour else "", "subscriptions")] += 1.0
        return values

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        if self.is_fifo:
            return bill.fifo(meters)
        subscribed = {
            one.setting: getattr(self, one.setting) + meters.values.get(one.setting, 0.0)
            for one in bill.ENDPOINTS
        }
        return bill.standard(meters, subscribed)
