"""SAM's policies of a function or a state machine: templates, statements, managed ones."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apps.engine.formats.cloudformation.doors import Meaning
from apps.engine.formats.cloudformation.links.managed_policies import from_managed
from apps.engine.formats.cloudformation.links.statements import (
    by_meaning,
    from_statements,
    unnamed,
)
from apps.engine.formats.cloudformation.nodes import MapNode, Node
from apps.engine.formats.cloudformation.wiring import Draft, Wiring

TYPES = (
    "AWS::Serverless::Function",
    "AWS::Serverless::StateMachine",
    "AWS::Serverless::GraphQLApi",
)
# Beginnings of the names of SAM's policy templates, longer ones first where they overlap.
_SERVICES = (
    ("AWSSecretsManager", "secretsmanager"),
    ("Athena", "athena"),
    ("CloudWatchPutMetric", "cloudwatch"),
    ("CodePipeline", "codepipeline"),
    ("Cognito", "cognito"),
    ("Comprehend", "comprehend"),
    ("DynamoDB", "dynamodb"),
    ("EFS", "efs"),
    ("EventBridge", "eventbridge"),
    ("Firehose", "firehose"),
    ("Kinesis", "kinesis"),
    ("Lambda", "lambda"),
    ("MobileAnalytics", "pinpoint"),
    ("Pinpoint", "pinpoint"),
    ("Polly", "polly"),
    ("Rekognition", "rekognition"),
    ("S3", "s3"),
    ("SES", "ses"),
    ("SNS", "sns"),
    ("SQS", "sqs"),
    ("SSM", "ssm"),
    ("SageMaker", "sagemaker"),
    ("StepFunctions", "stepfunctions"),
    ("Textract", "textract"),
    ("Elasticsearch", "opensearch"),
)
_POLLERS = ("SQSPoller", "KinesisStreamRead", "DynamoDBStreamRead")
_ROLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # By service: the roles of a template for reading, and of one for writing.
    "dynamodb": (("read",), ("write",)),
    "s3": (("get",), ("put",)),
}


def find(wiring: Wiring) -> Iterator[Draft]:
    """Yield the links that policies of functions and state machines allow.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    for resource in wiring.resources(*TYPES):
        policies = resource.get("Policies")
        for policy in policies.elements() if policies is not None else ():
            yield from _policy(wiring, resource.id, policy)


def _policy(wiring: Wiring, caller: str, policy: Node) -> Iterator[Draft]:
    if not isinstance(policy, MapNode):
        yield from from_managed(wiring, caller, policy, "managed policy")
        return
    statements = policy.get("Statement")
    if statements is not None:
        yield from from_statements(wiring, caller, statements, "policy")
        return
    for name, arguments in policy.pairs():
        yield from _template(wiring, caller, name, arguments)


def _template(wiring: Wiring, caller: str, name: str, arguments: Node) -> Iterator[Draft]:
    service = next((service for prefix, service in _SERVICES if name.startswith(prefix)), "")
    if not service:
        return
    said = _meaning(name, service)
    wiring.allowed.add((caller, service))
    named = wiring.of(service, arguments)
    for id_ in named:
        yield from by_meaning(wiring, caller, id_, said, arguments, f"policy {name}")
    if not named:
        yield from unnamed(wiring, caller, service, said, arguments, f"policy {name}")


def _meaning(name: str, service: str) -> Meaning:
    if name.startswith(_POLLERS):
        return Meaning(polls=True)
    if service not in _ROLES:
        return Meaning(("any",))
    read, write = _ROLES[service]
    if re.search(r"Crud|FullAccess|Reconfigure", name):
        return Meaning(read, False, write)
    return Meaning(write) if "Write" in name else Meaning(read)
