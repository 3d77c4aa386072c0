"""Where a template says between which bounds, and towards which use, a resource is scaled."""

from __future__ import annotations

from collections.abc import Sequence

from apps.engine.formats.cloudformation.nodes import Scalar
from apps.engine.formats.cloudformation.scaling import scaling_of
from apps.engine.formats.cloudformation.stack import Resource

_PATHS = (
    "MinCapacity",
    "MaxCapacity",
    "TargetTrackingScalingPolicyConfiguration.TargetValue",
)


def scaling_place(
    parts: Sequence[Resource], setting: str
) -> tuple[Resource, tuple[str, ...]] | None:
    """Return the property of a scalable target or policy that gives a setting.

    Parameters
    ----------
    parts : sequence of Resource
        The supporting resources of one component.
    setting : str
        Name of a field of its kind.

    Returns
    -------
    (Resource, tuple of str) or None
        Resource and path; None where none gives it.
    """
    said = next((each for each in scaling_of(parts) if each.setting == setting), None)
    if said is None:
        return None
    for part in parts:
        for path in _PATHS:
            node = part.get(path)
            if isinstance(node, Scalar) and node is said.place:
                return part, tuple(path.split("."))
    return None
