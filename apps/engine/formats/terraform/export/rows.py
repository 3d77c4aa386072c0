"""Which attributes of Terraform say something of a kind, those of its parts among them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from apps.engine.catalog.base import COUNT, NUMBER, Kind, Property

_STAGE = "aws_apigatewayv2_stage"
_METHODS = "aws_api_gateway_method_settings"
_PLAN = "aws_api_gateway_usage_plan"
_ROUTES = "default_route_settings.0"
# What stands in another resource than the component's own, for fields of these names.
ATTACHED = (
    Property(
        "aws_lambda_provisioned_concurrency_config",
        "provisioned_concurrent_executions",
        "provisioned_concurrency",
    ),
    Property(_STAGE, f"{_ROUTES}.throttling_rate_limit", "throttle_rate_rps"),
    Property(_STAGE, f"{_ROUTES}.throttling_burst_limit", "throttle_burst"),
    Property(_METHODS, "settings.0.throttling_rate_limit", "throttle_rate_rps"),
    Property(_METHODS, "settings.0.throttling_burst_limit", "throttle_burst"),
    Property(_PLAN, "throttle_settings.0.rate_limit", "throttle_rate_rps"),
    Property(_PLAN, "throttle_settings.0.burst_limit", "throttle_burst"),
    Property("aws_db_instance", "storage_type", "storage_type"),
    Property("aws_instance", "instance_type", "instance_type"),
    Property("aws_ecs_task_definition", "cpu", "cpu_units"),
    Property("aws_ecs_task_definition", "memory", "memory_mb"),
    Property("aws_ecs_task_definition", "ephemeral_storage.0.size_in_gib", "disk_gb"),
    Property("aws_ecs_task_definition", "runtime_platform.0.cpu_architecture", "architecture"),
    Property("aws_appautoscaling_target", "min_capacity", "minimum"),
    Property("aws_appautoscaling_target", "max_capacity", "maximum"),
    Property("aws_launch_template", "instance_type", "instance_type"),
)


def rows_for(kind: type[Kind], type_: str) -> Iterator[Property]:
    """Yield the attributes of a type that say something of a kind.

    Parameters
    ----------
    kind : type[Kind]
        A kind of the catalog.
    type_ : str
        A type of Terraform.

    Yields
    ------
    Property
        Those that can be written, in the order in which they are read.
    """
    fields = {item.name: str(item.type) for item in dataclasses.fields(kind)}
    for row in kind.TEMPLATE:
        if row.type == type_ and row.setting and row.path and not row.path.startswith("usage."):
            yield row
    for row in ATTACHED:
        if row.type == type_ and row.setting in fields:
            field = fields[row.setting]
            is_number = field.startswith(("int", "float"))
            number = COUNT if field.startswith("int") else NUMBER
            yield row._replace(conversion=number) if is_number else row
