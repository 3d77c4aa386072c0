"""Tables that scale by the plugin serverless-dynamodb-autoscaling."""

from __future__ import annotations

import math

from apps.engine.formats.cloudformation.building import Written, ref, resource, text_of
from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.serverless.service import Service

_SCALING = "AWS::ApplicationAutoScaling"
# https://github.com/sbstjn/serverless-dynamodb-autoscaling#configuration
_MINIMUM, _MAXIMUM, _USAGE = 5, 200, 0.75


def add_capacities(service: Service) -> None:
    """Add what scales the tables of a service.

    Parameters
    ----------
    service : Service
        The service, to which scalable targets and their policies are added.
    """
    section = service.variables.at("custom.capacities")
    for entry in section.elements() if section is not None else ():
        tables = entry.get("table")
        for table in tables.elements() if tables is not None else ():
            for word in ("read", "write"):
                limits = entry.get(word)
                # Indexes scale apart from their table, and are no components.
                is_table = text_of(entry.get("indexOnly")) != "true"
                if limits is not None and is_table and text_of(table) in service.resources:
                    _scale(service, text_of(table), word.title(), limits)


def _scale(service: Service, table: str, word: str, limits: Node) -> None:
    target = f"{table}{word}ScalableTarget"
    bounds: dict[str, Written] = {
        "MinCapacity": limits.get("minimum") or _MINIMUM,
        "MaxCapacity": limits.get("maximum") or _MAXIMUM,
        "ResourceId": {"Fn::Join": ["/", ["table", ref(table)]]},
        "ScalableDimension": f"dynamodb:table:{word}CapacityUnits",
        "ServiceNamespace": "dynamodb",
    }
    service.add(target, resource(f"{_SCALING}::ScalableTarget", bounds), limits)
    metric: Written = {"PredefinedMetricType": f"DynamoDB{word}CapacityUtilization"}
    tracking: Written = {
        "PredefinedMetricSpecification": metric,
        "TargetValue": round(100 * _usage(limits)),
    }
    policy: dict[str, Written] = {
        "PolicyType": "TargetTrackingScaling",
        "ScalingTargetId": ref(target),
        "TargetTrackingScalingPolicyConfiguration": tracking,
    }
    name = f"{table}{word}ScalingPolicy"
    service.add(name, resource(f"{_SCALING}::ScalingPolicy", policy), limits)


def _usage(limits: Node) -> float:
    text = text_of(limits.get("usage"))
    try:
        value = float(text) if text else _USAGE
    except ValueError:
        return _USAGE
    return value if math.isfinite(value) else _USAGE
