"""What code calls: statements of its role, and variables of its environment."""

from __future__ import annotations

from collections.abc import Mapping

from apps.engine.formats.terraform.export.drafting import Draft
from apps.engine.formats.terraform.export.sheet import Raw, Resource, Value
from apps.engine.graph import Link

# Actions of IAM by kind and door; what they are allowed on, where that is not the ARN.
ACTIONS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("dynamodb_table", "read"): ("dynamodb:GetItem", "dynamodb:Query", "dynamodb:BatchGetItem"),
    ("dynamodb_table", "write"): ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"),
    ("event_bus", "put"): ("events:PutEvents",),
    ("firehose_stream", "put"): ("firehose:PutRecord", "firehose:PutRecordBatch"),
    ("keyspaces_table", "read"): ("cassandra:Select",),
    ("keyspaces_table", "write"): ("cassandra:Modify",),
    ("kinesis_stream", "put"): ("kinesis:PutRecord", "kinesis:PutRecords"),
    ("lambda_function", "event"): ("lambda:InvokeFunction",),
    ("lambda_function", "invoke"): ("lambda:InvokeFunction",),
    ("opensearch_domain", "index"): ("es:ESHttpPut",),
    ("opensearch_domain", "search"): ("es:ESHttpGet",),
    ("s3_bucket", "get"): ("s3:GetObject",),
    ("s3_bucket", "put"): ("s3:PutObject",),
    ("secret", "get"): ("secretsmanager:GetSecretValue",),
    ("sns_topic", "publish"): ("sns:Publish",),
    ("sqs_queue", "send"): ("sqs:SendMessage", "sqs:GetQueueUrl"),
    ("ssm_parameter", "get"): ("ssm:GetParameter",),
    ("state_machine", "start"): ("states:StartExecution",),
    ("state_machine", "start_sync"): ("states:StartSyncExecution",),
    ("websocket_api", "push"): ("execute-api:ManageConnections",),
}
# What a caller is told of others, by which it finds them.
ADDRESSES: Mapping[str, str] = {
    "appsync_api": "uris",
    "aurora_cluster": "endpoint",
    "cloudfront_distribution": "domain_name",
    "documentdb_cluster": "endpoint",
    "dynamodb_table": "name",
    "elasticache_cluster": "primary_endpoint_address",
    "http_api": "api_endpoint",
    "lambda_url": "function_url",
    "load_balancer": "dns_name",
    "rds_instance": "address",
    "rds_proxy": "endpoint",
    "rest_api": "execution_arn",
    "sqs_queue": "url",
    "s3_bucket": "bucket",
}
_PRINCIPALS = {"ecs_service": "ecs-tasks", "auto_scaling_group": "ec2"}


def write(draft: Draft, source: str, links: list[Link]) -> None:
    """Write what a function, a service or instances call.

    Parameters
    ----------
    draft : Draft
        The module.
    source : str
        Id of the caller.
    links : list of Link
        Its links.
    """
    main = draft.mains[source]
    kind = draft.architecture.component(source).kind
    variables: dict[str, Value] = {}
    for link in links:
        target = draft.architecture.component(link.target)
        if link.settings.get("dead_letter"):
            _lost(draft, source, main, link)
            continue
        if link.role == "event" and target.kind == "lambda_function":
            _succeeded(draft, source, main, link)
            continue
        if target.kind == "efs_file_system":
            _mounted(draft, main, draft.mains[link.target])
            continue
        word = f"{draft.word(target).upper()}_{_SUFFIXES.get(target.kind, 'ARN')}"
        if target.kind == "outside_api":
            variables[word] = f"https://{target.id}/"
        elif link.target in draft.mains:
            allow(draft, source, link, _PRINCIPALS.get(kind, "lambda"))
            variables[word] = address(draft, link.target)
    if variables and main.type == "aws_lambda_function":
        main.block("environment").attributes["variables"] = variables
    elif variables:
        draft.notes.append(f"The addresses of what {source} calls must be given to it by hand.")


_SUFFIXES = {
    "aurora_cluster": "HOST",
    "dynamodb_table": "TABLE",
    "outside_api": "URL",
    "rds_instance": "HOST",
    "rds_proxy": "HOST",
    "s3_bucket": "BUCKET",
    "sqs_queue": "URL",
}


def address(draft: Draft, id_: str) -> Raw:
    """Return by what a component is found.

    Parameters
    ----------
    draft : Draft
        The module.
    id_ : str
        Its id.

    Returns
    -------
    Raw
        An attribute of its resource.
    """
    kind = draft.architecture.component(id_).kind
    return draft.mains[id_][ADDRESSES.get(kind, "arn")]


def allow(draft: Draft, source: str, link: Link, principal: str) -> None:
    """Let a component's role make the call of a link.

    Parameters
    ----------
    draft : Draft
        The module.
    source : str
        Id of the caller.
    link : Link
        The call.
    principal : str
        The service that takes the role, such as lambda.
    """
    kind = draft.architecture.component(link.target).kind
    actions = ACTIONS.get((kind, link.role))
    if actions is None:
        return
    main = draft.mains[link.target]
    on = main["execution_arn"] if kind == "websocket_api" else main["arn"]
    resource = f"${{{on.text}}}/*" if kind in ("s3_bucket", "websocket_api") else ""
    draft.role(source, principal)
    draft.allow(source, list(actions), Raw(f'"{resource}"') if resource else on)


def _lost(draft: Draft, source: str, main: Resource, link: Link) -> None:
    if main.type == "aws_lambda_function" and link.target in draft.mains:
        main.block("dead_letter_config").attributes["target_arn"] = draft.mains[link.target]["arn"]
        allow(draft, source, link, "lambda")


def _succeeded(draft: Draft, source: str, main: Resource, link: Link) -> None:
    config = draft.sheet.add(
        "aws_lambda_function_event_invoke_config", main.name, function_name=main["function_name"]
    )
    success = config.block("destination_config").block("on_success")
    success.attributes["destination"] = draft.mains[link.target]["arn"]


def _mounted(draft: Draft, main: Resource, system: Resource) -> None:
    if main.type != "aws_lambda_function" or any(n == "file_system_config" for n, _ in main.blocks):
        return
    point = draft.sheet.add("aws_efs_access_point", system.name, file_system_id=system["id"])
    mount = main.block("file_system_config")
    mount.attributes.update({"arn": point["arn"], "local_mount_path": "/mnt/files"})
