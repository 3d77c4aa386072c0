"""Published examples of what the edge costs, each with the total that its source states."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

import pytest

from apps.engine.facts import Facts, Price, Tier, build_facts
from apps.engine.pricing import price_bill
from apps.facts.reader import packaged_facts
from apps.facts.usage_file import read_items

API_PAGE = "aws.amazon.com/api-gateway/pricing page copy, 2025-11-02"
GUIDANCE = "aws-solutions-library-samples, cost table of guidance-for-"
TESTDATA = "infracost testdata, golden of "
GB = 2**30


class Example(NamedTuple):
    """Items as in a file of `manage.py estimate`, and what they cost in us-east-1.

    `tiers` are the prices of the example where the book has others: (from, to, usd) by price id.
    Some sources round each line before they add. Balancers and NAT gateways are private here,
    since the examples leave public addresses out.
    """

    id: str
    source: str
    usd: str
    items: tuple[dict[str, Any], ...]
    free_tier: bool = False
    rounds_lines: bool = False
    tiers: Mapping[str, tuple[tuple[int, int | None, str], ...]] = {}


def transfer(gigabytes: float) -> dict[str, Any]:
    usage = {"monthly_outbound_internet_gb": gigabytes}
    return {"resource_type": "aws_data_transfer", "usage": usage}


def resource(
    type_: str, attributes: Mapping[str, Any] | None = None, **usage: Any
) -> dict[str, Any]:
    return {"resource_type": type_, "attributes": dict(attributes or {}), "usage": usage}


def component(kind: str, settings: Mapping[str, Any] | None = None, **usage: Any) -> dict[str, Any]:
    return {"kind": kind, "settings": dict(settings or {}), "usage": usage}


FLAT_09 = {"dto.internet_gb": ((0, None, "0.09"),)}
ONE_GB_FREE = {
    "dto.internet_gb": (
        (0, 1, "0"),
        (1, 10_240, "0.09"),
        (10_240, 51_200, "0.085"),
        (51_200, None, "0.07"),
    )
}
EXAMPLES = (
    Example(
        "apigw-02",
        API_PAGE,
        "9.72",
        (
            resource(
                "aws_apigatewayv2_api",
                {"protocol_type": "HTTP"},
                monthly_requests=1_080_000,
                request_size_kb=4608,
            ),
        ),
    ),
    Example(
        "apigw-04",
        API_PAGE,
        "41502.94",
        (
            component(
                "rest_api",
                passed={"request": 15_000_000_000},
                bytes_out=15_000_000_000 * 4096,
                is_edge=True,
            ),
        ),
        tiers=FLAT_09,
    ),
    Example(
        "apigw-05",
        API_PAGE,
        "24.86",
        (
            component(
                "rest_api",
                {"endpoint_type": "PRIVATE"},
                passed={"request": 5_000_000},
                bytes_out=5_000_000 * 3072,
                is_edge=True,
            ),
            component(
                "vpc_endpoint",
                {"endpoint_type": "Interface", "zones": 1},
                values={"gb_month": 5_000_000 * 3.3 / 1024**2},
                hours=720,
            ),
        ),
    ),
    Example(
        "wf-02",
        f"{GUIDANCE}workforce, 2025-12",
        "0.61",
        (
            component(
                "cloudfront_distribution",
                passed={"request": 500_000},
                bytes_out=GB,
                bytes_in=GB,
            ),
        ),
    ),
    Example(
        "cf-01",
        "published README",
        "0.63",
        (
            resource(
                "aws_cloudfront_distribution",
                monthly_data_transfer_to_internet_gb={"us": 5},
                monthly_https_requests={"us": 100_000},
                monthly_data_transfer_to_origin_gb={"us": 5},
            ),
        ),
    ),
    Example(
        "shop-01",
        f"{GUIDANCE}generative-ai-shopping-assistant-using-agents-for-amazon-bedrock, 2024-08",
        "18.77",
        (
            component(
                "load_balancer",
                {"scheme": "internal"},
                given={"connections_per_s": 10},
            ),
        ),
        rounds_lines=True,
    ),
    Example(
        "my-02",
        "published README, 2024-05",
        "16.43",
        (resource("aws_lb", {"load_balancer_type": "network", "internal": True}),),
    ),
    Example(
        "waf-01",
        "published README",
        "14.00",
        (component("waf_web_acl", {"rules": 3, "rule_groups": 2, "rules_in_groups": 4}),),
    ),
    Example(
        "net-01",
        "published README",
        "33.30",
        (component("nat_gateway", {"connectivity": "private"}, values={"gb_month": 10}),),
    ),
    Example("net-02, its data transfer", "published README", "0.90", (transfer(10),)),
    Example(
        "ecr-01, its data transfer",
        "gist ranchodeluxe, 2023",
        "92.16",
        (transfer(1024),),
    ),
    Example(
        "ga-01",
        f"{GUIDANCE}game-analytics-pipeline-on-aws, 2026-07",
        "9.07",
        (resource("aws_api_gateway_rest_api", monthly_requests=2_592_000),),
    ),
    Example(
        "ic-04",
        f"{TESTDATA}apigatewayv2_api_test, 2024-07-01",
        "1402.50",
        (
            resource(
                "aws_apigatewayv2_api",
                {"protocol_type": "WEBSOCKET"},
                monthly_messages=1_500_000_000,
                monthly_connection_mins=10_000_000,
            ),
        ),
    ),
    Example("ic-07", f"{TESTDATA}data_transfer_test, 2024-07-01", "4809.20", (transfer(57_000),)),
    Example(
        "ic-10",
        f"{TESTDATA}nat_gateway_test, 2024-07-01",
        "37.35",
        (
            resource(
                "aws_nat_gateway",
                {"connectivity_type": "private"},
                monthly_data_processed_gb=100,
            ),
        ),
    ),
    Example(
        "s3-02",
        "aws.amazon.com/s3/faqs page copy",
        "5263.27",
        (transfer(63_488),),
        free_tier=True,
        tiers=ONE_GB_FREE,
    ),
    Example(
        "s3-02 today, with 100 GB free",
        "aws.amazon.com/s3/faqs page copy, at the prices of the book",
        "5254.36",
        (transfer(63_488),),
        free_tier=True,
    ),
    Example(
        "mem-08",
        "AWS pricing page, from memory",
        "1350.00",
        (component("cognito_user_pool", users=100_000),),
        free_tier=True,
    ),
)


def cents(usd: Decimal) -> Decimal:
    return usd.quantize(Decimal("0.01"), ROUND_HALF_UP)


def facts_of(example: Example) -> Facts:
    """Return the book, with the prices of an example in place of its own."""
    book = packaged_facts("us-east-1")
    prices = {**book.prices, **{name: _repriced(book, name, example) for name in example.tiers}}
    return build_facts(
        book.region,
        prices=prices.values(),
        quotas=book.quotas.values(),
        classes=book.classes.values(),
        cold_starts=book.cold_starts.values(),
    )


def _repriced(book: Facts, price_id: str, example: Example) -> Price:
    tiers = tuple(
        Tier(Decimal(start), None if end is None else Decimal(end), Decimal(usd))
        for start, end, usd in example.tiers[price_id]
    )
    return replace(book.prices[price_id], tiers=tiers)


@pytest.mark.parametrize("example", EXAMPLES, ids=[one.id for one in EXAMPLES])
def test_the_published_total_is_met_to_the_cent(example: Example) -> None:
    items = read_items(json.dumps({"items": list(example.items)}))

    bill = price_bill(
        (usage for item in items for usage in item.usages()),
        facts_of(example),
        free_tier=example.free_tier,
    )

    assert bill.is_complete
    costs = [line.monthly_usd or Decimal(0) for line in bill.lines]
    total = sum(map(cents, costs)) if example.rounds_lines else cents(sum(costs, Decimal(0)))
    assert total == Decimal(example.usd)
