"""Decisions of scaling as resources: targets and policies of AWS, in a template or beside it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from apps.engine.formats.cloudformation.scaling import POLICY, TARGET
from apps.engine.formats.cloudformation.write.decisions import (
    FIXED,
    Decision,
    InvalidDecision,
    Turn,
    options_of,
)
from apps.engine.formats.cloudformation.write.values import Properties, Value, ref, sub
from apps.engine.graph import Architecture

Changes = Mapping[str, Mapping[str, Any]]
# By kind: what AWS's automatic scaling calls a resource; the names in it are replaced.
RESOURCE_IDS = {
    "aurora_cluster": "cluster:{name}",
    "dynamodb_table": "table/{name}",
    "ecs_service": "service/{cluster}/{service}",
    "elasticache_cluster": "replication-group/{name}",
    "keyspaces_table": "keyspace/{keyspace}/table/{table}",
    "lambda_function": "function:{name}:{alias}",
    "msk_cluster": "{name}",
}
_GROUP = "auto_scaling_group"
_DAILY = re.compile(r"cron\((\d+) (\d+) \* \* \? \*\)")
# A broker's disk never shrinks.
_GROWS_ONLY = frozenset({"storage"})
# What AWS measures as a share of one, and the others in percent.
_IN_SHARES = frozenset({"provisioned"})


class Resource(NamedTuple):
    """A resource to add: its logical id, its body, and the component that it scales."""

    id: str
    body: Properties
    component: str


# The names in a resource's id, by component: those of the template itself, or parameters.
Names = Callable[[str], Mapping[str, str]]


def settings_of(design: Architecture, decisions: Iterable[Decision]) -> Changes:
    """Return the decisions that are settings of the components themselves.

    Parameters
    ----------
    design : Architecture
        The design that they are about.
    decisions : iterable of Decision
        What was decided.

    Returns
    -------
    mapping of str to mapping
        Settings by component id: concurrency, capacity, the mode of a table, bounds of a group.
    """
    changes: dict[str, dict[str, Any]] = {}
    for decision in decisions:
        kind = design.component(decision.component).kind
        found = _settings(kind, decision)
        if found:
            changes.setdefault(decision.component, {}).update(found)
    return changes


def _settings(kind: str, decision: Decision) -> dict[str, Any]:
    least, most = decision.minimum, decision.maximum
    match kind, decision.dimension:
        case "lambda_function", "reserved":
            return {"reserved_concurrency": int(most)}
        case "lambda_function", "provisioned":
            return {"provisioned_concurrency": max(1, int(least))}
        case "dynamodb_table", "mode":
            return {"billing_mode": decision.mode}
        case "dynamodb_table", word:
            return {
                "billing_mode": "PROVISIONED",
                f"{word}_minimum": int(least),
                f"{word}_maximum": int(most),
                f"{word}_target_percent": decision.target,
                f"{word}_capacity": int(least),
            }
        case "keyspaces_table", word:
            return {"billing_mode": "PROVISIONED", f"{word}_capacity": int(least)}
        case "aurora_cluster", "acu":
            return {"min_acu": least, "max_acu": most}
        case (("ecs_service" | "auto_scaling_group"), _):
            bounds = {"minimum": int(least), "maximum": int(most), "scales": True}
            return bounds | {"target_percent": decision.target}
    return {}


def scaling_resources(
    design: Architecture, decisions: Iterable[Decision], names: Names, ids: Mapping[str, str]
) -> list[Resource]:
    """Return the targets and policies that AWS scales by.

    Parameters
    ----------
    design : Architecture
        The design that the decisions are about.
    decisions : iterable of Decision
        What was decided; what is a setting of a component is not written here.
    names : callable
        Gives the names that stand in the id of a component's resource: texts for `!Sub`.
    ids : mapping of str to str
        What the logical ids begin with, by component id.

    Returns
    -------
    list of Resource
        A target before its policy.

    Raises
    ------
    InvalidDecision
        If a schedule is of a form that AWS does not take there.
    """
    found: list[Resource] = []
    for decision in decisions:
        kind = design.component(decision.component).kind
        if decision.dimension in FIXED.get(kind, {}):
            continue
        stem = f"{ids[decision.component]}{decision.dimension.capitalize()}"
        if kind == _GROUP:
            found += _of_group(decision, stem, names(decision.component)["name"])
        else:
            found += _of_target(kind, decision, stem, names(decision.component))
    return found


def _of_target(
    kind: str, decision: Decision, stem: str, names: Mapping[str, str]
) -> list[Resource]:
    option = options_of(kind)[decision.dimension]
    target: Properties = {
        "ServiceNamespace": option.namespace,
        "ScalableDimension": option.dimension,
        "ResourceId": _sub(RESOURCE_IDS[kind].format(**names)),
        "MinCapacity": int(decision.minimum),
        "MaxCapacity": int(decision.maximum),
    }
    if decision.schedules:
        numbered = enumerate(decision.schedules, start=1)
        target["ScheduledActions"] = [_action(turn, number) for number, turn in numbered]
    tracked: Properties = {
        "PredefinedMetricSpecification": {"PredefinedMetricType": option.metric},
        "TargetValue": _target_value(decision),
    }
    if decision.dimension in _GROWS_ONLY:
        tracked["DisableScaleIn"] = True
    if decision.pause_s is not None:
        tracked["ScaleInCooldown"] = int(decision.pause_s)
    policy = {
        "PolicyName": sub(f"${{AWS::StackName}}-{stem}"),
        "PolicyType": "TargetTrackingScaling",
        "ScalingTargetId": ref(f"{stem}Target"),
        "TargetTrackingScalingPolicyConfiguration": tracked,
    }
    return [
        Resource(f"{stem}Target", {"Type": TARGET, "Properties": target}, decision.component),
        Resource(f"{stem}Policy", {"Type": POLICY, "Properties": policy}, decision.component),
    ]


def _target_value(decision: Decision) -> float:
    in_shares = decision.dimension in _IN_SHARES
    return round(decision.target / 100.0, 4) if in_shares else decision.target


def _sub(text: str) -> Value:
    name = re.fullmatch(r"\$\{(\w+)\}", text)
    if name is not None:
        return ref(name[1])
    return sub(text) if "${" in text else text


def _action(turn: Turn, number: int) -> Properties:
    action: Properties = {
        "ScheduledActionName": f"turn-{number}",
        "Schedule": turn.at,
        "ScalableTargetAction": {"MinCapacity": turn.minimum, "MaxCapacity": turn.maximum},
    }
    return action | ({"Timezone": turn.zone} if turn.zone else {})


def _of_group(decision: Decision, stem: str, name: str) -> list[Resource]:
    """Return the policy of a group of instances, which scales itself."""
    group = _sub(name)
    tracked = {
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
        "TargetValue": decision.target,
    }
    policy = {
        "AutoScalingGroupName": group,
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingConfiguration": tracked,
    }
    body = {"Type": "AWS::AutoScaling::ScalingPolicy", "Properties": policy}
    # AWS refuses a policy for a group that cannot grow.
    can_grow = decision.maximum > decision.minimum
    found = [Resource(f"{stem}Policy", body, decision.component)] if can_grow else []
    for number, turn in enumerate(decision.schedules, start=1):
        properties = {
            "AutoScalingGroupName": group,
            "MinSize": turn.minimum,
            "MaxSize": turn.maximum,
            "Recurrence": _recurrence(decision.component, turn),
        }
        if turn.zone:
            properties["TimeZone"] = turn.zone
        body = {"Type": "AWS::AutoScaling::ScheduledAction", "Properties": properties}
        found.append(Resource(f"{stem}Turn{number}", body, decision.component))
    return found


def _recurrence(component: str, turn: Turn) -> str:
    """Return a time of every day as groups of instances write it."""
    match = _DAILY.fullmatch(turn.at)
    if match is None:
        raise InvalidDecision(
            f"{component}: a group of instances is turned at a time of day, such as 07:30, not "
            f"'{turn.at}'."
        )
    return f"{match[1]} {match[2]} * * *"


def at_once(decisions: Iterable[Decision]) -> dict[str, int]:
    """Return how many consumers of each queue may run at a time.

    Parameters
    ----------
    decisions : iterable of Decision
        What was decided.

    Returns
    -------
    dict of str to int
        By the id of the queue, for every function that takes from it.
    """
    return {
        decision.component: math.floor(decision.maximum)
        for decision in decisions
        if decision.dimension == "consumers"
    }
