"""Settings of functions, the defaults of the provider, and what functions may do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.formats.serverless.services import kinds, read
from tests.engine.formats.templates import pairs

FUNCTION = "HelloLambdaFunction"
PROVIDER = """
service: shop
provider:
  name: aws
  runtime: nodejs22.x
  memorySize: 2048
  timeout: 12
  architecture: arm64
  vpc: {securityGroupIds: [sg-a], subnetIds: [subnet-a]}
  tracing: {lambda: true, apiGateway: true}
  environment: {JOBS: !Ref Jobs}
  logRetentionInDays: 14
"""
JOBS = """
        resources:
          Resources:
            Jobs: {Type: AWS::SQS::Queue}
            Mails: {Type: AWS::SQS::Queue}
        """


def settings(function: str, head: str = PROVIDER) -> dict[str, Any]:
    found = read(f"""
        functions:
          hello: {{handler: a.b, {function}}}
        {JOBS.strip()}
        """, head)  # fmt: skip
    return dict(found.component(FUNCTION).settings)


def test_the_framework_has_defaults() -> None:
    found = settings("runtime: python3.13", "\nservice: shop\nprovider: {name: aws}\n")

    assert (found["memory_mb"], found["timeout_s"], found["runtime"]) == (1024, 6, "python3.13")


def test_the_provider_speaks_where_the_function_does_not() -> None:
    found = settings("description: hello")

    assert found == {
        "runtime": "nodejs22.x",
        "memory_mb": 2048,
        "timeout_s": 12,
        "architecture": "arm64",
        "is_in_vpc": True,
        "is_traced": True,
    }


@pytest.mark.parametrize(
    ("text", "setting", "value"),
    [
        ("memorySize: 512", "memory_mb", 512),
        ("timeout: 3", "timeout_s", 3),
        ("architecture: x86_64", "architecture", "x86_64"),
        ("reservedConcurrency: 7", "reserved_concurrency", 7),
        ("provisionedConcurrency: 4", "provisioned_concurrency", 4),
        ("provisionedConcurrency: {executions: 4}", "provisioned_concurrency", 4),
        ("ephemeralStorageSize: 1024", "ephemeral_mb", 1024),
        ("image: 1.dkr.ecr.us-east-1.amazonaws.com/a", "package_type", "Image"),
        ("memorySize: '${self:custom.none, 640}'", "memory_mb", 640),
    ],
)
def test_a_function_has_settings(text: str, setting: str, value: Any) -> None:
    assert settings(text)[setting] == value


def test_the_common_role_lets_every_function_call() -> None:
    head = (
        PROVIDER
        + """
  iam:
    role:
      statements:
        - {Effect: Allow, Action: sqs:SendMessage, Resource: !GetAtt Mails.Arn}
"""
    )
    found = read(f"""
        functions:
          hello: {{handler: a.b}}
          other: {{handler: a.c}}
        {JOBS.strip()}
        """, head)  # fmt: skip

    assert {(FUNCTION, "Mails"), ("OtherLambdaFunction", "Mails")} <= pairs(found)


@pytest.mark.parametrize("form", ["iamRoleStatements:", "iam: {role: {statements:"])
def test_a_function_with_its_own_role_calls_only_what_it_may(form: str) -> None:
    end = "}}" if "{" in form else ""
    statement = "[{Effect: Allow, Action: sqs:SendMessage, Resource: !GetAtt Mails.Arn}]"
    found = read(f"""
        functions:
          hello: {{handler: a.b, {form} {statement}{end}}}
          other: {{handler: a.c}}
        {JOBS.strip()}
        """)  # fmt: skip

    assert pairs(found) == {(FUNCTION, "Mails")}


def test_what_a_function_cannot_handle_goes_on() -> None:
    found = read(f"""
        functions:
          hello:
            handler: a.b
            destinations: {{onSuccess: other, onFailure: !GetAtt Jobs.Arn}}
            onError: !GetAtt Mails.Arn
          other: {{handler: a.c}}
        {JOBS.strip()}
        """)  # fmt: skip

    assert {(FUNCTION, "OtherLambdaFunction"), (FUNCTION, "Jobs"), (FUNCTION, "Mails")} <= pairs(
        found
    )


def test_a_log_group_is_there_where_its_time_is_set() -> None:
    found = read("functions: {hello: {handler: a.b}}\n" + JOBS.replace("        ", ""), PROVIDER)

    assert kinds(found)["HelloLogGroup"] == "log_group"


def test_extensions_are_written_over_what_the_framework_makes() -> None:
    found = read("""
        functions:
          hello: {handler: a.b, memorySize: 512}
        resources:
          Resources:
            OtherLambdaFunction: {Type: AWS::SQS::Queue}
          extensions:
            HelloLambdaFunction: {Properties: {MemorySize: 768}}
        """)

    assert found.component(FUNCTION).settings["memory_mb"] == 768


def test_functions_and_resources_may_stand_in_lists_of_files() -> None:
    found = read(
        """
        functions:
          - ${file(./one.yml)}
          - two: {handler: b.c}
        resources:
          - ${file(resources/queues.yml)}
          - Resources: {News: {Type: AWS::SNS::Topic}}
        """,
        one_yml="hello: {handler: a.b, memorySize: 320}",
        resources__queues_yml="Resources: {Jobs: {Type: AWS::SQS::Queue}}",
    )

    assert set(kinds(found)) == {FUNCTION, "TwoLambdaFunction", "Jobs", "News"}
    assert str(found.component(FUNCTION).source) == "one.yml:1"
    assert str(found.component("Jobs").source) == "resources/queues.yml:1"


def test_resources_that_stand_elsewhere_are_left_out() -> None:
    found = read("""
        resources:
          Resources:
            Jobs: {Type: AWS::SQS::Queue}
            Table: ${file(missing.yml):Table}
            ServerlessDeploymentBucket: {Properties: {BucketName: mine}}
        """)

    assert kinds(found) == {"Jobs": "sqs_queue"}
    for name in ("Table", "ServerlessDeploymentBucket"):
        assert any(f"What {name} is stands elsewhere" in warning for warning in found.warnings)
