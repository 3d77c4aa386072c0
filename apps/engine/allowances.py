"""What is free in every month of every account."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

from apps.engine.regions import AREAS


class Allowance(NamedTuple):
    """Units that are free in every month of every account, shared by some prices in this order."""

    quantity: Decimal
    price_ids: tuple[str, ...]
    source_url: str


def _allowance(quantity: int, page: str, *price_ids: str) -> Allowance:
    return Allowance(Decimal(quantity), price_ids, f"https://aws.amazon.com/{page}/pricing/")


def _areas(price_id: str) -> tuple[str, ...]:
    """Return the price of the edge near a Region and those of the edges elsewhere."""
    return (price_id, *(f"{price_id}.{area}" for area in AREAS))


# Always free, and not already a first tier of $0 in the price list. What is free for a new
# account's first twelve months is left out, since a forecast is not about those.
ALLOWANCES: Final = (
    _allowance(1_000_000, "lambda", "lambda.requests"),
    _allowance(400_000, "lambda", "lambda.gb_second.x86", "lambda.gb_second.arm"),
    _allowance(100, "lambda", "lambda.response_streaming_gb"),
    _allowance(1024, "cloudfront", *_areas("cloudfront.transfer_gb")),
    _allowance(
        10_000_000,
        "cloudfront",
        *_areas("cloudfront.https_requests"),
        *_areas("cloudfront.http_requests"),
    ),
    _allowance(2_000_000, "cloudfront", "cloudfront.functions_invocations"),
    _allowance(50, "route53", "route53.health_check.aws"),
    _allowance(25 * 730, "dynamodb", "ddb.wcu_hour"),
    _allowance(25 * 730, "dynamodb", "ddb.rcu_hour"),
    _allowance(1_000_000, "sqs", "sqs.standard.requests", "sqs.fifo.requests"),
    _allowance(5_000_000, "eventbridge", "eventbridge.schema_discovery"),
    _allowance(20_000, "kms", "kms.requests"),
    _allowance(10, "cloudwatch", "cw.metric_month"),
    _allowance(10, "cloudwatch", "cw.alarm_month.std"),
    _allowance(3, "cloudwatch", "cw.dashboard_month"),
    _allowance(1_000_000, "cloudwatch", "cw.api_requests"),
    _allowance(
        5,
        "cloudwatch",
        "cw.logs_ingest_gb",
        "cw.lambda_logs_ingest_gb",
        "cw.logs_storage_gb_month",
        "cw.logs_insights_gb",
    ),
)
