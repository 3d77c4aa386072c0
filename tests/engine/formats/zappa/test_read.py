"""zappa_settings: the stage that is read, and what it deploys."""

from __future__ import annotations

import json
from typing import Any

import pytest

from apps.engine import formats
from apps.engine.graph import Architecture
from tests.engine.formats.templates import link, pairs

BASE: dict[str, Any] = {
    "django_settings": "shop.settings",
    "project_name": "shop",
    "s3_bucket": "zappa-shop",
    "runtime": "python3.13",
}
ARN = "arn:aws:{}:us-east-1:123456789012:{}"


def read(**stages: dict[str, Any]) -> Architecture:
    settings = {
        name: (stage if "extends" in stage else {**BASE, **stage}) for name, stage in stages.items()
    }
    text = json.dumps(settings, indent=2)
    return formats.read({"zappa_settings.json": text.encode()})


def test_a_stage_has_zappas_own_defaults() -> None:
    found = read(production={})

    assert {c.id: c.kind for c in found} == {
        "ProductionApi": "rest_api",
        "ProductionKeepWarm": "schedule",
        "ProductionFunction": "lambda_function",
    }
    function = found.component("ProductionFunction")
    assert function.name == "shop-production"
    assert function.settings == {"runtime": "python3.13", "memory_mb": 512, "timeout_s": 30}
    assert found.component("ProductionApi").settings["endpoint_type"] == "EDGE"
    assert found.component("ProductionKeepWarm").settings["expression"] == "rate(4 minutes)"
    assert pairs(found) == {
        ("ProductionApi", "ProductionFunction"),
        ("ProductionKeepWarm", "ProductionFunction"),
    }


@pytest.mark.parametrize(
    ("stage", "setting", "value"),
    [
        ({"memory_size": 2048}, "memory_mb", 2048),
        ({"timeout_seconds": 29}, "timeout_s", 29),
        ({"lambda_concurrency": 50}, "reserved_concurrency", 50),
        ({"provisioned_concurrency": 5}, "provisioned_concurrency", 5),
        ({"architecture": "arm64"}, "architecture", "arm64"),
        ({"architecture": ["arm64"]}, "architecture", "arm64"),
        ({"ephemeral_storage": {"Size": 2048}}, "ephemeral_mb", 2048),
        ({"vpc_config": {"SubnetIds": ["a"], "SecurityGroupIds": ["b"]}}, "is_in_vpc", True),
        ({"snap_start": "PublishedVersions"}, "snap_start", True),
        ({"xray_tracing": True}, "is_traced", True),
        ({"docker_image_uri": "1.dkr.ecr/a"}, "package_type", "Image"),
    ],
)
def test_a_setting_is_read(stage: dict[str, Any], setting: str, value: Any) -> None:
    found = read(production={**stage, "runtime": "python3.13"})

    assert found.component("ProductionFunction").settings[setting] == value


@pytest.mark.parametrize("key", ["lambda_concurrency", "provisioned_concurrency", "vpc_config"])
def test_null_is_nothing(key: str) -> None:
    found = read(production={key: None})

    assert set(found.component("ProductionFunction").settings) == {
        *("runtime", "memory_mb", "timeout_s"),
    }


@pytest.mark.parametrize(
    ("stage", "front", "kind"),
    [
        ({"apigateway_version": "v2"}, "ProductionHttpApi", "http_api"),
        ({"apigateway_version": "v1"}, "ProductionApi", "rest_api"),
        (
            {"apigateway_enabled": False, "function_url_enabled": True},
            *("ProductionFunctionUrl", "lambda_url"),
        ),
        (
            {"apigateway_enabled": False, "alb_enabled": True},
            *("ProductionLoadBalancer", "load_balancer"),
        ),
    ],
)
def test_requests_come_through_what_is_enabled(
    stage: dict[str, Any], front: str, kind: str
) -> None:
    found = read(production={**stage, "keep_warm": False})

    assert {c.kind for c in found} == {kind, "lambda_function"}
    assert pairs(found) == {(front, "ProductionFunction")}
    assert link(found, front, "ProductionFunction").mode == "sync"


def test_a_function_url_with_a_domain_has_a_distribution() -> None:
    stage = {"apigateway_enabled": False, "function_url_enabled": True, "keep_warm": False}
    found = read(production={**stage, "function_url_domains": ["www.example.com"]})

    assert ("ProductionDistribution", "ProductionFunctionUrl") in pairs(found)


@pytest.mark.parametrize(
    ("source", "id_", "kind", "mode"),
    [
        ({"arn": ARN.format("sqs", "mails"), "batch_size": 5}, "MailsQueue", "sqs_queue", "stream"),
        ({"arn": ARN.format("sns", "news")}, "NewsTopic", "sns_topic", "async"),
        ({"arn": "arn:aws:s3:::photos"}, "PhotosBucket", "s3_bucket", "async"),
        (
            {"arn": ARN.format("dynamodb", "table/orders/stream/2024-01-01T00:00:00.000")},
            *("OrdersTable", "dynamodb_table", "stream"),
        ),
        (
            {"arn": ARN.format("kinesis", "stream/clicks"), "starting_position": "LATEST"},
            *("ClicksStream", "kinesis_stream", "stream"),
        ),
    ],
)
def test_an_event_source_starts_the_function(
    source: dict[str, Any], id_: str, kind: str, mode: str
) -> None:
    event = {"function": "shop.tasks.run", "event_source": source}
    found = read(production={"events": [event], "keep_warm": False, "apigateway_enabled": False})

    assert {c.id: c.kind for c in found} == {id_: kind, "ProductionFunction": "lambda_function"}
    assert link(found, id_, "ProductionFunction").mode == mode
    assert any("taken with AWS's defaults" in warning for warning in found.warnings)


def test_schedules_and_patterns_start_the_function() -> None:
    events = [
        {"function": "a.b", "expression": "rate(1 hour)"},
        {"function": "a.b", "expressions": ["cron(0 3 * * ? *)", "rate(1 day)"]},
        {"function": "a.b", "event_pattern": {"source": ["aws.ec2"]}},
    ]
    found = read(production={"events": events, "keep_warm": False, "apigateway_enabled": False})

    assert pairs(found) == {
        (source, "ProductionFunction")
        for source in (
            *("ProductionSchedule1", "ProductionSchedule2", "ProductionSchedule2N2", "default"),
        )
    }


def test_tasks_go_through_a_topic_and_their_answers_into_a_table() -> None:
    stage = {
        "async_source": "sns",
        "async_response_table": "answers",
        "async_response_table_write_capacity": 5,
        "dead_letter_arn": ARN.format("sqs", "lost"),
    }
    found = read(production=stage)

    assert ("ProductionFunction", "ShopProductionZappaAsyncTopic") in pairs(found)
    assert ("ShopProductionZappaAsyncTopic", "ProductionFunction") in pairs(found)
    assert ("ProductionFunction", "ProductionAsyncTable") in pairs(found)
    assert ("ProductionFunction", "LostQueue") in pairs(found)
    assert found.component("ProductionAsyncTable").settings["write_capacity"] == 5


@pytest.mark.parametrize(
    ("stages", "chosen"),
    [
        (["dev", "production"], "Production"),
        (["dev", "prod", "staging"], "Prod"),
        (["dev", "staging"], "Dev"),
        (["work", "web"], "Web"),
        (["dev"], "Dev"),
    ],
)
def test_the_stage_of_production_is_read(stages: list[str], chosen: str) -> None:
    found = read(**{name: {} for name in stages})

    assert f"{chosen}Function" in {c.id for c in found}
    others = [w for w in found.warnings if "is read; left out" in w]
    assert len(others) == (len(stages) > 1)


def test_a_stage_extends_another() -> None:
    found = read(
        base={"memory_size": 1024, "timeout_seconds": 20},
        production={"extends": "base", "timeout_seconds": 25},
    )

    settings = found.component("ProductionFunction").settings
    assert (settings["memory_mb"], settings["timeout_s"]) == (1024, 25)


@pytest.mark.parametrize(
    ("stages", "said"),
    [
        ({"a": {"extends": "b"}, "b": {"extends": "a"}}, "extend one another"),
        ({"a": {"extends": "a"}}, "extend one another"),
        ({"a": {"extends": "none"}}, "'none', which is not there"),
    ],
)
def test_stages_that_lead_nowhere_are_refused(stages: dict[str, Any], said: str) -> None:
    with pytest.raises(formats.UnreadableInput, match=said):
        read(**stages)


def test_yaml_and_toml_say_the_same_as_json() -> None:
    body = "production:\n  django_settings: a.b\n  memory_size: 1024\n  vpc_config:\n"
    body += "    SubnetIds: [a]\n"
    toml = '[production]\ndjango_settings = "a.b"\nmemory_size = 1024\n'
    toml += '[production.vpc_config]\nSubnetIds = ["a"]\n'

    of_yaml = formats.read({"zappa_settings.yaml": body.encode()})
    of_toml = formats.read({"zappa_settings.toml": toml.encode()})

    assert {c.id: c.settings for c in of_yaml} == {c.id: c.settings for c in of_toml}
    assert str(of_toml.component("ProductionFunction").source) == "zappa_settings.toml:1"


def test_broken_toml_says_where() -> None:
    with pytest.raises(formats.UnreadableInput, match=r"zappa_settings.toml:2: This is not TOML"):
        formats.read({"zappa_settings.toml": b"[production]\nmemory_size = = 3\n"})


@pytest.mark.parametrize(
    "stage",
    [
        {"events": "text"},
        {"events": [1, {"event_source": {}}, {"event_source": {"arn": "x"}}]},
        {"vpc_config": "text", "environment_variables": [], "ephemeral_storage": 5},
        {"endpoint_configuration": []},
        {"async_response_table": {}},
        {"extra_permissions": "text", "attach_policy": "missing.json"},
    ],
)
def test_odd_settings_are_read(stage: dict[str, Any]) -> None:
    assert read(production=stage).component("ProductionFunction").kind == "lambda_function"
