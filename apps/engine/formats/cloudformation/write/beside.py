"""What of scaling belongs into the lines of a template that was read, and what beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from apps.engine.formats.cloudformation.write.decisions import FIXED, Decision, InvalidDecision
from apps.engine.formats.cloudformation.write.scaling import Changes, settings_of
from apps.engine.graph import Architecture

# What stands in the resource itself although a policy of its own scales it, by kind.
_OWN: Mapping[str, frozenset[str]] = {
    "auto_scaling_group": frozenset({"minimum", "maximum"}),
    "dynamodb_table": frozenset({"billing_mode", "read_capacity", "write_capacity"}),
    "keyspaces_table": frozenset({"billing_mode", "read_capacity", "write_capacity"}),
    "lambda_function": frozenset({"provisioned_concurrency"}),
}


def parted(
    design: Architecture, decisions: Iterable[Decision]
) -> tuple[Changes, tuple[Decision, ...]]:
    """Part decisions into settings of a template that was read and a stack beside it.

    Parameters
    ----------
    design : Architecture
        What the template says.
    decisions : iterable of Decision
        What was decided.

    Returns
    -------
    changes : mapping of str to mapping
        Settings to change in the template, by component id.
    beside : tuple of Decision
        What is scaled by a stack of its own: nothing that the template scales already.

    Raises
    ------
    InvalidDecision
        If one has no place in either.
    """
    changes: dict[str, dict[str, Any]] = {}
    beside: list[Decision] = []
    for decision in decisions:
        component = design.component(decision.component)
        found: Mapping[str, Any] = settings_of(design, [decision]).get(component.id, {})
        is_fixed = decision.dimension in FIXED.get(component.kind, {})
        if is_fixed and not found:
            raise InvalidDecision(
                f"{component.id}: '{decision.dimension}' stands where its messages are taken; set "
                f"ScalingConfig.MaximumConcurrency: {decision.maximum:g} there."
            )
        if not is_fixed and not _is_scaled(component.settings, decision):
            beside.append(decision)
            own = _OWN.get(component.kind, frozenset())
            found = {name: value for name, value in found.items() if name in own}
        elif decision.schedules:
            raise InvalidDecision(
                f"{component.id}: the template scales it already; add the schedules to its target."
            )
        changes.setdefault(component.id, {}).update(found)
    return {id_: found for id_, found in changes.items() if found}, tuple(beside)


def _is_scaled(settings: Mapping[str, Any], decision: Decision) -> bool:
    """Say whether the template scales this dimension itself."""
    if decision.dimension in ("tasks", "instances"):
        return bool(settings.get("scales"))
    return settings.get(f"{decision.dimension}_maximum") is not None
