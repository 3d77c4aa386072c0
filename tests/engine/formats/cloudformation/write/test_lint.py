"""Every template of a drawn design passes the checks that cfn-lint knows, but one."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from cfnlint.api import ManualArgs, lint

from apps.designs.editing import with_link
from apps.engine.catalog import KINDS
from apps.engine.formats.cloudformation.write import write_template
from apps.engine.formats.cloudformation.write.decisions import decisions_of
from apps.engine.formats.cloudformation.write.side_stack import scaling_stack
from apps.engine.graph import Architecture
from tests.engine.formats.cloudformation.write.drawn import DRAWN, drawn, linked

US_EAST_1 = ManualArgs(regions=["us-east-1"])
# Kinds whose components call others: each of them in a design with everything that can be called.
SOURCES = sorted(
    {
        *("appsync_api", "auto_scaling_group", "cloudfront_distribution", "cognito_user_pool"),
        *("dax_cluster", "documentdb_cluster", "dynamodb_table", "ecs_service", "edge_function"),
        *("event_bus", "firehose_stream", "http_api", "kinesis_stream", "lambda_function"),
        *("lambda_url", "load_balancer", "log_group", "msk_cluster", "rds_proxy", "rest_api"),
        *("s3_bucket", "schedule", "secret", "sns_topic", "sqs_queue", "state_machine"),
        *("websocket_api",),
    }
)


# DocumentDB has had serverless instances since July 2025; the list of classes is older.
# https://docs.aws.amazon.com/documentdb/latest/developerguide/docdb-serverless.html
KNOWN_BETTER = ("E3620 'db.serverless'",)


def faults(text: str) -> list[str]:
    found = lint(text, config=US_EAST_1)
    told = [f"{match.rule.id} {match.message} {match.path}" for match in found]
    return [fault for fault in told if not fault.startswith(KNOWN_BETTER)]


def calling_everything(kind: str) -> Architecture:
    """Return a design in which one component calls all that it can, by each of the doors."""
    others = [other for other in DRAWN if other != kind]
    design = drawn(kind, *others)
    for other in others:
        for role in KINDS[other].ACCEPTS:
            design = with_link(design, f"{kind}-1", f"{other}-1", role, None)
    return design


def only_with(design: Architecture) -> Architecture:
    """Leave out what nothing calls."""
    ends = {end for link in design.links for end in (link.source, link.target)}
    kept = tuple(component for component in design if component.id in ends)
    return dataclasses.replace(design, components=kept)


def written_links(design: Architecture) -> Architecture:
    missed = {link.key for link in write_template(design).missed}
    kept = tuple(link for link in design.links if link.key not in missed)
    return only_with(dataclasses.replace(design, links=kept))


def test_every_kind_at_once_has_no_fault() -> None:
    assert faults(write_template(drawn(*DRAWN)).text) == []


@pytest.mark.parametrize("kind", SOURCES)
def test_every_call_of_a_kind_has_no_fault(kind: str) -> None:
    assert faults(write_template(written_links(calling_everything(kind))).text) == []


def settled() -> Iterator[tuple[str, dict[str, object]]]:
    """Yield kinds with settings that demand properties of their own."""
    yield "alarm", {"metrics": 4, "period_s": 45.0}
    yield "alarm", {"is_composite": True}
    yield "appsync_api", {"authentication": "AMAZON_COGNITO_USER_POOLS", "cache": "SMALL"}
    yield "appsync_api", {"authentication": "AWS_LAMBDA"}
    yield "aurora_cluster", {"engine": "aurora-mysql", "backtrack_h": 12.0, "readers": 2}
    yield "aurora_cluster", {"min_acu": 0.5, "max_acu": 8.0, "max_connections": 500}
    yield "auto_scaling_group", {"is_alone": True, "has_minute_metrics": True}
    yield "documentdb_cluster", {"instance_class": "db.serverless", "is_io_optimized": True}
    yield "dynamodb_table", {"billing_mode": "PROVISIONED", "indexes": 3, "has_stream": True}
    yield "ecs_service", {"launch": "FARGATE_SPOT", "disk_gb": 40, "writes_logs": True}
    yield "ecs_service", {"launch": "EC2", "architecture": "arm64"}
    yield "efs_file_system", {"throughput_mode": "provisioned", "is_one_zone": True}
    yield "elasticache_cluster", {"engine": "memcached", "shards": 3}
    yield "elasticache_cluster", {"is_serverless": True, "max_gb": 10.0, "engine": "valkey"}
    yield "elasticache_cluster", {"shards": 2, "replicas": 1, "snapshot_days": 5}
    yield "event_bus", {"archive_days": 30, "discovers_schemas": True}
    yield "hosted_zone", {"part": "records", "routing": "latency"}
    yield "hosted_zone", {"part": "health check", "check_type": "HTTPS_STR_MATCH", "interval_s": 10}
    yield "kinesis_stream", {"mode": "ON_DEMAND", "consumers": 2}
    yield "lambda_function", {"package_type": "Image", "is_traced": True}
    yield "lambda_function", {"runtime": "java21", "provisioned_concurrency": 5}
    yield "load_balancer", {"zones": 3, "scheme": "internal"}
    yield "msk_cluster", {"is_serverless": True}
    yield "nat_gateway", {"connectivity": "private"}
    yield "opensearch_domain", {"has_masters": True, "nodes": 3}
    yield "rds_instance", {"engine": "mysql", "multi_az": True, "max_connections": 300}
    yield "rest_api", {"endpoint_type": "PRIVATE", "throttle_rate_rps": 50.0, "cache_gb": "0.5"}
    yield "s3_bucket", {"encryption": "aws:kms", "has_bucket_key": True}
    yield "schedule", {"is_scheduler": False, "expression": "cron(0 8 * * ? *)"}
    yield "sns_topic", {"is_fifo": True}
    yield "sqs_queue", {"is_fifo": True, "visibility_timeout_s": 90.0}
    yield "vpc_endpoint", {"endpoint_type": "Interface", "zones": 2}
    yield "waf_web_acl", {"rules": 3, "managed_rule_groups": 2, "bot_control": "COMMON"}


def test_settings_that_demand_more_have_no_fault() -> None:
    kinds = [kind for kind, _ in settled()]
    design = drawn(*kinds)
    seen: dict[str, int] = {}
    for kind, settings in settled():
        seen[kind] = seen.get(kind, 0) + 1
        design = design.with_settings(f"{kind}-{seen[kind]}", settings)

    assert faults(write_template(design).text) == []


def test_circles_are_broken_by_names() -> None:
    design = linked(
        drawn("lambda_function", "lambda_function", "s3_bucket", "state_machine", "sqs_queue"),
        ("lambda_function-1", "lambda_function-2", "event"),
        ("lambda_function-2", "lambda_function-1", "event"),
        ("s3_bucket-1", "lambda_function-1", "event"),
        ("lambda_function-1", "s3_bucket-1", "put"),
        ("state_machine-1", "lambda_function-2", "invoke"),
        ("lambda_function-2", "state_machine-1", "start"),
        ("sqs_queue-1", "lambda_function-1", "invoke"),
        ("lambda_function-1", "sqs_queue-1", "send"),
    )
    written = write_template(design)

    assert written.left_out == ()
    assert faults(written.text) == []


def test_scaling_has_no_fault_in_the_template_or_beside_it() -> None:
    kinds = ("dynamodb_table", "lambda_function", "ecs_service", "auto_scaling_group")
    more = ("aurora_cluster", "elasticache_cluster", "keyspaces_table", "msk_cluster")
    design = drawn(*kinds, *more)
    turns = [{"at": "07:30", "min": 5, "max": 9, "zone": "Europe/Berlin"}]
    scaled = {f"{kind}-1": {"min": 2, "max": 9, "target": 60, "schedules": turns} for kind in kinds}
    scaled["lambda_function-1"]["dimension"] = "provisioned"
    scaled |= {f"{kind}-1": {"min": 1, "max": 5} for kind in more}
    scaled["aurora_cluster-1"]["dimension"] = "readers"
    decisions = decisions_of(design, scaled)

    assert faults(write_template(design, "Shop", decisions).text) == []
    assert faults(scaling_stack(design, decisions, "Shop")) == []
