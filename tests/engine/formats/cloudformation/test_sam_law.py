"""A SAM template gives the graph of what AWS's own translator makes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import samtranslator

from apps.engine.formats.cloudformation.links.policy_templates import POLICY_TEMPLATES
from tests.engine.formats.templates import doors
from tests.engine.formats.translation import SAM, imported, plain, service_doors, translated

_PACKAGE = Path(samtranslator.__file__).parent
_POLICIES = json.loads((_PACKAGE / "policy_templates_data" / "policy_templates.json").read_bytes())
_PROFILES = json.loads((_PACKAGE / "model/connector_profiles/profiles.json").read_bytes())
_CASES = plain("sam_events.yaml", (Path(__file__).parent / "sam_events.yaml").read_text())
_CODE = {"InlineCode": "x", "Handler": "a.b", "Runtime": "python3.12"}
# What the parameters of policy templates name, where the graph knows it.
_NAMED = {
    "BucketName": "AWS::S3::Bucket",
    "ClusterId": "AWS::EMR::Cluster",
    "DeliveryStreamName": "AWS::KinesisFirehose::DeliveryStream",
    "DomainName": "AWS::OpenSearchService::Domain",
    "EventBusName": "AWS::Events::EventBus",
    "FileSystem": "AWS::EFS::FileSystem",
    "FunctionName": "AWS::Lambda::Function",
    "HostedZoneId": "AWS::Route53::HostedZone",
    "ParameterName": "AWS::SSM::Parameter",
    "QueueName": "AWS::SQS::Queue",
    "SecretArn": "AWS::SecretsManager::Secret",
    "StateMachineName": "AWS::StepFunctions::StateMachine",
    "StreamName": "AWS::Kinesis::Stream",
    "TableName": "AWS::DynamoDB::Table",
    "TaskDefinition": "AWS::ECS::TaskDefinition",
    "TopicName": "AWS::SNS::Topic",
}
# The ends of connectors, as SAM writes them.
_ENDS: dict[str, dict[str, Any]] = {
    "AWS::ApiGateway::RestApi": {"Type": "AWS::Serverless::Api", "Properties": {"StageName": "x"}},
    "AWS::ApiGatewayV2::Api": {"Type": "AWS::Serverless::HttpApi", "Properties": {}},
    "AWS::Lambda::Function": {"Type": "AWS::Serverless::Function", "Properties": _CODE},
    "AWS::StepFunctions::StateMachine": {
        "Type": "AWS::Serverless::StateMachine",
        "Properties": {"Definition": {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}},
    },
}
_RULE = {"EventBusName": {"Ref": "Bus"}, "EventPattern": {"source": ["x"]}}


def function(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::Serverless::Function", "Properties": {**_CODE, **properties}}


def both(resources: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any]:
    """Return the doors of a template, and of what the translator makes of it."""
    document = {"Transform": SAM, "Resources": resources}
    translation = imported(translated(document, monkeypatch))
    return sorted(service_doors(imported(document))), sorted(service_doors(translation))


def test_every_policy_template_is_known() -> None:
    assert set(POLICY_TEMPLATES) == set(_POLICIES["Templates"])


def test_a_policy_template_opens_the_doors_of_its_statements(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resources: dict[str, Any] = {}
    for name, template in _POLICIES["Templates"].items():
        arguments: dict[str, Any] = {}
        for parameter in template["Parameters"]:
            id_ = f"{name.replace('_', '')}{parameter}"
            arguments[parameter] = "x"
            if parameter in _NAMED:
                arguments[parameter] = {"Ref": id_}
                resources[id_] = {"Type": _NAMED[parameter], "Properties": {}}
        if name.startswith("DynamoDBStream"):
            del resources["DynamoDBStreamReadPolicyStreamName"]
            arguments["StreamName"] = "*"
        resources[f"By{name.replace('_', '')}"] = function(Policies=[{name: arguments}])
    document = {"Transform": SAM, "Resources": resources}

    ours, theirs = imported(document), imported(translated(document, monkeypatch))

    assert doors(ours) == doors(theirs)
    assert not [warning for warning in ours.warnings if "not known" in warning]


@pytest.mark.parametrize("event", _CASES["events"], ids=lambda event: json.dumps(event)[9:90])
def test_an_event_links_as_its_translation(
    event: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    policies = [{"AWSSecretsManagerGetSecretValuePolicy": {"SecretArn": {"Ref": "Key"}}}]
    needed = policies if "SourceAccessConfigurations" in event.get("Properties", {}) else []
    resources = {"F": function(Events={"E": event}, Policies=needed), **_CASES["resources"]}

    ours, theirs = both(resources, monkeypatch)

    assert ours == theirs
    is_off = "DISABLED" in str(event) or "Enabled" in str(event)
    assert bool(ours) != is_off


@pytest.mark.parametrize(
    "event",
    [
        {"Type": "Api", "Properties": {"Path": "/x", "Method": "post"}},
        {"Type": "Schedule", "Properties": {"Schedule": "rate(1 hour)"}},
        {"Type": "ScheduleV2", "Properties": {"ScheduleExpression": "rate(1 hour)"}},
        {"Type": "EventBridgeRule", "Properties": {"Pattern": {"source": ["x"]}}},
        {"Type": "CloudWatchEvent", "Properties": {"Pattern": {"source": ["aws.ecs"]}}},
    ],
    ids=lambda event: str(event["Type"]),
)
def test_a_state_machine_is_started_as_in_its_translation(
    event: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = {**_ENDS["AWS::StepFunctions::StateMachine"]}
    machine["Properties"] = {**machine["Properties"], "Events": {"E": event}}

    ours, theirs = both({"M": machine}, monkeypatch)

    assert ours == theirs
    assert [door[1:] for door in ours] == [("stepfunctions", "start", "async")]


@pytest.mark.parametrize(
    "properties",
    [
        {"DeadLetterQueue": {"Type": "SQS", "TargetArn": {"Fn::GetAtt": ["Q", "Arn"]}}},
        {"DeadLetterQueue": {"Type": "SNS", "TargetArn": {"Ref": "T"}}},
        {
            "EventInvokeConfig": {
                "DestinationConfig": {"OnSuccess": {"Type": "SNS"}, "OnFailure": {"Type": "SQS"}}
            }
        },
        {
            "EventInvokeConfig": {
                "DestinationConfig": {
                    "OnSuccess": {"Type": "EventBridge", "Destination": {"Fn::GetAtt": "B.Arn"}},
                    "OnFailure": {"Type": "Lambda", "Destination": {"Fn::GetAtt": "G.Arn"}},
                }
            }
        },
        {"FunctionUrlConfig": {"AuthType": "NONE"}},
        {"AutoPublishAlias": "live", "FunctionUrlConfig": {"AuthType": "NONE"}},
    ],
    ids=["dead-letter queue", "dead-letter topic", "made", "named", "url", "url of an alias"],
)
def test_a_property_links_as_its_translation(
    properties: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    resources = {"F": function(**properties), "G": function(), **_CASES["resources"]}

    ours, theirs = both(resources, monkeypatch)

    assert ours == theirs
    assert ours


def connections() -> list[tuple[str, str, list[str]]]:
    """Return the pairs of types that SAM connects by policies, with what each may do."""
    found = []
    for source, targets in _PROFILES["Permissions"].items():
        for target, profile in targets.items():
            accesses = list(profile["Properties"]["AccessCategories"])
            # SAM wants both of what takes from a queue, and of a machine that waits for another.
            is_both = source == "AWS::SQS::Queue" or source == target
            sets = [accesses] if is_both else [[one] for one in accesses]
            # A connector of AppSync names a data source, and its API is what calls.
            if not source.startswith("AWS::AppSync") and target in {*_NAMED.values(), *_ENDS}:
                found += [(source, target, access) for access in sets]
    return found


@pytest.mark.parametrize(("source", "target", "access"), connections())
def test_a_connector_links_as_the_policies_that_it_stands_for(
    source: str, target: str, access: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    resources = {
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "orders"}},
        "A": _ENDS.get(source, {"Type": source, "Properties": {}}),
        "Z": _ENDS.get(target, {"Type": target, "Properties": {}}),
        "C": {
            "Type": "AWS::Serverless::Connector",
            "Properties": {
                "Source": {"Id": "A"},
                "Destination": {"Id": "Z"},
                "Permissions": access,
            },
        },
    }
    if source == "AWS::Events::Rule":
        role = {"Fn::GetAtt": ["Role", "Arn"]}
        resources["Role"] = {"Type": "AWS::IAM::Role", "Properties": {}}
        targets = [{"Id": "a", "Arn": {"Fn::GetAtt": ["Z", "Arn"]}, "RoleArn": role}]
        resources["A"] = {"Type": source, "Properties": {**_RULE, "Targets": targets}}

    ours, theirs = both(resources, monkeypatch)

    assert ours == theirs
