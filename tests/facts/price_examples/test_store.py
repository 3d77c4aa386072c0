"""Worked examples that AWS and others publish: storage, caches, tables, keys and secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

import pytest

from apps.engine.facts import Facts, Tier
from apps.engine.pricing import Bill, price_bill
from apps.facts.reader import packaged_facts
from apps.facts.usage_file import read_items

GIB = 2**30
CENT = Decimal("0.01")
S3_FAQ = "aws.amazon.com/s3/faqs page copy"
S3_GUIDE = "S3 guide, Price List offer of 2026-09-28"
GOLDEN = "infracost golden"


class Example(NamedTuple):
    """What is used, and what the source says that it costs.

    `usd` are prices of the example where the book has others now, or none: by price id, one or
    tiers with their ends.
    """

    id: str
    source: str
    items: list[dict[str, Any]]
    published: str
    free_tier: bool = False
    usd: Mapping[str, str | list[tuple[int | None, str]]] = {}


def bucket(usage: dict[str, Any], **settings: Any) -> list[dict[str, Any]]:
    return [{"kind": "s3_bucket", "settings": settings, "usage": usage}]


def terraform(type_: str, usage: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    return {"resource_type": type_, "attributes": attributes, "usage": usage}


SECRET = "aws_secretsmanager_secret"
EXAMPLES = (
    Example(
        "s3-02",
        S3_FAQ,
        bucket({"bytes_out": 63_488 * GIB, "is_edge": True}),
        "5263.27",
        free_tier=True,
        # The first gigabyte was free then; it is the first hundred today.
        usd={
            "dto.internet_gb": [
                (1, "0"),
                (10_240, "0.09"),
                (51_200, "0.085"),
                (153_600, "0.07"),
                (None, "0.05"),
            ]
        },
    ),
    Example(
        "s3-02, the first 100 GB free",
        "price_examples_dev.csv, note",
        bucket({"bytes_out": 63_488 * GIB, "is_edge": True}),
        "5254.36",
        free_tier=True,
    ),
    Example("s3-03", S3_FAQ, bucket({"passed": {"put": 310_000, "get": 620_000}}), "1.80"),
    Example("s3-05", S3_GUIDE, bucket({"stored_gb": 200}), "4.60"),
    Example("s3-07", S3_GUIDE, bucket({"stored_gb": 2**20}), "22583.30"),
    Example("s3-09", S3_GUIDE, bucket({"stored_gb": 2**20}, storage_class="GLACIER"), "3774.87"),
    Example(
        "s3-10", S3_GUIDE, bucket({"stored_gb": 2**20}, storage_class="DEEP_ARCHIVE"), "1038.09"
    ),
    Example(
        "s3-13",
        S3_GUIDE,
        [
            {
                "kind": "kms_key",
                "settings": {"is_aws_managed": True},
                "usage": {"passed": {"request": 1_100_000_000}},
            }
        ],
        "3300.00",
    ),
    Example(
        "S3 Express One Zone, example 1",
        S3_FAQ,
        bucket(
            {
                "stored_gb": 10,
                "passed": {"put": 1_000_000, "get": 9_000_000},
                "values": {"item_bytes": 10_240},
            },
            storage_class="EXPRESS_ONEZONE",
        ),
        "2.58",
        usd={
            "s3.express.tier1_requests": "0.00000113",
            "s3.express.tier2_requests": "0.00000003",
            "s3.express.upload_gb": "0.0032",
            "s3.express.retrieval_gb": "0.0006",
        },
    ),
    Example(
        "EFS, 100 GB and then 250 GB",
        "aws.amazon.com/efs/pricing page copy",
        [{"kind": "efs_file_system", "settings": {}, "usage": {"stored_gb": 177}}],
        "53.10",
    ),
    Example(
        "mem-05",
        "AWS pricing page, from memory",
        [{"kind": "kms_key", "settings": {}, "usage": {"passed": {"request": 2_010_000}}}],
        "6.97",
        free_tier=True,
    ),
    Example(
        "sec-01",
        "published README",
        [terraform(SECRET, {"monthly_requests": 100_000}), terraform(SECRET, {})],
        "1.30",
    ),
    Example("ic-12", GOLDEN, [terraform(SECRET, {"monthly_requests": 100_000})], "0.90"),
    Example(
        "aoss-01",
        "published README",
        [
            {
                "kind": "opensearch_collection",
                "settings": {},
                "usage": {"given": {"search_ocu_hours": 1460, "index_ocu_hours": 1460}},
            }
        ],
        "700.80",
    ),
)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.id)
def test_the_published_total_is_met_to_the_cent(example: Example) -> None:
    bill = bill_of(example)

    assert bill.is_complete
    assert bill.monthly_usd.quantize(CENT, ROUND_HALF_UP) == Decimal(example.published)


def test_a_table_costs_what_was_published_if_its_writes_were_transactional() -> None:
    """sb-03: 5 GB, 2.525M writes and 2.533M reads, $4.57 in August 2025.

    The source states no units. Two for a write, half of one for a read, and lines that are rounded
    give its total at the prices since November 2024; one for each gives $3.15.
    """
    units = {"write": 2 * 2_525_000, "read": 2_533_000 / 2}
    item = {"kind": "dynamodb_table", "usage": {"stored_gb": 5, "units": units}}

    bill = bill_of(Example("sb-03", "guidance README, 2025-08", [item], "4.57"))

    rounded = [
        (line.monthly_usd or Decimal(0)).quantize(CENT, ROUND_HALF_UP) for line in bill.lines
    ]
    assert sum(rounded) == Decimal("4.57")


def test_a_table_of_the_example_costs_more_at_the_prices_before() -> None:
    """sb-03 again: one unit for each, at what units cost until November 2024."""
    units = {"write": 2_525_000, "read": 2_533_000}
    item = {"kind": "dynamodb_table", "usage": {"stored_gb": 5, "units": units}}
    before = {"ddb.wru": "0.00000125", "ddb.rru": "0.00000025"}

    bill = bill_of(Example("sb-03", "price_examples_dev.csv, note", [item], "5.04", usd=before))

    assert bill.monthly_usd.quantize(CENT, ROUND_HALF_UP) == Decimal("5.04")


def bill_of(example: Example) -> Bill:
    """Return the bill as `manage.py estimate` works it out from the same JSON."""
    items = read_items(json.dumps({"items": example.items}))
    facts = with_prices(packaged_facts("us-east-1"), example.usd)
    usages = [usage for item in items for usage in item.usages()]
    # What was not used has no place in an example.
    used = [(item, usage) for item, usage in usages if usage.quantity]
    return price_bill(used, facts, free_tier=example.free_tier)


def with_prices(facts: Facts, usd: Mapping[str, str | list[tuple[int | None, str]]]) -> Facts:
    """Return facts with the prices of an example instead of those of the book."""
    prices = dict(facts.prices)
    like = prices["s3.tier1_requests"]
    for price_id, said in usd.items():
        tiers, start = [], Decimal(0)
        for end, each in [(None, said)] if isinstance(said, str) else said:
            upper = None if end is None else Decimal(end)
            tiers.append(Tier(start, upper, Decimal(each)))
            start = upper or start
        unit = "GB" if price_id.endswith("_gb") else like.unit
        known = prices.get(price_id, replace(like, id=price_id, unit=unit))
        prices[price_id] = replace(known, tiers=tuple(tiers))
    return replace(facts, prices=prices)
