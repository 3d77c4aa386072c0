"""What AWS charges and allows, as the engine sees it: each value with its unit, source and date."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Final

from apps.engine.regions import area_of, edge_of

# Weakest last: what is put together from several facts is as good as the weakest of them.
CONFIDENCES: Final = ("corrected", "seen", "estimate", "memory")

# A custom runtime does not say its language; Go stands in, the slower of the two usual ones.
_STAND_INS: Final[Mapping[str, str]] = {
    "provided.al2": "go_on_provided_al2",
    "provided.al2023": "go_on_provided_al2023",
}

_PAGES: Final[Mapping[str, str]] = {
    "API Gateway": "api-gateway/pricing",
    "AppSync": "appsync/pricing",
    "Aurora": "rds/aurora/pricing",
    "Backup": "backup/pricing",
    "CloudFront": "cloudfront/pricing",
    "CloudWatch": "cloudwatch/pricing",
    "Cognito": "cognito/pricing",
    "Data transfer": "ec2/pricing/on-demand",
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


class UnknownFact(LookupError):
    """No such fact, or it has no number; the message is a sentence for the reader."""

    def __str__(self) -> str:
        return str(self.args[0])


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


# Compared and hashed by identity, so that it can key a cache; `version` tells contents apart.
@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """All that the engine is told about AWS in one Region.

    Parameters
    ----------
    region : str
        AWS Region. Its prices hold the global rows and those of its CloudFront edge too.
    version : str
        sha256 of all rows, see `facts_version`.
    """

    region: str
    prices: Mapping[str, Price]
    quotas: Mapping[str, Quota]
    classes: Mapping[str, InstanceClass]
    cold_starts: Mapping[tuple[str, str, str], ColdStart]
    version: str

    def price(self, price_id: str) -> Price | None:
        """Return the price in this Region, or None where the book has no row for it.

        An id may end with a Region, or with the area of an edge: `cloudfront.transfer_gb.eu`.
        """
        found = self.prices.get(price_id)
        if found is None:
            # What is near has no such ending in the book.
            near = price_id.removesuffix(f".{area_of(edge_of(self.region))}")
            found = self.prices.get(near.removesuffix(f".{self.region}"))
        return found

    def quota(self, quota_id: str) -> float:
        """Return the number of a quota, in the unit of its row.

        Raises
        ------
        UnknownFact
            The quota is not in the book, or is a formula or without limit.
        """
        row = self.quota_row(quota_id)
        if row.value is None:
            raise UnknownFact(f"The quota {quota_id} is not a number: AWS says “{row.text}”.")
        return row.value

    def quota_row(self, quota_id: str) -> Quota:
        """Return a quota with its unit, effect and source; raises `UnknownFact`."""
        try:
            return self.quotas[quota_id]
        except KeyError:
            raise UnknownFact(f"There is no quota {quota_id} among the facts.") from None

    def instance_class(self, class_id: str) -> InstanceClass | None:
        return self.classes.get(class_id)

    def init_ms(self, runtime: str, package: str, arch: str) -> ColdStart | None:
        """Return what an empty function measured: package is zip or image, arch x86_64 or arm64."""
        return self.cold_starts.get((_STAND_INS.get(runtime, runtime), package, arch))


def build_facts(
    region: str,
    *,
    prices: Iterable[Price],
    quotas: Iterable[Quota],
    classes: Iterable[InstanceClass],
    cold_starts: Iterable[ColdStart],
) -> Facts:
    """Put effective rows together; the order they come in does not matter.

    Parameters
    ----------
    region : str
        Name of the Region.
    prices : Iterable[Price]
        Rows of the price book.
    quotas : Iterable[Quota]
        Rows of the quotas.
    classes : Iterable[InstanceClass]
        Rows of the instance classes.
    cold_starts : Iterable[ColdStart]
        Rows of the measured cold starts.

    Returns
    -------
    Facts
        Prices, quotas, classes and cold starts by id, with the version of them all.
    """
    by_price = {price.id: price for price in prices}
    by_quota = {quota.id: quota for quota in quotas}
    by_class = {row.id: row for row in classes}
    by_runtime = {(row.runtime, row.package, row.arch): row for row in cold_starts}
    rows = chain(by_price.values(), by_quota.values(), by_class.values(), by_runtime.values())
    version = facts_version(map(repr, rows))
    return Facts(region, by_price, by_quota, by_class, by_runtime, version)


def facts_version(lines: Iterable[str]) -> str:
    """Return the sha256 of the rows, whatever order they stand in.

    Parameters
    ----------
    lines : Iterable[str]
        Each row as one line of text.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def weakest(confidences: Iterable[str]) -> str:
    """Return the least sure of some words of confidence.

    Parameters
    ----------
    confidences : Iterable[str]
        Words of CONFIDENCES, at least one.

    Returns
    -------
    str
        The weakest of them.

    Raises
    ------
    ValueError
        If there is none, or one is no such word.

    Examples
    --------
    >>> weakest(["seen", "memory"])
    'memory'
    """
    return max(confidences, key=CONFIDENCES.index)
