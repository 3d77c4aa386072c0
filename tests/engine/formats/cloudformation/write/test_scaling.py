from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from apps.engine.formats.cloudformation.write import write_template
from apps.engine.formats.cloudformation.write.decisions import (
    InvalidDecision,
    decisions_of,
)
from apps.engine.formats.cloudformation.write.scaling import settings_of
from apps.engine.formats.cloudformation.write.side_stack import scaling_stack
from tests.engine.formats.cloudformation.write.drawn import differences, drawn, linked, read_back


def resources(text: str) -> dict[str, Any]:
    body = text.partition("\nMetadata:\n")[0]
    found: dict[str, Any] = yaml.safe_load(re.sub(r"!\w+", "", body))["Resources"]
    return found


def of_type(text: str, type_: str) -> list[dict[str, Any]]:
    return [one["Properties"] for one in resources(text).values() if one["Type"].endswith(type_)]


def test_a_table_is_scaled_between_its_bounds() -> None:
    design = drawn("dynamodb_table")
    decisions = decisions_of(
        design,
        {
            "dynamodb_table-1": {
                "min": 5,
                "max": 400,
                "target": 60,
                "schedules": [{"at": "07:30", "min": 50, "max": 400, "zone": "Europe/Berlin"}],
            }
        },
    )

    text = write_template(design, "Shop", decisions).text

    targets = of_type(text, "ScalableTarget")
    assert [(one["MinCapacity"], one["MaxCapacity"]) for one in targets] == [(5, 400)] * 2
    (turn,) = targets[0]["ScheduledActions"]
    assert (turn["Schedule"], turn["Timezone"]) == ("cron(30 7 * * ? *)", "Europe/Berlin")
    read = read_back(text).component("dynamodb_table-1").settings
    assert (read["read_minimum"], read["write_maximum"]) == (5, 400)
    assert (read["read_target_percent"], read["billing_mode"]) == (60.0, "PROVISIONED")


def test_concurrency_is_reserved_provisioned_and_bounded() -> None:
    design = linked(
        drawn("lambda_function", "sqs_queue"), ("sqs_queue-1", "lambda_function-1", "invoke")
    )
    decisions = decisions_of(
        design,
        {
            "lambda_function-1": [
                {"dimension": "reserved", "max": 100},
                {"dimension": "provisioned", "min": 2, "max": 50, "target": 60},
            ],
            "sqs_queue-1": {"dimension": "consumers", "max": 10},
        },
    )

    text = write_template(design, "Shop", decisions).text

    (function,) = of_type(text, "Lambda::Function")
    assert function["ReservedConcurrentExecutions"] == 100
    (mapping,) = of_type(text, "EventSourceMapping")
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 10}
    (policy,) = of_type(text, "ScalingPolicy")
    assert policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 0.6
    (target,) = of_type(text, "ScalableTarget")
    assert target["ResourceId"] == "function:${LambdaFunction1}:live"


def test_capacity_of_aurora_and_the_mode_of_a_table_are_settings() -> None:
    design = drawn("aurora_cluster", "dynamodb_table")
    decisions = decisions_of(
        design,
        {
            "aurora_cluster-1": {"dimension": "acu", "min": 0.5, "max": 16},
            "dynamodb_table-1": {"mode": "PROVISIONED"},
        },
    )

    assert settings_of(design, decisions) == {
        "aurora_cluster-1": {"min_acu": 0.5, "max_acu": 16.0},
        "dynamodb_table-1": {"billing_mode": "PROVISIONED"},
    }
    text = write_template(design, "Shop", decisions).text
    (cluster,) = of_type(text, "RDS::DBCluster")
    assert cluster["ServerlessV2ScalingConfiguration"] == {"MinCapacity": 0.5, "MaxCapacity": 16}


@pytest.mark.parametrize("kind", ["ecs_service", "auto_scaling_group"])
def test_settings_that_scale_are_written_as_policies(kind: str) -> None:
    settings = {"scales": True, "minimum": 2, "maximum": 8, "target_percent": 55.0}
    design = drawn(kind).with_settings(f"{kind}-1", settings)

    written = write_template(design)

    assert of_type(written.text, "ScalingPolicy")
    assert "Settings" not in written.text
    assert differences(written.design, read_back(written.text)) == []


def test_two_components_whose_names_begin_alike_scale_apart() -> None:
    design = drawn("dynamodb_table", "dynamodb_table")
    scaled = {f"dynamodb_table-{n}": {"dimension": "read", "min": n, "max": 9} for n in (1, 2)}

    text = write_template(design, "Shop", decisions_of(design, scaled)).text

    found = {one["ResourceId"]: one["MinCapacity"] for one in of_type(text, "ScalableTarget")}
    assert found == {"table/${DynamoDBTable1}": 1, "table/${DynamoDBTable2}": 2}


def test_a_stack_beside_asks_for_the_names_of_the_other() -> None:
    design = drawn("ecs_service", "dynamodb_table")
    scaled = {"ecs_service-1": {"min": 2, "max": 9}, "dynamodb_table-1": {"min": 5, "max": 50}}

    text = scaling_stack(design, decisions_of(design, scaled), "Shop")

    assert len(of_type(text, "ScalableTarget")) == 3
    asked = set(yaml.safe_load(text.partition("\nResources:")[0])["Parameters"])
    assert asked == {"EcsService1Cluster", "EcsService1Service", "DynamodbTable1Name"}


def test_nothing_to_scale_is_no_stack() -> None:
    design = drawn("lambda_function")
    decisions = decisions_of(design, {"lambda_function-1": {"dimension": "reserved", "max": 5}})

    assert scaling_stack(design, decisions) == ""


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"dynamodb_table-9": {"max": 5}}, "There is no component 'dynamodb_table-9'"),
        ({"dynamodb_table-1": {"most": 5}}, "give an object of"),
        ({"dynamodb_table-1": 5}, "give an object of"),
        ({"dynamodb_table-1": {"dimension": "tasks", "max": 5}}, "can scale one of read, write"),
        ({"sns_topic-1": {"max": 5}}, "can scale nothing"),
        ({"dynamodb_table-1": {"min": 9, "max": 5}}, "the minimum first, not 9 to 5"),
        ({"dynamodb_table-1": {"max": 50_000}}, "between 1 and 40000"),
        ({"dynamodb_table-1": {"max": "many"}}, "max must be a number, not 'many'"),
        ({"dynamodb_table-1": {"max": True}}, "max must be a number"),
        ({"dynamodb_table-1": {}}, "max must be a number"),
        ({"dynamodb_table-1": {"max": 5, "target": 100}}, "a use of 20 to 90 %"),
        ({"dynamodb_table-1": {"max": 5, "target": 19}}, "a use of 20 to 90 %, not 19"),
        ({"sqs_queue-1": {"max": 5, "target": 9}}, "a use of 10 to 90 %, not 9"),
        ({"dynamodb_table-1": {"mode": "CHEAP"}}, "mode is one of PAY_PER_REQUEST, PROVISIONED"),
        ({"dynamodb_table-1": {"max": 5, "schedules": [{"at": "noon", "min": 1}]}}, "is no time"),
        ({"dynamodb_table-1": {"max": 5, "schedules": [{"min": 1}]}}, "has 'at', 'min' and 'max'"),
        ({"dynamodb_table-1": {"max": 5, "schedules": 7}}, "schedules is a list"),
        ({"sqs_queue-1": {"dimension": "consumers", "max": 1}}, "between 2 and 1000"),
    ],
)
def test_wrong_decisions_are_refused(entry: dict[str, Any], sentence: str) -> None:
    design = drawn("dynamodb_table", "sns_topic", "sqs_queue")

    with pytest.raises(InvalidDecision) as refusal:
        decisions_of(design, entry)

    assert sentence in str(refusal.value)
