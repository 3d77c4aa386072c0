"""What watches and protects: drawn, and called only where a policy says so."""

from __future__ import annotations

import pytest

from apps.engine.graph import Architecture
from tests.engine.formats.templates import doors, pairs, read

HEAD = """
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Environment: {{Variables: {{NAME: !Ref It}}}}
      Policies:
        - Statement: [{{Effect: Allow, Action: '{action}', Resource: '*'}}]
  It: {{Type: '{type}'}}
"""


def calling(action: str, type_: str) -> Architecture:
    return read(HEAD.format(action=action, type=type_))


@pytest.mark.parametrize(
    ("type_", "action", "role"),
    [
        ("AWS::SecretsManager::Secret", "secretsmanager:GetSecretValue", "get"),
        ("AWS::SSM::Parameter", "ssm:GetParameter", "get"),
    ],
)
def test_a_policy_makes_a_call(type_: str, action: str, role: str) -> None:
    assert doors(calling(action, type_)) == {("Fn", "It", role, "sync")}


@pytest.mark.parametrize(
    "type_",
    [
        *("AWS::SecretsManager::Secret", "AWS::SSM::Parameter", "AWS::KMS::Key"),
        *("AWS::Logs::LogGroup", "AWS::CloudWatch::Alarm", "AWS::XRay::Group"),
        *("AWS::Backup::BackupPlan", "AWS::CloudWatch::CompositeAlarm"),
    ],
)
def test_a_name_alone_makes_none(type_: str) -> None:
    design = calling("logs:PutLogEvents", type_)

    assert [part.id for part in design.modelled()] == ["Fn", "It"]
    assert pairs(design) == set()


def test_of_two_secrets_none_is_meant_by_a_policy_for_all() -> None:
    text = HEAD.format(action="secretsmanager:GetSecretValue", type="AWS::SecretsManager::Secret")

    design = read(text + "  Other: {Type: 'AWS::SecretsManager::Secret'}\n")

    assert pairs(design) == {("Fn", "secretsmanager")}
    assert design.component("secretsmanager").kind == "secret"


def test_a_metric_is_put_to_the_service_and_not_to_an_alarm() -> None:
    design = calling("cloudwatch:PutMetricData", "AWS::CloudWatch::Alarm")

    assert pairs(design) == {("Fn", "cloudwatch")}


def test_a_rotation_belongs_to_its_secret() -> None:
    design = read(
        """
        Resources:
          Secret: {Type: 'AWS::SecretsManager::Secret'}
          Turn:
            Type: AWS::SecretsManager::RotationSchedule
            Properties: {SecretId: !Ref Secret, RotationRules: {AutomaticallyAfterDays: 7}}
        """
    )

    assert design.component("Secret").settings == {"rotation_days": 7.0}


def test_an_alarm_that_names_what_is_not_there_is_warned_of() -> None:
    design = read("Resources: {Bell: {Type: 'AWS::CloudWatch::Alarm', Properties: {X: !Ref No}}}")

    assert "Bell names 'No', which is not there" in design.warnings[0]


def test_an_endpoint_keeps_the_service_in_a_name_with_a_region() -> None:
    design = read(
        """
        Resources:
          Way:
            Type: AWS::EC2::VPCEndpoint
            Properties: {VpcId: v, ServiceName: !Sub 'com.amazonaws.${AWS::Region}.dynamodb'}
        """
    )

    assert design.warnings == ()
    assert str(design.component("Way").settings["service_name"]).endswith(".dynamodb")
