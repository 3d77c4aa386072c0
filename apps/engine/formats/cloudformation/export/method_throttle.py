"""Where a template says how many requests the stage of a REST API lets through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from apps.engine.catalog.base import Kind
from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.cloudformation.settings import (
    METHOD_SETTINGS,
    METHOD_TYPES,
    field_types,
)
from apps.engine.formats.cloudformation.stack import Resource

_EVERY = {"HttpMethod": "*", "ResourcePath": "/*"}


@dataclass(frozen=True, slots=True)
class MethodPlace:
    """The property of a stage, and what a new entry needs beside it."""

    resource: Resource
    path: tuple[str, ...]
    beside: Mapping[tuple[str, ...], str] = field(default_factory=dict)


def place(kind: type[Kind], resources: Sequence[Resource], setting: str) -> MethodPlace | None:
    """Return where the throttle of all methods stands, or would stand.

    Parameters
    ----------
    kind : type[Kind]
        The kind of the component.
    resources : sequence of Resource
        Its own resource and its parts.
    setting : str
        Name of a field of the kind.

    Returns
    -------
    MethodPlace or None
        None where no stage is written down, or its settings are for single methods only.
    """
    names = [name for name, said in METHOD_SETTINGS.items() if said == setting]
    stages = [resource for resource in resources if resource.type in METHOD_TYPES]
    if not names or setting not in field_types(kind) or not stages:
        return None
    for stage in stages:
        for number, entry in enumerate(_entries(stage)):
            if _is_for_all(entry):
                return MethodPlace(stage, ("MethodSettings", str(number), names[0]))
    if any(_entries(stage) for stage in stages):
        return None
    item: tuple[str, ...] = ("MethodSettings", "0")
    beside = {(*item, key): word for key, word in _EVERY.items()}
    return MethodPlace(stages[0], (*item, names[0]), beside)


def _entries(stage: Resource) -> tuple[Node, ...]:
    settings = stage.get("MethodSettings")
    return settings.elements() if settings is not None else ()


def _is_for_all(entry: Node) -> bool:
    texts = {node.text() for node in (entry.get(key) for key in _EVERY) if node is not None}
    return not texts - set(_EVERY.values())
