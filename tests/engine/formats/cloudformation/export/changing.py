"""Changing settings of a template that a test writes inline."""

from __future__ import annotations

import dataclasses
import difflib
import textwrap
from typing import Any

from apps.engine.catalog import KINDS, build
from apps.engine.catalog.base import Kind
from apps.engine.formats.cloudformation import read_templates
from apps.engine.formats.cloudformation.export import Export, export_templates
from apps.engine.formats.cloudformation.export.check import with_changes
from apps.engine.graph import Architecture

NAME = "template.yaml"


def changed(text: str | bytes, component: str, **settings: Any) -> str:
    """Return the text of a template with settings of one component changed."""
    export = exported(text, {component: settings})
    assert export.refused == ()
    return export.files[NAME].decode()


def exported(text: str | bytes, changes: dict[str, dict[str, Any]], **others: str) -> Export:
    """Return an export; `others` are files beside the template, `_` for a dot."""
    data = text if isinstance(text, bytes) else textwrap.dedent(text).encode()
    files = {NAME: data}
    for name, body in others.items():
        files[name.replace("_", ".")] = textwrap.dedent(body).encode()
    return export_templates(files, changes)


def lines(before: str | bytes, after: str) -> list[str]:
    """Return the lines that differ, `-` for those that went and `+` for those that came."""
    old = before.decode() if isinstance(before, bytes) else textwrap.dedent(before)
    compared = difflib.unified_diff(old.split("\n"), after.split("\n"), n=0, lineterm="")
    return [line for line in compared if line[0] in "+-" and not line.startswith(("+++", "---"))]


def refusal(text: str, component: str, **settings: Any) -> str:
    """Return the sentence by which one change is refused; the template stays as it is."""
    export = exported(text, {component: settings})
    assert export.files[NAME] == textwrap.dedent(text).encode()
    (sentence,) = export.refused
    return sentence


def says_the_changes(before: Architecture, export: Export, changes: dict[str, Any]) -> bool:
    """Say whether what reads an export finds the changes, and nothing else anew."""
    wanted, found = with_changes(before, changes), read_templates(export.files)
    same = [build(c) if c.is_modelled else c.settings for c in wanted]
    read = [build(c) if c.is_modelled else c.settings for c in found]
    links = {(link.key, link.mode, link.calls) for link in wanted.links}
    return same == read and links == {(link.key, link.mode, link.calls) for link in found.links}


def another(kind: type[Kind], name: str, old: Any) -> Any:
    """Return another value that AWS takes for a setting; None where a test cannot think of one."""
    item = next(item for item in dataclasses.fields(kind) if item.name == name)
    low, high = item.metadata.get("low"), item.metadata.get("high")
    choices = [choice for choice in item.metadata.get("choices", ()) if choice not in (old, "")]
    if choices:
        return choices[0]
    type_ = str(item.type)
    if type_.startswith("bool"):
        return not old
    if not type_.startswith(("int", "float")):
        return None
    value = (old or low or 0) + 7
    if high is not None and value > high:
        value = (old or low or 0) - 1
    return float(value) if type_.startswith("float") else int(value)


def every_change(design: Architecture) -> list[tuple[str, str, Any]]:
    """Return another value for each setting of each component."""
    found = []
    for component in design.modelled():
        kind, now = KINDS[component.kind], build(component)
        for item in dataclasses.fields(kind):
            value = another(kind, item.name, getattr(now, item.name))
            if value is not None:
                found.append((component.id, item.name, value))
    return found
