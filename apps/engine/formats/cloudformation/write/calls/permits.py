"""The least that a caller must be allowed, by what it calls and through which door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.values import Value, arn
from apps.engine.graph import Link


class Permit(NamedTuple):
    """Actions, and on what: paths below the ARN, an empty one for the ARN itself."""

    actions: tuple[str, ...]
    paths: tuple[str, ...] = ("",)
    # The attribute that holds the ARN.
    attribute: str = "Arn"


_TABLE = ("", "/index/*")
_INVOKE = Permit(("lambda:InvokeFunction",))
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
PERMITS: Mapping[tuple[str, str], Permit] = {
    ("appsync_api", "request"): Permit(("appsync:GraphQL",)),
    ("cognito_user_pool", "sign_in"): Permit(("cognito-idp:AdminInitiateAuth",)),
    ("dynamodb_table", "read"): Permit(
        ("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"), _TABLE
    ),
    ("dynamodb_table", "write"): Permit(
        (
            "dynamodb:BatchWriteItem",
            "dynamodb:DeleteItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
        )
    ),
    ("dax_cluster", "read"): Permit(("dax:BatchGetItem", "dax:GetItem", "dax:Query", "dax:Scan")),
    ("dax_cluster", "write"): Permit(
        ("dax:BatchWriteItem", "dax:DeleteItem", "dax:PutItem", "dax:UpdateItem")
    ),
    ("efs_file_system", "read"): Permit(("elasticfilesystem:ClientMount",)),
    ("efs_file_system", "write"): Permit(
        ("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite")
    ),
    ("emr_cluster", "submit"): Permit(
        ("elasticmapreduce:AddJobFlowSteps", "elasticmapreduce:DescribeStep")
    ),
    ("event_bus", "put"): Permit(("events:PutEvents",)),
    ("firehose_stream", "put"): Permit(("firehose:PutRecord", "firehose:PutRecordBatch")),
    ("keyspaces_table", "read"): Permit(("cassandra:Select",)),
    ("keyspaces_table", "write"): Permit(("cassandra:Modify",)),
    ("kinesis_stream", "put"): Permit(("kinesis:PutRecord", "kinesis:PutRecords")),
    ("kms_key", "request"): Permit(("kms:Decrypt", "kms:GenerateDataKey")),
    ("lambda_function", "event"): _INVOKE,
    ("lambda_function", "invoke"): _INVOKE,
    ("log_group", "write"): Permit(("logs:CreateLogStream", "logs:PutLogEvents"), (":*",)),
    ("opensearch_collection", "index"): Permit(("aoss:APIAccessAll",)),
    ("opensearch_collection", "search"): Permit(("aoss:APIAccessAll",)),
    ("opensearch_domain", "index"): Permit(
        ("es:ESHttpDelete", "es:ESHttpPatch", "es:ESHttpPut"), ("/*",)
    ),
    ("opensearch_domain", "search"): Permit(("es:ESHttpGet", "es:ESHttpHead"), ("/*",)),
    ("s3_bucket", "get"): Permit(("s3:GetObject",), ("/*",)),
    ("s3_bucket", "put"): Permit(("s3:DeleteObject", "s3:PutObject"), ("/*",)),
    ("secret", "get"): Permit(("secretsmanager:GetSecretValue",)),
    ("sns_topic", "publish"): Permit(("sns:Publish",)),
    ("sqs_queue", "send"): Permit(("sqs:SendMessage",)),
    ("ssm_parameter", "get"): Permit(("ssm:GetParameter", "ssm:GetParameters")),
    ("state_machine", "start"): Permit(("states:StartExecution",)),
    ("state_machine", "start_sync"): Permit(("states:StartSyncExecution",)),
    ("websocket_api", "push"): Permit(("execute-api:ManageConnections",)),
}
_POLLS: Mapping[str, Permit] = {
    "dynamodb_table": Permit(
        ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
        attribute="StreamArn",
    ),
    "kinesis_stream": Permit(
        (
            "kinesis:DescribeStream",
            "kinesis:DescribeStreamSummary",
            "kinesis:GetRecords",
            "kinesis:GetShardIterator",
            "kinesis:ListShards",
        )
    ),
    "msk_cluster": Permit(
        (
            "kafka-cluster:AlterGroup",
            "kafka-cluster:Connect",
            "kafka-cluster:DescribeGroup",
            "kafka-cluster:DescribeTopic",
            "kafka-cluster:ReadData",
            "kafka:DescribeClusterV2",
            "kafka:GetBootstrapBrokers",
        )
    ),
    "sqs_queue": Permit(
        ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"),
    ),
}
# What code asks of services that a design calls by their API, and SDK clients of Step Functions.
SERVICES: Mapping[str, tuple[str, ...]] = {
    "bedrock": ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"),
    "comprehend": ("comprehend:DetectEntities", "comprehend:DetectSentiment"),
    "iot": ("iot:Publish",),
    "location": ("geo:SearchPlaceIndexForText",),
    "polly": ("polly:SynthesizeSpeech",),
    "rekognition": ("rekognition:DetectLabels", "rekognition:DetectText"),
    "sagemaker": ("sagemaker:InvokeEndpoint",),
    "ses": ("ses:SendEmail", "ses:SendRawEmail"),
    "textract": ("textract:AnalyzeDocument", "textract:DetectDocumentText"),
    "transcribe": ("transcribe:GetTranscriptionJob", "transcribe:StartTranscriptionJob"),
    "translate": ("translate:TranslateText",),
}


def permit(plan: Plan, link: Link) -> None:
    """Allow a caller what a link needs; nothing where AWS asks for no permission.

    Parameters
    ----------
    plan : Plan
        The template so far.
    link : Link
        Whom it calls, and by which door.
    """
    found = PERMITS.get((plan.kind(link.target), link.role))
    if found is not None:
        plan.allow(link.source, found.actions, _on(plan, link.source, link.target, found))
    if plan.kind(link.target) == "msk_cluster" and link.role == "put":
        topics = arn("kafka", f"topic/${{AWS::StackName}}-{plan.ids[link.target]}/*")
        plan.allow(
            link.source, ["kafka-cluster:Connect"], [plan.names.arn(link.source, link.target)]
        )
        plan.allow(
            link.source, ["kafka-cluster:DescribeTopic", "kafka-cluster:WriteData"], [topics]
        )


def permit_to_poll(plan: Plan, link: Link) -> None:
    """Allow the target of a link to take what its source holds.

    Parameters
    ----------
    plan : Plan
        The template so far.
    link : Link
        From a queue or a stream to code.
    """
    found = _POLLS.get(plan.kind(link.source))
    if found is not None:
        plan.allow(link.target, found.actions, _on(plan, link.target, link.source, found))


def _on(plan: Plan, caller: str, target: str, found: Permit) -> list[Value]:
    return [
        plan.names.below(caller, target, path)
        if path
        else plan.names.arn(caller, target, found.attribute)
        for path in found.paths
    ]
