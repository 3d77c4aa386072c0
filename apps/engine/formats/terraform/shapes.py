"""Properties that stand at another place in CloudFormation, by type."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from apps.engine.formats.cloudformation.nodes import (
    ListNode,
    MapNode,
    Node,
    Reference,
    Scalar,
    Symbol,
    references,
)

Properties = Mapping[str, Node]


def shaped(type_: str, properties: MapNode) -> MapNode:
    """Return the properties of a resource at the places where CloudFormation has them.

    Parameters
    ----------
    type_ : str
        A type of Terraform.
    properties : MapNode
        With the names of CloudFormation already.

    Returns
    -------
    MapNode
        The same values.
    """
    shape = _SHAPES.get(type_)
    if shape is None:
        return properties
    return MapNode(properties.file, properties.line, shape(properties), properties.key_lines)


def _map(at: Node, entries: Mapping[str, Node]) -> MapNode:
    return MapNode(at.file, at.line, entries)


def _below(key: str) -> Callable[[MapNode], Properties]:
    """Return a shape that puts all properties under a key, the names of others excepted."""
    return lambda node: {key: node}


def _integration(node: MapNode) -> Properties:
    outer = {"RestApiId", "ResourceId", "HttpMethod"}
    inner = {key: value for key, value in node.pairs() if key not in outer}
    kept = {key: value for key, value in node.pairs() if key in outer}
    return {**kept, "Integration": _map(node, inner)}


def _method_settings(node: MapNode) -> Properties:
    settings = node.get("Settings")
    path = node.get("MethodPath")
    if not isinstance(settings, MapNode) or path is None or path.text() not in ("*/*", "*"):
        return node.entries
    return {**node.entries, "MethodSettings": ListNode(node.file, node.line, (settings,))}


def _bucket(node: MapNode) -> Properties:
    told = node.get("Notification")
    sections: dict[str, Node] = {}
    names = (("LambdaFunction", "Lambda", "Function"), ("Queue", "Queue", "Queue"))
    for name, section, key in (*names, ("Topic", "Topic", "Topic")):
        found = told.get(name) if told is not None else None
        entries = [
            _map(entry, {key: arn})
            for entry in (found.elements() if found is not None else ())
            if (arn := entry.get(f"{name}Arn")) is not None
        ]
        if entries:
            sections[f"{section}Configurations"] = ListNode(node.file, node.line, tuple(entries))
    bridge = told.get("Eventbridge") if told is not None else None
    if bridge is not None and bridge.text() == "true":
        sections["EventBridgeConfiguration"] = _map(bridge, {})
    found_any = {"NotificationConfiguration": _map(told or node, sections)} if sections else {}
    return {**node.entries, **found_any}


def _rule(node: MapNode) -> Properties:
    """Say in CloudFormation's way that a rule is off."""
    is_off = any(
        value is not None and value.text() == text
        for value, text in ((node.get("IsEnabled"), "false"), (node.get("State"), "DISABLED"))
    )
    state = {"State": Scalar(node.file, node.line, "DISABLED")} if is_off else {}
    return {**node.entries, **state}


def _parameters(node: MapNode) -> Properties:
    """Return a parameter group with its parameters by name."""
    found = node.get("Parameter")
    entries: dict[str, Node] = {}
    for entry in found.elements() if found is not None else ():
        name, value = entry.get("Name"), entry.get("Value")
        if name is not None and value is not None:
            entries[name.text()] = value
    return {**node.entries, "Parameters": _map(node, entries)}


def _backup_plan(node: MapNode) -> Properties:
    """Rules are a list, one of them too."""
    found = node.get("BackupPlanRule")
    rules = ListNode(node.file, node.line, found.elements() if found is not None else ())
    return {**node.entries, "BackupPlan": _map(node, {**node.entries, "BackupPlanRule": rules})}


def _iot(node: MapNode) -> Properties:
    own = {"Name", "Enabled", "Sql", "SqlVersion", "Description", "ErrorAction", "Tags"}
    actions = tuple(_map(value, {key: value}) for key, value in node.pairs() if key not in own)
    payload: dict[str, Node] = {"Actions": ListNode(node.file, node.line, actions)}
    error = node.get("ErrorAction")
    if error is not None:
        payload["ErrorAction"] = error
    return {"TopicRulePayload": _map(node, payload)}


def _distribution(node: MapNode) -> Properties:
    return {"DistributionConfig": node}


def _table(node: MapNode) -> Properties:
    stream = node.get("KinesisStreaming.StreamArn")
    if stream is None:
        return node.entries
    return {**node.entries, "KinesisStreamSpecification": _map(node, {"StreamArn": stream})}


def _policy(node: MapNode) -> Properties:
    """Scaling policies name their target by its id as well."""
    found = node.get("ResourceId")
    return {**node.entries, "ScalingTargetId": found} if found is not None else node.entries


def _secret_version(node: MapNode) -> Properties:
    """Return which database a secret opens; never what is in it."""
    inside = tuple(
        dict.fromkeys(
            Reference(reference.name, "", reference.target)
            for reference, _ in references(node.get("SecretString"))
            if reference.target
        )
    )
    secret = node.get("SecretId")
    entries: dict[str, Node] = {"SecretId": secret} if secret is not None else {}
    if inside:
        entries["TargetId"] = Symbol(node.file, node.line, inside)
    return entries


def _task(node: MapNode) -> Properties:
    """Containers are a list, one of them too."""
    found = node.get("ContainerDefinitions")
    if found is None:
        return node.entries
    items = ListNode(node.file, node.line, found.elements())
    return {**node.entries, "ContainerDefinitions": items}


_SHAPES: dict[str, Callable[[MapNode], Properties]] = {
    "aws_backup_plan": _backup_plan,
    "aws_backup_selection": lambda node: {**node.entries, "BackupSelection": node},
    "aws_api_gateway_integration": _integration,
    "aws_api_gateway_method_settings": _method_settings,
    "aws_appautoscaling_policy": _policy,
    "aws_cloudfront_distribution": _distribution,
    "aws_cloudwatch_event_rule": _rule,
    "aws_db_parameter_group": _parameters,
    "aws_docdb_cluster_parameter_group": _parameters,
    "aws_dynamodb_table": _table,
    "aws_ecs_task_definition": _task,
    "aws_elasticache_parameter_group": _parameters,
    "aws_iot_topic_rule": _iot,
    "aws_launch_template": _below("LaunchTemplateData"),
    "aws_rds_cluster_parameter_group": _parameters,
    "aws_s3_bucket": _bucket,
    "aws_secretsmanager_secret_version": _secret_version,
}
