"""A template at AWS's limit of 500 resources is read within a second of the processor."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from apps.engine import formats
from tests.engine.formats.metamorphosis import Renaming, Template, spliced
from tests.engine.formats.translation import plain

MAX_S = 1.0
FOLDER = Path(__file__).parent / "cloudformation"


def repeated() -> Template:
    """Return 500 resources: one of each kind, again and again under other names."""
    one = plain("t.yaml", (FOLDER / "one_of_each.yaml").read_text(encoding="utf-8"))
    whole: Template = {"Resources": {}}
    while len(whole["Resources"]) + len(one["Resources"]) <= 500:
        number = len(whole["Resources"])
        again = Renaming(one, f"N{number}{{1}}", is_whole=True).template(one)
        whole = spliced(whole, again)
    for number in range(len(whole["Resources"]), 500):
        whole["Resources"][f"Q{number}"] = {"Type": "AWS::SQS::Queue"}
    return whole


def connected() -> Template:
    """Return 500 resources of one system: functions with routes, roles, tables and queues."""
    resources: dict[str, Any] = {}
    for i in range(100):
        statements = [
            {
                "Effect": "Allow",
                "Action": "dynamodb:*",
                "Resource": {"Fn::GetAtt": [f"T{j}", "Arn"]},
            }
            for j in (i, (i + 7) % 100, (i + 31) % 100)
        ]
        statements += [{"Effect": "Allow", "Action": ["s3:*", "sqs:*"], "Resource": "*"}]
        policy = {"PolicyName": "p", "PolicyDocument": {"Statement": statements}}
        event = {"Type": "Api", "Properties": {"Path": f"/{i}", "Method": "any"}}
        polled = {"Type": "SQS", "Properties": {"Queue": {"Fn::GetAtt": [f"Q{i}", "Arn"]}}}
        variables = {f"V{j}": {"Ref": f"T{(i + j) % 100}"} for j in range(10)}
        resources |= {
            f"T{i}": {"Type": "AWS::DynamoDB::Table", "Properties": {}},
            f"Q{i}": {"Type": "AWS::SQS::Queue"},
            f"R{i}": {"Type": "AWS::IAM::Role", "Properties": {"Policies": [policy]}},
            f"L{i}": {"Type": "AWS::Logs::LogGroup"},
            f"F{i}": {
                "Type": "AWS::Serverless::Function",
                "Properties": {
                    "Role": {"Fn::GetAtt": [f"R{i}", "Arn"]},
                    "Environment": {"Variables": variables},
                    "Events": {"A": event, "B": polled},
                },
            },
        }
    return {"Resources": resources}


@pytest.mark.parametrize("make", [repeated, connected])
def test_five_hundred_resources_take_less_than_a_second(make: Any) -> None:
    template = make()
    files = {"template.json": json.dumps(template).encode()}

    times = []
    for _ in range(3):  # What else runs on the machine makes a single run longer.
        start = time.process_time()
        design = formats.read(files)
        times.append(time.process_time() - start)

    assert len(template["Resources"]) == 500
    assert len(design.links) > 100
    assert min(times) < MAX_S
