"""Policies that AWS manages: named for a service, and open to everything in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apps.engine.formats.cloudformation.doors import Meaning
from apps.engine.formats.cloudformation.links.statements import unnamed
from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.cloudformation.wiring import Draft, Wiring

# Parts of the names of managed policies, and the service that they open.
_SERVICES = (
    (r"AmazonDynamoDB", "dynamodb"),
    (r"AmazonS3ObjectLambda", ""),
    (r"AmazonS3", "s3"),
    (r"AmazonSQS", "sqs"),
    (r"AmazonSNS", "sns"),
    (r"AmazonSES", "ses"),
    (r"AmazonKinesisFirehose", "firehose"),
    (r"AmazonKinesis", "kinesis"),
    (r"AmazonEventBridge", "eventbridge"),
    (r"AWSStepFunctions", "stepfunctions"),
    (r"AWSLambda_FullAccess|AWSLambdaRole", "lambda"),
    (r"AmazonRDSData|AmazonRDS", "rds"),
    (r"AmazonBedrock", "bedrock"),
    (r"ComprehendFull|ComprehendRead", "comprehend"),
    (r"AmazonTextract", "textract"),
    (r"AmazonTranscribe", "transcribe"),
    (r"TranslateFull|TranslateRead", "translate"),
    (r"AmazonRekognition", "rekognition"),
    (r"AmazonPolly", "polly"),
    (r"AmazonAthena|AWSQuicksightAthena", "athena"),
    (r"AWSGlue", "glue"),
    (r"SecretsManager", "secretsmanager"),
    (r"AmazonSSMRead|AmazonSSMFull", "ssm"),
    (r"AmazonCognito", "cognito"),
    (r"AmazonOpenSearch|AmazonESFull", "opensearch"),
    (r"AmazonElastiCache", "elasticache"),
    (r"AmazonElasticFileSystemClient", "efs"),
)
# Execution roles of functions that poll.
_POLLERS = (
    (r"AWSLambdaSQSQueueExecutionRole", "sqs"),
    (r"AWSLambdaDynamoDBExecutionRole|AWSLambdaInvocation-DynamoDB", "dynamodb"),
    (r"AWSLambdaKinesisExecutionRole", "kinesis"),
    (r"AWSLambdaMSKExecutionRole", "msk"),
)
# Policies for logs, traces and networks, which open no service that a request waits for.
_HARMLESS = re.compile(r"BasicExecution|VPCAccess|XRay|Xray|CloudWatch|AppConfig|SSMManaged|ECR")
_READS = {"dynamodb": "read", "s3": "get"}
_WRITES = {"dynamodb": "write", "s3": "put"}


def from_managed(wiring: Wiring, caller: str, policy: Node, mechanism: str) -> Iterator[Draft]:
    """Yield what a managed policy lets a component call.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.
    caller : str
        Id of the component that calls.
    policy : Node
        Its name or ARN.
    mechanism : str
        Where the link was read, for the reader of the graph.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    name = policy.text().rpartition("/")[2]
    for pattern, service in _POLLERS:
        if re.search(pattern, name):
            said = Meaning(polls=True)
            yield from unnamed(wiring, caller, service, said, policy, f"{mechanism} {name}")
            return
    for pattern, service in _SERVICES:
        if re.search(pattern, name):
            if service:
                said = _meaning(service, name)
                yield from unnamed(wiring, caller, service, said, policy, f"{mechanism} {name}")
            return
    if not _HARMLESS.search(name):
        # Another account's policy, or one for everything.
        wiring.allowed.add((caller, "*"))


def _meaning(service: str, name: str) -> Meaning:
    read = (_READS.get(service, "any"),)
    if "ReadOnly" in name or service not in _WRITES:
        return Meaning(read)
    return Meaning(read, False, (_WRITES[service],))
