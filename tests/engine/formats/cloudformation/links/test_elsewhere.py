"""What a template calls and does not define: by the kind of its service, or by its API."""

from __future__ import annotations

import pytest

from apps.engine.graph import Architecture
from tests.engine.formats.templates import doors, read


def allowed(action: str, resource: str, others: str = "") -> Architecture:
    statement = f"[{{Effect: Allow, Action: '{action}', Resource: {resource}}}]"
    return read(
        "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n"
        f"      Policies:\n        - Statement: {statement}\n{others}"
    )


@pytest.mark.parametrize(
    ("action", "kind", "role", "mode"),
    [
        ("s3:PutObject", "s3_bucket", "put", "sync"),
        ("dynamodb:GetItem", "dynamodb_table", "read", "sync"),
        ("events:PutEvents", "event_bus", "put", "async"),
        ("kinesis:PutRecord", "kinesis_stream", "put", "async"),
        ("states:StartExecution", "state_machine", "start", "async"),
        ("states:StartSyncExecution", "state_machine", "start_sync", "sync"),
        ("appsync:GraphQL", "appsync_api", "request", "sync"),
        ("cognito-idp:AdminInitiateAuth", "cognito_user_pool", "sign_in", "sync"),
        ("rds-data:ExecuteStatement", "service_api", "call", "sync"),
    ],
)
def test_what_is_defined_elsewhere_has_its_kind_and_its_door(
    action: str, kind: str, role: str, mode: str
) -> None:
    design = allowed(action, "'*'")

    (called,) = design.links
    assert (called.role, called.mode) == (role, mode)
    assert design.component(called.target).kind == kind


def test_a_secret_is_read_by_those_who_may() -> None:
    secret = "  Secret: {Type: 'AWS::SecretsManager::Secret'}\n"

    design = allowed("secretsmanager:GetSecretValue", "!Ref Secret", secret)

    assert doors(design) == {("F", "Secret", "get", "sync")}
    assert design.component("Secret").kind == "secret"
