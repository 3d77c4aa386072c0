"""The resource of Terraform that each kind is written as, with what AWS asks of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from apps.engine.catalog import build
from apps.engine.formats.terraform.export.drafting import Draft
from apps.engine.formats.terraform.export.more_kinds import MORE, subnets
from apps.engine.formats.terraform.export.sheet import Raw, Resource, Value
from apps.engine.graph import Component

NAME = Raw("")
_PASSWORD: dict[str, Value] = {
    "master_username": "headroom",
    "manage_master_user_password": True,
    "skip_final_snapshot": True,
}
# The type, and what it needs beside its settings; NAME stands for the name of the component.
MAINS: Mapping[str, tuple[str, Mapping[str, Value]]] = {
    "alarm": (
        "aws_cloudwatch_metric_alarm",
        {
            "alarm_name": NAME,
            "comparison_operator": "GreaterThanThreshold",
            "evaluation_periods": 1,
            "metric_name": "Errors",
            "namespace": "AWS/Lambda",
            "statistic": "Sum",
            "threshold": 1,
        },
    ),
    "appsync_api": ("aws_appsync_graphql_api", {"name": NAME, "authentication_type": "API_KEY"}),
    "aurora_cluster": ("aws_rds_cluster", _PASSWORD),
    "cloudfront_function": (
        "aws_cloudfront_function",
        {"name": NAME, "runtime": "cloudfront-js-2.0", "code": "function handler(event) {}"},
    ),
    "cognito_user_pool": ("aws_cognito_user_pool", {"name": NAME}),
    "dax_cluster": (
        "aws_dax_cluster",
        {"cluster_name": NAME, "iam_role_arn": "arn:aws:iam::1:role/x"},
    ),
    "documentdb_cluster": ("aws_docdb_cluster", {"master_username": "headroom"}),
    "efs_file_system": ("aws_efs_file_system", {}),
    "emr_cluster": (
        "aws_emr_cluster",
        {"name": NAME, "release_label": "emr-7.5.0", "applications": ["HBase"]},
    ),
    "event_bus": ("aws_cloudwatch_event_bus", {"name": NAME}),
    "http_api": ("aws_apigatewayv2_api", {"name": NAME, "protocol_type": "HTTP"}),
    "keyspaces_table": (
        "aws_keyspaces_table",
        {"keyspace_name": "main", "table_name": NAME},
    ),
    "kinesis_stream": ("aws_kinesis_stream", {"name": NAME}),
    "kms_key": ("aws_kms_key", {}),
    "load_balancer": ("aws_lb", {"name": NAME}),
    "log_group": ("aws_cloudwatch_log_group", {"name": NAME}),
    "nat_gateway": ("aws_nat_gateway", {"subnet_id": "subnet-1"}),
    "opensearch_collection": ("aws_opensearchserverless_collection", {"name": NAME}),
    "opensearch_domain": ("aws_opensearch_domain", {"domain_name": NAME}),
    "rds_instance": (
        "aws_db_instance",
        {
            "username": "headroom",
            "manage_master_user_password": True,
            "skip_final_snapshot": True,
        },
    ),
    "rest_api": ("aws_api_gateway_rest_api", {"name": NAME}),
    "s3_bucket": ("aws_s3_bucket", {}),
    "secret": ("aws_secretsmanager_secret", {"name": NAME}),
    "sns_topic": ("aws_sns_topic", {"name": NAME}),
    "sqs_queue": ("aws_sqs_queue", {"name": NAME}),
    "ssm_parameter": ("aws_ssm_parameter", {"name": NAME, "type": "String", "value": "-"}),
    "websocket_api": (
        "aws_apigatewayv2_api",
        {
            "name": NAME,
            "protocol_type": "WEBSOCKET",
            "route_selection_expression": "$request.body.action",
        },
    ),
}


def main_resource(draft: Draft, component: Component) -> Resource | None:
    """Return the resource that a component is written as.

    Parameters
    ----------
    draft : Draft
        The module.
    component : Component
        A component that has a kind.

    Returns
    -------
    Resource or None
        None for what has no resource of its own here.
    """
    special = _SPECIAL.get(component.kind) or MORE.get(component.kind)
    if special is not None:
        return special(draft, component)
    known = MAINS.get(component.kind)
    if known is None:
        return None
    type_, needs = known
    return _plain(draft, component, type_, needs)


def _plain(draft: Draft, component: Component, type_: str, needs: Mapping[str, Value]) -> Resource:
    name = draft.word(component)
    shown = name.replace("_", "-")
    given = {key: shown if value is NAME else value for key, value in needs.items()}
    return draft.sheet.add(type_, name, **given)


def _setting(component: Component, name: str) -> Any:
    return getattr(build(component), name)


def _function(draft: Draft, component: Component) -> Resource:
    name = draft.word(component)
    is_edge = component.kind == "edge_function"
    role = draft.role(component.id, "lambda")
    found = draft.sheet.add(
        "aws_lambda_function",
        name,
        function_name=name,
        role=role,
        handler="index.handler",
        runtime=str(component.settings.get("runtime") or "python3.13"),
        filename=f"build/{name}.zip",
    )
    if is_edge:
        found.attributes["publish"] = True
    if component.settings.get("is_in_vpc"):
        network = found.block("vpc_config")
        network.attributes["subnet_ids"] = subnets(draft)
        network.attributes["security_group_ids"] = draft.sheet.variable(
            "security_group_ids", "list(string)", "Security groups of functions."
        )
    _provisioned(draft, found, component.settings.get("provisioned_concurrency"))
    return found


def _provisioned(draft: Draft, function: Resource, count: Any) -> None:
    if count:
        function.attributes["publish"] = True
        draft.sheet.add(
            "aws_lambda_provisioned_concurrency_config",
            function.name,
            function_name=function["function_name"],
            provisioned_concurrent_executions=int(count),
            qualifier=function["version"],
        )


def _table(draft: Draft, component: Component) -> Resource:
    name = draft.word(component)
    found = draft.sheet.add("aws_dynamodb_table", name, name=name, hash_key="id")
    mode = _setting(component, "billing_mode")
    found.attributes["billing_mode"] = mode
    found.block("attribute").attributes.update({"name": "id", "type": "S"})
    if _setting(component, "has_stream"):
        found.attributes["stream_enabled"] = True
        found.attributes["stream_view_type"] = "NEW_AND_OLD_IMAGES"
    return found


def _queue(draft: Draft, component: Component) -> Resource:
    found = _plain(draft, component, "aws_sqs_queue", {"name": NAME})
    return _fifo(found, component)


def _fifo(found: Resource, component: Component) -> Resource:
    if component.settings.get("is_fifo"):  # AWS asks for names with this ending.
        found.attributes["name"] = f"{found.attributes['name']}.fifo"
    return found


def _topic(draft: Draft, component: Component) -> Resource:
    return _fifo(_plain(draft, component, "aws_sns_topic", {"name": NAME}), component)


def _schedule(draft: Draft, component: Component) -> Resource:
    name = draft.word(component)
    if not _setting(component, "is_scheduler"):
        return draft.sheet.add("aws_cloudwatch_event_rule", name, name=name)
    found = draft.sheet.add("aws_scheduler_schedule", name, name=name)
    found.block("flexible_time_window").attributes["mode"] = "OFF"
    return found


def _machine(draft: Draft, component: Component) -> Resource:
    name = draft.word(component)
    return draft.sheet.add(
        "aws_sfn_state_machine", name, name=name, role_arn=draft.role(component.id, "states")
    )


def _pipe(draft: Draft, component: Component) -> Resource:
    name = draft.word(component)
    return draft.sheet.add(
        "aws_pipes_pipe", name, name=name, role_arn=draft.role(component.id, "pipes")
    )


def _delivery(draft: Draft, component: Component) -> Resource:
    name = draft.word(component)
    return draft.sheet.add(
        "aws_kinesis_firehose_delivery_stream", name, name=name, destination="extended_s3"
    )


def _url(draft: Draft, component: Component) -> Resource:
    name = draft.word(component)
    return draft.sheet.add("aws_lambda_function_url", name, authorization_type="NONE")


def _distribution(draft: Draft, component: Component) -> Resource:
    name = draft.word(component)
    return draft.sheet.add("aws_cloudfront_distribution", name, enabled=True)


def _proxy(draft: Draft, component: Component) -> Resource:
    name = draft.word(component)
    return draft.sheet.add(
        "aws_db_proxy",
        name,
        name=name.replace("_", "-"),
        engine_family="POSTGRESQL",
        role_arn=draft.role(component.id, "rds"),
        vpc_subnet_ids=subnets(draft),
    )


def _cluster(draft: Draft, component: Component) -> Resource:
    found = _plain(draft, component, "aws_rds_cluster", _PASSWORD)
    is_v2 = component.settings.get("max_acu") is not None
    draft.sheet.add(
        "aws_rds_cluster_instance",
        found.name,
        count=1 + int(_setting(component, "readers") or 0),
        cluster_identifier=found["id"],
        engine=found["engine"],
        instance_class="db.serverless"
        if is_v2
        else str(component.settings.get("instance_class") or "db.r7g.large"),
    )
    return found


_SPECIAL: Mapping[str, Callable[[Draft, Component], Resource | None]] = {
    "aurora_cluster": _cluster,
    "cloudfront_distribution": _distribution,
    "dynamodb_table": _table,
    "edge_function": _function,
    "firehose_stream": _delivery,
    "lambda_function": _function,
    "lambda_url": _url,
    "pipe": _pipe,
    "rds_proxy": _proxy,
    "schedule": _schedule,
    "sns_topic": _topic,
    "sqs_queue": _queue,
    "state_machine": _machine,
}
