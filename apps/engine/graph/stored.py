"""The parts of a graph as plain JSON, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from apps.engine.graph.parts import Component, InvalidArchitecture, Link, Mode, Source


def source_to_list(source: Source | None) -> list[str | int] | None:
    """Return where something was read as plain JSON.

    Parameters
    ----------
    source : Source or None
        A file and a line.

    Returns
    -------
    list or None
        File and line.
    """
    return None if source is None else [source.file, source.line]


def source_from_list(value: Any) -> Source | None:
    """Read what `source_to_list` wrote.

    Parameters
    ----------
    value : any
        File and line, or None.

    Returns
    -------
    Source or None
        Where something was read.
    """
    return None if value is None else Source(str(value[0]), int(value[1]))


def component_to_dict(component: Component) -> dict[str, Any]:
    """Return a component as plain JSON.

    Parameters
    ----------
    component : Component
        A component.

    Returns
    -------
    dict
        Its fields by name.
    """
    return {
        "id": component.id,
        "kind": component.kind,
        "name": component.name,
        "settings": dict(component.settings),
        "source": source_to_list(component.source),
    }


def component_from_dict(data: Mapping[str, Any]) -> Component:
    """Read what `component_to_dict` wrote.

    Parameters
    ----------
    data : mapping of str to any
        The fields of a component; id and kind must be there.

    Returns
    -------
    Component
        The component.
    """
    return Component(
        id=data["id"],
        kind=data["kind"],
        name=data.get("name", ""),
        settings=dict(data.get("settings", {})),
        source=source_from_list(data.get("source")),
    )


def link_to_dict(link: Link) -> dict[str, Any]:
    """Return a link as plain JSON.

    Parameters
    ----------
    link : Link
        A link.

    Returns
    -------
    dict
        Its fields by name.
    """
    return {
        "source": link.source,
        "target": link.target,
        "role": link.role,
        "mode": link.mode,
        "calls": link.calls,
        "settings": dict(link.settings),
        "origin": link.origin,
    }


def link_from_dict(data: Mapping[str, Any]) -> Link:
    """Read what `link_to_dict` wrote.

    Parameters
    ----------
    data : mapping of str to any
        The fields of a link; source, target and role must be there.

    Returns
    -------
    Link
        The link.

    Raises
    ------
    InvalidArchitecture
        If its mode is none of sync, async and stream.
    """
    mode = data.get("mode", "sync")
    if mode not in ("sync", "async", "stream"):
        raise InvalidArchitecture(f"A link is sync, async or stream, not '{mode}'.")
    return Link(
        source=data["source"],
        target=data["target"],
        role=data["role"],
        mode=cast("Mode", mode),
        calls=data.get("calls"),
        settings=dict(data.get("settings", {})),
        origin=data.get("origin", ""),
    )
