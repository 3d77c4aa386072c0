"""A component → the resource of CloudFormation that has its settings, by the rows of its kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apps.engine.catalog import KINDS
from apps.engine.catalog.base import Property
from apps.engine.formats.cloudformation.kinds import TYPES
from apps.engine.graph import Component


def resource_of(component: Component) -> dict[str, Any] | None:
    """Return a resource with the settings of a component.

    Parameters
    ----------
    component : Component
        A component of a design.

    Returns
    -------
    dict or None
        Type and Properties; None for what has no type of its own, or needs more than settings.
    """
    kind = KINDS.get(component.kind)
    types = [
        type_
        for type_, name in TYPES.items()
        if name == component.kind and not type_.startswith("AWS::Serverless::")
    ]
    if kind is None or not types:
        return None
    said = {
        type_: list(_values(component, [row for row in kind.TEMPLATE if row.type == type_]))
        for type_ in types
    }
    # Of several types that which has words for most of the settings.
    type_ = max(types, key=lambda each: len(said[each]))
    properties: dict[str, Any] = {}
    for path, value in said[type_]:
        _put(properties, path.split("."), value)
    return {"Type": type_, "Properties": properties} if properties else {"Type": type_}


def _values(component: Component, rows: list[Property]) -> Iterator[tuple[str, Any]]:
    done = set()
    for row in rows:
        value = component.settings.get(row.setting)
        if not row.setting or value is None or row.setting in done:
            continue
        try:
            written = row.conversion.write(value)
            is_said = row.conversion.read(written) == value
        except (TypeError, ValueError, KeyError, AttributeError):
            continue
        if is_said and isinstance(written, str | int | float):
            done.add(row.setting)
            yield row.path, written


def _put(holder: dict[str, Any], path: list[str], value: Any) -> None:
    *ways, last = path
    for way in ways:
        holder = holder.setdefault(way, {})
        if not isinstance(holder, dict):
            return
    if not last.isdigit():
        holder[last] = value
