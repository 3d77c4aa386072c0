"""Changes of an architecture, as pure functions."""

from __future__ import annotations

from dataclasses import replace

from apps.engine.catalog import KINDS
from apps.engine.catalog.base import Kind
from apps.engine.graph import Architecture, Component, Link, Mode


def free_id(architecture: Architecture, kind: str) -> str:
    """Return the id of the next component that is drawn: the kind with a number."""
    taken = {component.id for component in architecture}
    number = 1
    while f"{kind}-{number}" in taken:
        number += 1
    return f"{kind}-{number}"


def with_component(architecture: Architecture, component: Component) -> Architecture:
    """Return a copy with one more component. Raises InvalidArchitecture when the id is taken."""
    return replace(architecture, components=(*architecture.components, component))


def without_component(architecture: Architecture, component_id: str) -> Architecture:
    """Return a copy without a component and its links."""
    return replace(
        architecture,
        components=tuple(c for c in architecture.components if c.id != component_id),
        links=tuple(
            link for link in architecture.links if component_id not in (link.source, link.target)
        ),
    )


def with_link(
    architecture: Architecture, source: str, target: str, role: str, calls: float | None
) -> Architecture:
    """Return a copy with one more link.

    Raises
    ------
    InvalidArchitecture
        When the link is there already.
    KeyError
        When an end of it, or the door, is not there.
    """
    caller, callee = (KINDS[architecture.component(end).kind] for end in (source, target))
    mode = _mode(caller, callee, role)
    added = Link(source=source, target=target, role=role, mode=mode, calls=calls, origin="drawn")
    return replace(architecture, links=(*architecture.links, added))


def without_link(architecture: Architecture, key: tuple[str, str, str]) -> Architecture:
    return replace(
        architecture, links=tuple(link for link in architecture.links if link.key != key)
    )


def _mode(source: type[Kind], target: type[Kind], role: str) -> Mode:
    mode = target.ACCEPTS[role].mode
    # What holds events, such as a queue, is read by the code that handles them.
    waits = source.IS_COMPUTE or source.FACES_USERS or source.ROUTES
    return "stream" if mode == "sync" and target.IS_COMPUTE and not waits else mode
