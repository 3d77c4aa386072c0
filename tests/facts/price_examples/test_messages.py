"""Published bills of streams, topics, queues, buses and workflows, against ours to the cent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from apps.engine.pricing import Bill, price_bill
from apps.facts.corrections import Correction, apply
from apps.facts.reader import packaged_facts
from apps.facts.usage_file import read_items

SPORTSBOOK = (
    "https://github.com/aws-solutions-library-samples/"
    "guidance-for-building-an-event-driven-sportsbook-on-aws, cost table of the README, 2025-08"
)
PAYMENTS = "aws-solutions-library-samples payments guidance, cost table of the README, 2024-04"
GOLDEN = "infracost, internal/providers/terraform/aws/testdata"
WORKFLOWS = "https://aws.amazon.com/step-functions/pricing/"


@dataclass(frozen=True)
class Example:
    """A published bill: `prices` are those of its day where AWS has changed them since."""

    source: str
    items: tuple[dict[str, Any], ...]
    usd: str
    free_tier: bool = False
    prices: Mapping[str, str] = field(default_factory=dict)


def item(kind: str, settings: Mapping[str, Any] = {}, **usage: Any) -> dict[str, Any]:
    return {"kind": kind, "settings": dict(settings), "usage": usage}


def resource(type_: str, attributes: Mapping[str, Any] = {}, **usage: Any) -> dict[str, Any]:
    return {"resource_type": type_, "attributes": dict(attributes), "usage": usage}


PUBLISHED = {
    "sb-05": Example(
        SPORTSBOOK,
        (item("state_machine", {"states": 1}, passed={"start": 72_000}),),
        "1.70",
        free_tier=True,
    ),
    # The README cuts 1.785 off.
    "sb-06": Example(SPORTSBOOK, (item("event_bus", passed={"put": 1_785_000}),), "1.78"),
    "pay-01": Example(
        PAYMENTS,
        (item("state_machine", {"states": 3}, passed={"start": 3000}),),
        "0.13",
        free_tier=True,
    ),
    "pay-02": Example(
        PAYMENTS,
        (item("sns_topic", {"email_subscriptions": 1}, passed={"publish": 3000}),),
        "0.04",
        free_tier=True,
    ),
    "ic-14": Example(
        f"{GOLDEN}/sns_topic_test, 2024-12-04",
        (resource("aws_sns_topic", monthly_requests=1_000_000, request_size_kb=128),),
        "0.50",
        free_tier=True,
    ),
    "ic-15": Example(
        f"{GOLDEN}/sfn_state_machine_test, 2024-07-01",
        (resource("aws_sfn_state_machine", monthly_transitions=10_000),),
        "0.25",
    ),
    "mem-02": Example(
        f"{WORKFLOWS} example of 2020: 420,000 transitions, 4,000 of them free",
        (item("state_machine", given={"transitions": 420_000}),),
        "10.40",
        free_tier=True,
    ),
    # 50 MB + 50 KB + 400 × 32 KB are a chunk of 64 MB: three tiers of duration.
    "express with maps": Example(
        f"{WORKFLOWS} example of an express workflow with 400 map steps, at its rounded prices",
        (
            item(
                "state_machine",
                {"type": "EXPRESS", "memory_mb": 62.85},
                passed={"start": 100_000_000},
                busy_s=1_000_000_000,
            ),
        ),
        "482.97",
        prices={"sfn.express.gb_hour": "0:0.06 1000:0.03 5000:0.01642"},
    ),
    "express, two tiers": Example(
        f"{GOLDEN}/sfn_state_machine_test, 2024-07-01: 512 MB and 800 ms",
        (
            resource(
                "aws_sfn_state_machine",
                {"type": "EXPRESS"},
                monthly_requests=10_000_000,
                workflow_duration_ms=800,
                memory_mb=512,
            ),
        ),
        "73.34",
    ),
    "stream with shards": Example(
        f"{GOLDEN}/kinesis_stream_test, 2024-07-01, without the line that AWS bills by the hour",
        (
            resource(
                "aws_kinesis_stream",
                {"shard_count": 4},
                monthly_provisioned_put_units=6_500_000,
                monthly_provisioned_long_term_retention_gb=100,
                monthly_provisioned_long_term_retrieval_gb=100,
                monthly_provisioned_efo_data_out_gb=100,
                monthly_provisioned_efo_consumer_hours=100,
            ),
        ),
        "51.09",
    ),
    "stream on demand": Example(
        f"{GOLDEN}/kinesis_stream_test, 2024-07-01",
        (
            resource(
                "aws_kinesis_stream",
                {"stream_mode_details": [{"stream_mode": "ON_DEMAND"}]},
                monthly_on_demand_data_in_gb=0.2,
                monthly_on_demand_data_out_gb=0.2,
                monthly_on_demand_efo_data_out_gb=2.0,
                monthly_on_demand_extended_retention_gb=1.0,
                monthly_on_demand_long_term_retention_gb=1.0,
            ),
        ),
        "29.45",
    ),
    "bus with an archive": Example(
        f"{GOLDEN}/cloudwatch_event_bus_test, 2024-07-01",
        (
            resource(
                "aws_cloudwatch_event_bus",
                monthly_custom_events=1_000_000,
                monthly_third_party_events=2_000_000,
                monthly_archive_processing_gb=100,
                archive_storage_gb=200,
                monthly_schema_discovery_events=1_000_000,
            ),
        ),
        "17.70",
    ),
    "queue of large messages": Example(
        f"{GOLDEN}/sqs_queue_test, 2024-07-01",
        (resource("aws_sqs_queue", monthly_requests=1_000_000, request_size_kb=128),),
        "0.80",
    ),
    "subscription by HTTP": Example(
        f"{GOLDEN}/sns_topic_subscription_test, 2024-07-01",
        (
            resource(
                "aws_sns_topic_subscription",
                {"protocol": "http"},
                monthly_requests=1_000_000,
                request_size_kb=128,
            ),
        ),
        "1.20",
    ),
}


def bill_of(example: Example) -> Bill:
    """Price an example by the code of `manage.py estimate`."""
    corrections = [
        Correction("price", price_id, "us-east-1", value, example.source, "")
        for price_id, value in example.prices.items()
    ]
    facts = apply(packaged_facts("us-east-1"), corrections)
    items = read_items(json.dumps({"items": example.items}))
    usages = [usage for each in items for usage in each.usages()]
    return price_bill(usages, facts, free_tier=example.free_tier)


@pytest.mark.parametrize("example", PUBLISHED.values(), ids=PUBLISHED)
def test_a_published_bill_is_ours_to_the_cent(example: Example) -> None:
    bill = bill_of(example)

    assert abs(bill.monthly_usd - Decimal(example.usd)) <= Decimal("0.0051")
    assert bill.is_complete


def test_a_queue_is_free_up_to_a_million_requests() -> None:
    """The first part of net-02, whose other part is data transfer."""
    example = Example(
        "published README: 1M requests and 10 GB out",
        (resource("aws_sqs_queue", monthly_requests=1_000_000),),
        "0.00",
        free_tier=True,
    )

    assert bill_of(example).monthly_usd == 0


def test_records_of_5_kb_are_converted_as_they_are_counted() -> None:
    """ga-04 says 58.90, which its own prices do not give: 259.2M × 5 KB are 1,235.96 GB."""
    used = {"passed": {"put": 259_200_000}, "values": {"item_bytes": 5 * 1024}}
    example = Example("guidance README", (item("firehose_stream", {"converts": True}, **used),), "")

    assert round(bill_of(example).monthly_usd, 2) == Decimal("58.09")
