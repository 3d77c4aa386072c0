"""A function of a serverless.yml → a function of SAM, with the defaults of the framework."""

from __future__ import annotations

from collections.abc import Mapping

from apps.engine.formats.cloudformation.building import (
    Written,
    is_true,
    resource,
    text_of,
    written,
)
from apps.engine.formats.cloudformation.globals import merge
from apps.engine.formats.cloudformation.nodes import MapNode, Node
from apps.engine.formats.serverless import names
from apps.engine.formats.serverless.roles import policies, role
from apps.engine.formats.serverless.service import Function, Service

# https://www.serverless.com/framework/docs/providers/aws/guide/serverless.yml
DEFAULT_MEMORY_MB = 1024
DEFAULT_TIMEOUT_S = 6
FUNCTION = "AWS::Serverless::Function"


def add_function(service: Service, function: Function) -> None:
    """Add the resources that a function comes to.

    Parameters
    ----------
    service : Service
        The service, to which they are added.
    function : Function
        A function whose events are read already.
    """
    properties = {
        **_size(service, function),
        **_place(service, function),
        **_concurrency(function),
        **_failures(service, function),
        "FunctionUrlConfig": _url(function.get("url")),
        "Role": role(service, function),
        "Policies": policies(service, function),
        "Events": dict(function.events) or None,
    }
    service.add(function.id, resource(FUNCTION, properties), function.body, function.line)
    _log_group(service, function)


def _size(service: Service, function: Function) -> dict[str, Written]:
    architecture = service.default(function, "architecture")
    is_image = function.get("image") is not None
    snap = is_true(function.get("snapStart"))
    return {
        "FunctionName": _name(service, function),
        "Runtime": None if is_image else service.default(function, "runtime"),
        "PackageType": "Image" if is_image else None,
        "MemorySize": service.default(function, "memorySize") or DEFAULT_MEMORY_MB,
        "Timeout": service.default(function, "timeout") or DEFAULT_TIMEOUT_S,
        "Architectures": [architecture] if architecture is not None else None,
        "EphemeralStorage": _under("Size", function.get("ephemeralStorageSize")),
        "SnapStart": {"ApplyOn": "PublishedVersions"} if snap else None,
        "Tracing": _tracing(service.default(function, "tracing", "tracing.lambda")),
        "KmsKeyArn": service.default(function, "kmsKeyArn"),
    }


def _place(service: Service, function: Function) -> dict[str, Written]:
    vpc = service.default(function, "vpc")
    network: Written = None
    if isinstance(vpc, MapNode):
        network = {
            "SecurityGroupIds": vpc.get("securityGroupIds"),
            "SubnetIds": vpc.get("subnetIds"),
        }
    files = function.get("fileSystemConfig")
    mounts: Written = None
    if files is not None:
        mounts = [{"Arn": files.get("arn"), "LocalMountPath": files.get("localMountPath")}]
    return {
        "VpcConfig": network,
        "FileSystemConfigs": mounts,
        "Environment": _under("Variables", _environment(service, function)),
    }


def _environment(service: Service, function: Function) -> Node | None:
    common, own = service.provider.get("environment"), function.get("environment")
    return merge(common, own) if common is not None and own is not None else own or common


def _concurrency(function: Function) -> dict[str, Written]:
    kept = function.get("provisionedConcurrency")
    kept = (kept.get("executions") or kept) if kept is not None else None
    is_kept = text_of(kept) not in ("", "0")
    return {
        "ReservedConcurrentExecutions": function.get("reservedConcurrency"),
        "AutoPublishAlias": "provisioned" if is_kept else None,
        "ProvisionedConcurrencyConfig": (
            {"ProvisionedConcurrentExecutions": kept} if is_kept else None
        ),
    }


def _failures(service: Service, function: Function) -> dict[str, Written]:
    lost = function.get("onError")
    targets = {
        name: _destination(service, function.get(f"destinations.{key}"))
        for key, name in (("onSuccess", "OnSuccess"), ("onFailure", "OnFailure"))
    }
    invoke: Mapping[str, Written] = {
        "MaximumRetryAttempts": function.get("maximumRetryAttempts"),
        "MaximumEventAgeInSeconds": function.get("maximumEventAge"),
        "DestinationConfig": targets if any(targets.values()) else None,
    }
    has_invoke = any(value is not None for value in invoke.values())
    return {
        "DeadLetterQueue": _under("TargetArn", lost),
        "EventInvokeConfig": invoke if has_invoke else None,
    }


def _destination(service: Service, node: Node | None) -> Written:
    if node is None:
        return None
    arn = node.get("arn") or node
    return {"Destination": service.function_named(arn)}


def _url(node: Node | None) -> Written:
    if node is None or text_of(node) == "false":
        return None
    is_signed = text_of(node.get("authorizer")) == "aws_iam"
    streams = text_of(node.get("invokeMode")) == "RESPONSE_STREAM"
    streams = streams or text_of(node.get("invoke")) == "response_stream"
    return {
        "AuthType": "AWS_IAM" if is_signed else "NONE",
        "InvokeMode": "RESPONSE_STREAM" if streams else "BUFFERED",
    }


def _tracing(node: Node | None) -> Written:
    word = text_of(node)
    if word in ("", "false"):
        return None
    return "Active" if word in ("true", "Active") else "PassThrough"


def _name(service: Service, function: Function) -> Written:
    return function.get("name") or f"{service.name}-{service.stage}-{function.key}"


def _under(key: str, node: Node | None) -> Written:
    return {key: node} if node is not None else None


def _log_group(service: Service, function: Function) -> None:
    """Add the log group of a function where the file says how long it keeps its lines."""
    days = service.default(function, "logRetentionInDays")
    if days is None or is_true(function.get("disableLogs")):
        return
    name = text_of(written(function.body, _name(service, function)))
    properties: dict[str, Written] = {
        "LogGroupName": f"/aws/lambda/{name}",
        "RetentionInDays": days,
    }
    group = f"{names.normal(function.key)}LogGroup"
    service.add(group, resource("AWS::Logs::LogGroup", properties), days)
