"""Rows of the facts: prices, quotas, instance classes and cold starts, each with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

_PAGES: Final[Mapping[str, str]] = {
    "API Gateway": "api-gateway/pricing",
    "AppSync": "appsync/pricing",
    "Aurora": "rds/aurora/pricing",
    "Backup": "backup/pricing",
    "CloudFront": "cloudfront/pricing",
    "CloudWatch": "cloudwatch/pricing",
    "Cognito": "cognito/pricing",
    "Data transfer": "ec2/pricing/on-demand",
    "DocumentDB": "documentdb/pricing",
    "DynamoDB": "dynamodb/pricing",
    "ECR": "ecr/pricing",
    "EFS": "efs/pricing",
    "ELB": "elasticloadbalancing/pricing",
    "ElastiCache": "elasticache/pricing",
    "EventBridge": "eventbridge/pricing",
    "Fargate": "fargate/pricing",
    "Firehose": "firehose/pricing",
    "KMS": "kms/pricing",
    "Kinesis": "kinesis/data-streams/pricing",
    "Lambda": "lambda/pricing",
    "NAT gateway": "vpc/pricing",
    "OpenSearch": "opensearch-service/pricing",
    "RDS": "rds/pricing",
    "Route 53": "route53/pricing",
    "S3": "s3/pricing",
    "SNS": "sns/pricing",
    "SQS": "sqs/pricing",
    "SSM": "systems-manager/pricing",
    "Secrets Manager": "secrets-manager/pricing",
    "Step Functions": "step-functions/pricing",
    "VPC endpoint": "privatelink/pricing",
    "WAF": "waf/pricing",
    "X-Ray": "xray/pricing",
}


@dataclass(frozen=True, slots=True)
class Tier:
    """Units above `start` up to and with `end` (None: without end) cost `usd` each."""

    start: Decimal
    end: Decimal | None
    usd: Decimal


@dataclass(frozen=True, slots=True)
class Price:
    """One line of AWS's price list; `tiers` are contiguous and begin at 0."""

    id: str
    service: str
    description: str
    region: str
    unit: str
    tiers: tuple[Tier, ...]
    free_tier: str
    source: str
    source_date: str
    confidence: str

    @property
    def source_url(self) -> str:
        """AWS's own page of these prices, where a reader can check them."""
        return f"https://aws.amazon.com/{_PAGES[self.service]}/" if self.service in _PAGES else ""


@dataclass(frozen=True, slots=True)
class Quota:
    """A limit; `value` is None where AWS states a formula or no limit, which `text` keeps."""

    id: str
    service: str
    name: str
    value: float | None
    text: str
    unit: str
    scope: str
    adjustable: bool
    code: str
    effect: str
    source_url: str
    source_date: str
    confidence: str
    region_note: str = ""


@dataclass(frozen=True, slots=True)
class InstanceClass:
    """A database class or a cache node.

    The `…_nominal` connections follow from AWS's formula and the memory on the label; the ones
    without that word count with the memory that is really left, and are the ones to use.
    `memory_gib` of a cache node is its maxmemory.
    """

    id: str
    service: str
    vcpu: float
    memory_gib: float
    pg_max_connections: int | None
    mysql_max_connections: int | None
    cache_bytes: int | None
    max_clients: int | None
    source: str
    source_date: str
    confidence: str
    pg_max_connections_nominal: int | None = None
    mysql_max_connections_nominal: int | None = None


@dataclass(frozen=True, slots=True)
class ColdStart:
    """Measured initialisation of an empty function [ms], averaged over memory sizes."""

    runtime: str
    package: str
    arch: str
    init_ms_p50: float
    init_ms_p90: float
    init_ms_p99: float
    source_url: str
    source_date: str
    confidence: str
