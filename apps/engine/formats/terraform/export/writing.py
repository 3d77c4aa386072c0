"""A design, drawn or read from another format, as a module of Terraform."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from apps.engine.catalog import KINDS, build
from apps.engine.catalog.base import LENGTH, PRESENT, Kind, Property
from apps.engine.formats.cloudformation.export import Export
from apps.engine.formats.errors import UnreadableInput
from apps.engine.formats.terraform.configuration import read_configuration
from apps.engine.formats.terraform.export.drafting import Draft
from apps.engine.formats.terraform.export.kinds import main_resource
from apps.engine.formats.terraform.export.links import write_links
from apps.engine.formats.terraform.export.rows import rows_for
from apps.engine.formats.terraform.export.sheet import Resource
from apps.engine.graph import Architecture, Component

FILE = "main.tf"
# These only read that something stands there, or how much of it.
_READ_ONLY = (LENGTH, PRESENT)


def write_configuration(architecture: Architecture, name: str = "") -> Export:
    """Return a design as a module with its resources, links and roles.

    Parameters
    ----------
    architecture : Architecture
        The design.
    name : str, optional
        What it is called, for the first line.

    Returns
    -------
    Export
        One file in the style of `terraform fmt`. What has no place in it is told in the notes.
    """
    draft = Draft(architecture)
    for component in architecture.modelled():
        resource = main_resource(draft, component)
        if resource is not None:
            draft.mains[component.id] = resource
            _write_settings(component, resource)
    write_links(draft)
    draft.finish()
    text = draft.sheet.text(f"{name or 'A design'}, written by Headroom.")
    files = {FILE: text.encode()}
    notes = [*draft.notes, *_missing(architecture, draft, files)]
    return Export(files, tuple(dict.fromkeys(notes)))


def _write_settings(component: Component, resource: Resource) -> None:
    kind = KINDS[component.kind]
    built = build(component)
    written: set[str] = set()
    for row in rows_for(kind, resource.type):
        value = getattr(built, row.setting, None)
        implied = kind.IMPLIED.get(resource.type, {}).get(row.setting, value)
        is_asked = value is not None and (row.setting in component.settings or implied != value)
        if is_asked and row.setting not in written and not _is_there(resource, row.path):
            found = _written(row, value)
            if found is not None:
                resource.put(row.path, found)
                written.add(row.setting)


def _written(row: Property, value: Any) -> Any:
    """Return what an attribute holds for a setting, None where it would be read otherwise."""
    if row.conversion in _READ_ONLY:
        return None
    try:
        found = row.conversion.write(value)
        is_same = row.conversion.read(found) == value
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError):
        return None
    is_plain = isinstance(found, str | int | float | bool)
    return _plain(found) if is_same and is_plain else None


def _is_there(resource: Resource, path: str) -> bool:
    return path.split(".")[0] in resource.attributes


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _missing(asked: Architecture, draft: Draft, files: Mapping[str, bytes]) -> list[str]:
    """Return what of a design does not come back when the module is read again."""
    try:
        found = read_configuration(files)
    except UnreadableInput as error:
        return [f"What was written cannot be read: {error}"]
    ids = draft.addresses()
    read = {component.id: component for component in found}
    said = [
        f"{component.id} has no resource here; add it by hand."
        for component in asked
        if ids.get(component.id, component.id) not in read and component.kind != "account"
    ]
    for component in asked.modelled():
        other = read.get(ids.get(component.id, ""))
        if other is not None:
            said += _lost_settings(KINDS[component.kind], component, other)
    links = {(link.source, link.target) for link in found.links}
    said += [
        f"{link.source} → {link.target} ({link.role}) has no resource here; add it by hand."
        for link in asked.links
        if (ids.get(link.source, link.source), ids.get(link.target, link.target)) not in links
    ]
    return said


def _lost_settings(kind: type[Kind], component: Component, other: Component) -> list[str]:
    if other.kind != component.kind:
        return [f"{component.id} would be read as {KINDS[other.kind].label}."]
    one, two = build(component), build(other)
    names = (item.name for item in dataclasses.fields(kind))
    return [
        f"{name} of {component.id} is {getattr(one, name)}, which has no attribute here; "
        "set it by hand."
        for name in names
        if getattr(one, name) != getattr(two, name)
    ]
