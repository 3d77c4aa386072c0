from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command

from apps.forecasts.template_files import read_paths

TEMPLATE = """\
Resources:
  Orders:  # the shop's
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
  Checkout:
    Type: AWS::Lambda::Function
    Properties:
      MemorySize: 512
      Runtime: python3.13
"""
SERVICE = """\
service: shop
provider: {name: aws, runtime: python3.13}
functions:
  checkout:
    handler: a.b
"""
SCALED = """\
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      ProvisionedThroughput: {ReadCapacityUnits: 9, WriteCapacityUnits: 5}
  Reads:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties:
      ServiceNamespace: dynamodb
      ScalableDimension: dynamodb:table:ReadCapacityUnits
      ResourceId: !Sub table/${Orders}
      MinCapacity: 5  # at night
      MaxCapacity: 400
  Follow:
    Type: AWS::ApplicationAutoScaling::ScalingPolicy
    Properties:
      PolicyName: follow
      PolicyType: TargetTrackingScaling
      ScalingTargetId: !Ref Reads
      TargetTrackingScalingPolicyConfiguration:
        PredefinedMetricSpecification:
          PredefinedMetricType: DynamoDBReadCapacityUtilization
        TargetValue: 60
"""
Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(text: str, decisions: Any, *arguments: object, name: str = "shop.yaml") -> str:
        (tmp_path / name).write_text(text)
        (tmp_path / "scaling.json").write_text(json.dumps(decisions))
        asked = [str(argument) for argument in arguments] or ["--to", "cloudformation"]
        files = [str(tmp_path / name), "--scaling", str(tmp_path / "scaling.json")]
        call_command("export", *files, *asked)
        return capsys.readouterr().out

    return call


def refusal(run: Run, *arguments: Any, **options: Any) -> str:
    with pytest.raises(CommandError) as caught:
        run(*arguments, **options)
    assert caught.value.returncode == 2
    return str(caught.value)


def test_what_is_a_setting_is_changed_in_its_lines(run: Run) -> None:
    printed = run(TEMPLATE, {"Checkout": {"dimension": "reserved", "max": 100}})

    new = "      Runtime: python3.13\n      ReservedConcurrentExecutions: 100\n"
    assert printed == TEMPLATE.replace("      Runtime: python3.13\n", new)


def test_what_aws_scales_is_a_stack_beside_the_template(run: Run, tmp_path: Path) -> None:
    turn = {"at": "07:30", "min": 50, "max": 400}
    decisions = {"Orders": {"min": 5, "max": 400, "schedules": [turn]}}
    run(TEMPLATE, decisions, "--to", "cloudformation", "--out", tmp_path / "out")

    changed = (tmp_path / "out/shop.yaml").read_text()
    assert "  Orders:  # the shop's\n" in changed
    assert "PAY_PER_REQUEST" not in changed
    table = yaml.safe_load(changed)["Resources"]["Orders"]["Properties"]
    assert table["BillingMode"] == "PROVISIONED"
    # Also where the capacity is what Headroom takes of a table that says none.
    capacity = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    assert table["ProvisionedThroughput"] == capacity
    beside = (tmp_path / "out/scaling.yaml").read_text().replace("!Ref ", "").replace("!Sub ", "")
    resources = yaml.safe_load(beside)["Resources"].values()
    targets = [one["Properties"] for one in resources if one["Type"].endswith("Target")]
    assert [(one["MinCapacity"], one["MaxCapacity"]) for one in targets] == [(5, 400)] * 2
    schedules = [one["Schedule"] for target in targets for one in target["ScheduledActions"]]
    assert schedules == ["cron(30 7 * * ? *)"] * 2


def test_what_the_template_scales_already_is_changed_there(run: Run) -> None:
    decisions: dict[str, Any] = {"dimension": "read", "min": 9, "max": 90, "target": 60}

    printed = run(SCALED, {"Orders": decisions})

    changed = SCALED.replace("MaxCapacity: 400", "MaxCapacity: 90")
    assert printed == changed.replace("MinCapacity: 5", "MinCapacity: 9")
    decisions["schedules"] = [{"at": "07:30", "min": 9}]
    assert "add the schedules to its target" in refusal(run, SCALED, {"Orders": decisions})


def test_a_service_becomes_a_template_that_scales(run: Run, tmp_path: Path) -> None:
    decisions = {
        "CheckoutLambdaFunction": {"dimension": "provisioned", "min": 2, "max": 50, "target": 60}
    }
    printed = run(SERVICE, decisions, name="serverless.yml")

    (tmp_path / "new.yaml").write_text(printed)
    found = read_paths([tmp_path / "new.yaml"]).component("CheckoutLambdaFunction")
    assert found.settings["provisioned_concurrency"] == 2
    assert "AWS::ApplicationAutoScaling::ScalingPolicy" in printed


def test_other_formats_hold_what_is_a_setting(run: Run) -> None:
    decisions = {"CheckoutLambdaFunction": {"dimension": "reserved", "max": 7}}
    printed = run(SERVICE, decisions, "--to", "serverless", name="serverless.yml")
    assert printed == SERVICE + "    reservedConcurrency: 7\n"

    turn = {"at": "07:30", "min": 5, "max": 9}
    decisions = {"CheckoutLambdaFunction": {"min": 2, "max": 9, "schedules": [turn]}}
    sentence = refusal(run, SERVICE, decisions, "--to", "serverless", name="serverless.yml")
    assert "only a CloudFormation template holds schedules" in sentence


@pytest.mark.parametrize(
    ("decisions", "sentence"),
    [
        ([1], "a file of decisions is a JSON object"),
        (
            {"Orders": {"max": 5, "schedules": [{"at": "07:30", "min": 5, "zone": "\ud800"}]}},
            "text",
        ),
        ({"Nobody": {"max": 5}}, "There is no component 'Nobody'"),
        ({"Orders": {"min": 9, "max": 5}}, "the minimum first"),
    ],
)
def test_wrong_decisions_are_refused_in_one_sentence(
    run: Run, decisions: Any, sentence: str
) -> None:
    assert sentence in refusal(run, TEMPLATE, decisions)


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_file_that_is_no_json_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t.yaml").write_text(TEMPLATE)
    (tmp_path / "scaling.json").write_bytes(content)
    arguments = [str(tmp_path / "t.yaml"), "--to", "cloudformation"]
    with pytest.raises(CommandError, match="is not JSON"):
        call_command("export", *arguments, "--scaling", str(tmp_path / "scaling.json"))
    with pytest.raises(CommandError, match="no such file"):
        call_command("export", *arguments, "--scaling", str(tmp_path / "none.json"))
