"""A stage of Zappa's settings → the template of what Zappa makes for it."""

from __future__ import annotations

from apps.engine.formats.cloudformation.building import (
    Written,
    is_true,
    resource,
    text_of,
)
from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.cloudformation.nodes import MapNode, Node
from apps.engine.formats.zappa.events import add_events, keep_warm
from apps.engine.formats.zappa.fronts import add_fronts
from apps.engine.formats.zappa.stage import Stage
from apps.engine.formats.zappa.stages import chosen_stage

# https://github.com/zappa/Zappa#advanced-settings
DEFAULT_MEMORY_MB = 512
DEFAULT_TIMEOUT_S = 30


def translate(library: Library, document: Node) -> tuple[Node, Stage]:
    """Return the template of the stage that is read.

    Parameters
    ----------
    library : Library
        The files that came along, and the warnings so far.
    document : Node
        The root of the settings.

    Returns
    -------
    (Node, Stage)
        A template of CloudFormation and SAM, at the positions of the settings, and the stage.

    Raises
    ------
    UnreadableInput
        If there is no stage, or stages extend one another in a circle.
    """
    name, settings = chosen_stage(library, document)
    line = document.key_lines.get(name, settings.line) if isinstance(document, MapNode) else 1
    stage = Stage(library, name, settings, line)
    library.region = text_of(settings.get("aws_region")) or library.region
    library.warn(
        "Zappa's settings name no database, bucket or queue that the application uses; add them, "
        "or give their template too.",
        settings.at,
    )
    add_fronts(stage)
    add_events(stage)
    keep_warm(stage)
    _add_async(stage)
    properties = {
        **_size(stage),
        **_place(stage),
        "Policies": [*_policies(stage), *stage.policies],
        "FunctionUrlConfig": stage.url,
        "Events": dict(stage.events) or None,
    }
    stage.add(stage.function, resource("AWS::Serverless::Function", properties), settings)
    return stage.template(), stage


def _size(stage: Stage) -> dict[str, Written]:
    kept = stage.get("provisioned_concurrency")
    is_kept = text_of(kept) not in ("", "0")
    architecture = stage.get("architecture")
    snaps = text_of(stage.get("snap_start")) == "PublishedVersions"
    is_image = stage.get("docker_image_uri") is not None
    return {
        "FunctionName": stage.function_name or None,
        "Runtime": None if is_image else stage.get("runtime"),
        "PackageType": "Image" if is_image else None,
        "MemorySize": stage.get("memory_size") or DEFAULT_MEMORY_MB,
        "Timeout": stage.get("timeout_seconds") or DEFAULT_TIMEOUT_S,
        "Architectures": architecture.elements() if architecture is not None else None,
        "EphemeralStorage": stage.get("ephemeral_storage"),
        "SnapStart": {"ApplyOn": "PublishedVersions"} if snaps else None,
        "ReservedConcurrentExecutions": _number(stage.get("lambda_concurrency")),
        "AutoPublishAlias": "provisioned-concurrency" if is_kept else None,
        "ProvisionedConcurrencyConfig": (
            {"ProvisionedConcurrentExecutions": kept} if is_kept else None
        ),
        "Tracing": "Active" if is_true(stage.get("xray_tracing")) else None,
    }


def _number(node: Node | None) -> Node | None:
    return node if text_of(node) else None


def _place(stage: Stage) -> dict[str, Written]:
    vpc = stage.get("vpc_config")
    subnets = vpc.get("SubnetIds") if vpc is not None else None
    is_inside = subnets is not None and bool(subnets.elements())
    lost = stage.get("dead_letter_arn")
    variables: dict[str, Node] = {}
    for key in ("environment_variables", "aws_environment_variables"):
        section = stage.get(key)
        variables |= dict(section.pairs()) if section is not None else {}
    # Zappa's own role may do nearly everything, so it says nothing of what is called.
    role: Written = stage.get("role_arn") or f"{stage.name}-ZappaLambdaExecutionRole"
    return {
        "VpcConfig": vpc if is_inside else None,
        "FileSystemConfigs": stage.get("efs_config"),
        "KmsKeyArn": stage.get("aws_kms_key_arn"),
        "DeadLetterQueue": {"TargetArn": stage.named(lost)} if text_of(lost) else None,
        "Environment": {"Variables": variables} if variables else None,
        "Role": role,
    }


def _policies(stage: Stage) -> list[Written]:
    """Return what the settings allow beyond Zappa's own policy, and a policy in its place."""
    found: list[Written] = []
    more = stage.get("extra_permissions")
    if more is not None:
        found.append({"Statement": more.elements()})
    path = stage.get("attach_policy")
    if path is not None:
        policy = stage.library.include(text_of(path), path.at, "The policy of the function")
        if policy is not None:
            found.append(policy)
    return found


def _add_async(stage: Stage) -> None:
    """Add the topic and the table by which tasks run after the answer."""
    if text_of(stage.get("async_source")) == "sns":
        topic = stage.add_named("sns", f"{stage.function_name or stage.name}-zappa-async")
        stage.allow("sns:Publish", topic)
        stage.event("Async", "SNS", stage.settings, {"Topic": {"Ref": topic}})
    table = stage.get("async_response_table")
    if text_of(table):
        throughput: Written = {
            "ReadCapacityUnits": stage.get("async_response_table_read_capacity") or 1,
            "WriteCapacityUnits": stage.get("async_response_table_write_capacity") or 1,
        }
        body = {"TableName": table, "ProvisionedThroughput": throughput}
        id_ = f"{stage.prefix}AsyncTable"
        stage.add(id_, resource("AWS::DynamoDB::Table", body), table or stage.settings)
        stage.allow("dynamodb:PutItem", id_)
