"""Application Auto Scaling: between which bounds, and towards which use, a resource is scaled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from apps.engine.formats.cloudformation.nodes import Node, Scalar, references
from apps.engine.formats.cloudformation.stack import Resource

TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
_CONFIG = "TargetTrackingScalingPolicyConfiguration"


class Said(NamedTuple):
    """One setting that a target or a policy gives, and the node that gives it."""

    setting: str
    value: float
    place: Node


# By dimension of a target, and by metric of a policy: what the settings begin with.
DIMENSIONS: Mapping[str, str] = {
    "dynamodb:table:ReadCapacityUnits": "read",
    "dynamodb:table:WriteCapacityUnits": "write",
}
METRICS: Mapping[str, str] = {
    "DynamoDBReadCapacityUtilization": "read",
    "DynamoDBWriteCapacityUtilization": "write",
}


def scaling_of(parts: Sequence[Resource]) -> Iterator[Said]:
    """Yield what scalable targets and their policies say, by the name of the setting.

    Parameters
    ----------
    parts : sequence of Resource
        The supporting resources of one component.

    Yields
    ------
    Said
        Minimum and maximum [units/s], and target [%].
    """
    dimensions = {part.id: DIMENSIONS.get(part.text("ScalableDimension"), "") for part in parts}
    for part in parts:
        if part.type == TARGET and dimensions[part.id]:
            yield from _bounds(part, dimensions[part.id])
        elif part.type == POLICY:
            word = METRICS.get(
                part.text(f"{_CONFIG}.PredefinedMetricSpecification.PredefinedMetricType"), ""
            )
            scaled = [dimensions.get(t, "") for t in _named(part.get("ScalingTargetId"))]
            # A policy of an index has the same metric as one of its table.
            is_other = bool(scaled) and word not in scaled
            node = part.get(f"{_CONFIG}.TargetValue")
            if word and not is_other and isinstance(node, Scalar):
                yield Said(f"{word}_target_percent", float(node.text()), node)


def _bounds(target: Resource, word: str) -> Iterator[Said]:
    for name, setting in (("MinCapacity", "minimum"), ("MaxCapacity", "maximum")):
        node = target.get(name)
        if isinstance(node, Scalar):
            yield Said(f"{word}_{setting}", float(int(float(node.text()))), node)


def _named(node: Node | None) -> list[str]:
    return [reference.target for reference, _ in references(node) if reference.target]
