"""State machines: definitions in every place and form, and the services that tasks call."""

from __future__ import annotations

import json

import pytest

from apps.engine.graph import Architecture
from tests.engine.formats.templates import doors, link, pairs, read

STORES = """
  F: {Type: 'AWS::Lambda::Function'}
  Q: {Type: 'AWS::SQS::Queue'}
  T: {Type: 'AWS::SNS::Topic'}
  D: {Type: 'AWS::DynamoDB::Table'}
  C: {Type: 'AWS::StepFunctions::StateMachine'}
  B: {Type: 'AWS::Events::EventBus'}
"""


def machine(*states: str) -> Architecture:
    """Return a design with one state machine `M` of the given states, in YAML's flow form."""
    lines = "".join(f"          S{i}: {state}\n" for i, state in enumerate(states))
    return read(
        "Resources:\n  M:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n"
        f"      Definition:\n        StartAt: S0\n        States:\n{lines}{STORES}"
    )


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        ("Resource: !GetAtt F.Arn", ("M", "F", "invoke", "sync")),
        (
            "Resource: 'arn:aws:states:::lambda:invoke', Parameters: {FunctionName: !Ref F}",
            ("M", "F", "invoke", "sync"),
        ),
        (
            "Resource: 'arn:aws:states:::lambda:invoke', "
            "Parameters: {FunctionName: !Ref F, InvocationType: Event}",
            ("M", "F", "event", "async"),
        ),
        (
            "Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken', "
            "Parameters: {QueueUrl: !Ref Q}",
            ("M", "Q", "send", "async"),
        ),
        (
            "Resource: 'arn:aws:states:::sns:publish', Arguments: {TopicArn: !Ref T}",
            ("M", "T", "publish", "async"),
        ),
        (
            "Resource: 'arn:aws:states:::dynamodb:getItem', Parameters: {TableName: !Ref D}",
            ("M", "D", "read", "sync"),
        ),
        (
            "Resource: 'arn:aws:states:::aws-sdk:dynamodb:putItem', "
            "Parameters: {TableName: !Ref D}",
            ("M", "D", "write", "sync"),
        ),
        (
            "Resource: 'arn:aws:states:::states:startExecution', "
            "Parameters: {StateMachineArn: !Ref C}",
            ("M", "C", "start", "async"),
        ),
        (
            "Resource: 'arn:aws:states:::aws-sdk:sfn:startSyncExecution', "
            "Parameters: {StateMachineArn: !Ref C}",
            ("M", "C", "start_sync", "sync"),
        ),
        (
            "Resource: 'arn:aws:states:::events:putEvents', "
            "Parameters: {Entries: [{EventBusName: !Ref B}]}",
            ("M", "B", "put", "async"),
        ),
        (
            "Resource: 'arn:aws:states:::aws-sdk:bedrockruntime:invokeModel'",
            ("M", "bedrock", "call", "sync"),
        ),
        (
            "Resource: 'arn:aws:states:::aws-sdk:rekognition:detectLabels'",
            ("M", "rekognition", "call", "sync"),
        ),
    ],
)
def test_it_links_a_task_with_what_it_calls(task: str, expected: tuple[str, str, str, str]) -> None:
    assert doors(machine(f"{{Type: Task, {task}}}")) == {expected}


def test_a_task_over_http_calls_another_company() -> None:
    design = machine(
        "{Type: Task, Resource: 'arn:aws:states:::http:invoke', "
        "Parameters: {ApiEndpoint: 'https://pay.example/v2'}}"
    )

    assert pairs(design) == {("M", "pay.example")}


def test_tasks_inside_maps_and_branches_count() -> None:
    task = "{Type: Task, Resource: !GetAtt F.Arn}"
    design = machine(
        task,
        f"{{Type: Map, ItemProcessor: {{States: {{A: {task}}}}}}}",
        f"{{Type: Parallel, Branches: [{{States: {{A: {task}}}}}]}}",
        "{Type: Pass}",
    )

    assert link(design, "M", "F").calls == 3
    assert design.component("M").settings["states"] == 4


def test_other_states_call_nothing() -> None:
    assert not machine("{Type: Wait, Seconds: 5}", "{Type: Succeed}").links


ASL = {
    "StartAt": "A",
    "States": {
        "A": {"Type": "Task", "Resource": "${Work}", "Next": "B"},
        "B": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage",
            "Parameters": {"QueueUrl": "${Queue}"},
            "End": True,
        },
    },
}
SAM = """
        Resources:
          M:
            Type: AWS::Serverless::StateMachine
            Properties:
              DefinitionUri: machine/order.asl.json
              DefinitionSubstitutions: {Work: !GetAtt F.Arn, Queue: !Ref Q}
          F: {Type: 'AWS::Lambda::Function'}
          Q: {Type: 'AWS::SQS::Queue'}
"""


def test_a_definition_beside_the_template_gets_its_substitutions() -> None:
    design = read(SAM, machine__order_asl_json=json.dumps(ASL, indent=1))

    assert doors(design) == {("M", "F", "invoke", "sync"), ("M", "Q", "send", "async")}
    assert link(design, "M", "Q").origin.startswith("machine/order.asl.json:11 task")
    assert design.component("M").settings["states"] == 2


def test_a_definition_that_is_not_given_leaves_what_it_is_given_by_name() -> None:
    design = read(SAM)

    assert pairs(design) == {("M", "F"), ("M", "Q")}
    assert "'machine/order.asl.json', which is not given" in design.warnings[0]


def test_a_definition_with_a_placeholder_for_a_number_is_no_error() -> None:
    text = json.dumps(ASL).replace("true", "${Wait}")
    design = read(SAM, machine__order_asl_json=text)

    assert pairs(design) == {("M", "F"), ("M", "Q")}


@pytest.mark.parametrize("function", ["!Sub", "{'Fn::Sub': %s}"])
def test_a_definition_may_be_a_text_with_references(function: str) -> None:
    text = json.dumps(json.dumps(ASL).replace("${Work}", "${F.Arn}").replace("${Queue}", "${Q}"))
    value = function % text if "%s" in function else f"{function} {text}"
    design = read(
        "Resources:\n  M:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n"
        f"      DefinitionString: {value}\n{STORES}"
    )

    assert doors(design) == {("M", "F", "invoke", "sync"), ("M", "Q", "send", "async")}


def test_a_definition_that_is_no_json_is_a_warning() -> None:
    design = read(
        "Resources:\n  M:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n"
        "      DefinitionString: '{broken ['\n"
    )

    assert [c.id for c in design] == ["M"]
    assert "The definition of M is no JSON or YAML text." in design.warnings[0]
