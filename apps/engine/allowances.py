"""What is free: in every month of every account, and in the first year of a new one."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

from apps.engine.regions import AREAS


class Allowance(NamedTuple):
    """Units that are free in every month, shared by some prices in this order."""

    quantity: Decimal
    price_ids: tuple[str, ...]
    source_url: str


def _allowance(quantity: float, page: str, *price_ids: str) -> Allowance:
    return Allowance(Decimal(str(quantity)), price_ids, f"https://aws.amazon.com/{page}/pricing/")


def _areas(price_id: str) -> tuple[str, ...]:
    """Return the price of the edge near a Region and those of the edges elsewhere."""
    return (price_id, *(f"{price_id}.{area}" for area in AREAS))


# Always free, and not already a first tier of $0 in the price list; as prices.csv says in its
# column free_tier.
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
    _allowance(25 * 730, "dynamodb", "ddb.wcu_hour"),
    _allowance(25 * 730, "dynamodb", "ddb.rcu_hour"),
    _allowance(1_000_000, "sqs", "sqs.standard.requests", "sqs.fifo.requests"),
    _allowance(5_000_000, "eventbridge", "eventbridge.schema_discovery"),
    _allowance(20_000, "kms", "kms.requests"),
    _allowance(50, "route53", "route53.health_check.aws"),
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
# Free on top in the twelve months after an account was opened, as the column free_tier says; only
# accounts from before 15 July 2025 have it, newer ones get credits. Not here is what depends on
# more than a quantity: public IPv4 addresses are free on EC2 instances alone.
FIRST_YEAR: Final = (
    _allowance(1_000_000, "api-gateway", "apigw.rest.requests"),
    _allowance(1_000_000, "api-gateway", "apigw.http.requests"),
    _allowance(1_000_000, "api-gateway", "apigw.ws.messages"),
    _allowance(750_000, "api-gateway", "apigw.ws.connection_minutes"),
    _allowance(750, "elasticloadbalancing", "alb.hour"),
    _allowance(15, "elasticloadbalancing", "alb.lcu_hour"),
    _allowance(5, "s3", "s3.standard.gb_month"),
    _allowance(2_000, "s3", "s3.tier1_requests"),
    _allowance(20_000, "s3", "s3.tier2_requests"),
    _allowance(
        750,
        "rds",
        "rds.postgres.db.t3.micro.single_hour",
        "rds.postgres.db.t4g.micro.single_hour",
        "rds.mysql.db.t3.micro.single_hour",
        "rds.mysql.db.t4g.micro.single_hour",
    ),
    _allowance(20, "rds", "rds.gp3.single_gb_month"),
    _allowance(750, "elasticache", "elasticache.redis.cache.t3.micro.hour"),
    _allowance(250_000, "appsync", "appsync.operations"),
    _allowance(250_000, "appsync", "appsync.realtime_updates"),
    _allowance(600_000, "appsync", "appsync.connection_minutes"),
    _allowance(0.5, "ecr", "ecr.gb_month"),
    _allowance(5, "efs", "efs.standard_gb_month"),
    _allowance(750, "opensearch-service", "opensearch.t3.small.search.hour"),
    _allowance(10, "opensearch-service", "opensearch.gp2_gb_month"),
)
