"""What a design was read from, and how far it has moved on since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from apps.designs.comparing import difference
from apps.designs.models import Design, Upload, Version
from apps.engine.formats.archive import unpack
from apps.engine.graph import Architecture


@dataclass(frozen=True, slots=True)
class Original:
    """An upload with its files, and the version that was read from it."""

    upload: Upload
    files: Mapping[str, bytes]
    read: Version


def original_of(design: Design) -> Original | None:
    """Return what the newest version of a design goes back to; None where it was drawn."""
    source_id = design.latest().source_id
    if source_id is None:
        return None
    # A restored version keeps its own upload, so this is not always the last one read.
    versions = design.versions.select_related("source").filter(source_id=source_id)
    read = versions.order_by("number")[0]
    upload = read.source
    if upload is None:
        raise ValueError("It was found by its source.")
    return Original(upload, unpack({upload.name: bytes(upload.content)}), read)


def changed_settings(before: Architecture, after: Architecture) -> dict[str, dict[str, Any]]:
    """Return the settings that differ, by component; None for those that are no longer set."""
    old = {component.id: component for component in before}
    found: dict[str, dict[str, Any]] = {}
    for component in after.modelled():
        was = old.get(component.id)
        if was is None or was.kind != component.kind:
            continue
        for name in {**was.settings, **component.settings}:
            value = component.settings.get(name)
            if value != was.settings.get(name):
                found.setdefault(component.id, {})[name] = value
    return found


def other_changes(before: Architecture, after: Architecture) -> list[str]:
    """Return what differs beside settings: components, names and links, a sentence each."""
    now = {component.id: component for component in after}
    components = tuple(
        replace(c, settings=now[c.id].settings) if c.id in now and now[c.id].kind == c.kind else c
        for c in before
    )
    return difference(replace(before, components=components), after)
