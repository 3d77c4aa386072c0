"""Changes of an architecture, as pure functions, and the merge of two that were made apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from apps.engine.catalog import KINDS
from apps.engine.graph import Architecture, Component, InvalidArchitecture, Link


def with_component(architecture: Architecture, component_id: str, kind: str) -> Architecture:
    """Return a copy with one more component. Raises InvalidArchitecture when the id is taken."""
    added = Component(id=component_id, kind=kind)
    return replace(architecture, components=(*architecture.components, added))


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
    """Return a copy with one more link. Raises InvalidArchitecture when it is there."""
    kind = KINDS[architecture.component(target).kind]
    added = Link(
        source=source,
        target=target,
        role=role,
        mode=kind.ACCEPTS[role].mode,
        calls=calls,
        origin="drawn",
    )
    return replace(architecture, links=(*architecture.links, added))


def without_link(architecture: Architecture, key: tuple[str, str, str]) -> Architecture:
    return replace(
        architecture, links=tuple(link for link in architecture.links if link.key != key)
    )


def difference(before: Architecture, after: Architecture) -> list[str]:
    """Return what changed between two versions, a sentence each."""
    old, new = _by_id(before), _by_id(after)
    sentences = [f"{name} added" for name in new if name not in old]
    sentences += [f"{name} removed" for name in old if name not in new]
    for name in old.keys() & new.keys():
        sentences += _changed_settings(name, old[name].settings, new[name].settings)
    old_links = {link.key: link for link in before.links}
    new_links = {link.key: link for link in after.links}
    sentences += [f"{s} → {t} connected" for s, t, _ in new_links.keys() - old_links.keys()]
    sentences += [f"{s} → {t} disconnected" for s, t, _ in old_links.keys() - new_links.keys()]
    return sorted(sentences)


def _by_id(architecture: Architecture) -> dict[str, Component]:
    return {component.id: component for component in architecture}


def _changed_settings(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return [
        f"{name}: {key.replace('_', ' ')} {_shown(old.get(key))} → {_shown(new.get(key))}"
        for key in sorted(old.keys() | new.keys())
        if old.get(key) != new.get(key)
    ]


def _shown(value: Any) -> str:
    return "default" if value is None else str(value)


def merged(base: Architecture, mine: Architecture, theirs: Architecture) -> Architecture | None:
    """Return both changes together; None where both touched the same component or link.

    Raises
    ------
    InvalidArchitecture
        If the two together contradict each other.
    """
    parts = _three_way(_by_id(base), _by_id(mine), _by_id(theirs))
    links = _three_way(
        {link.key: link for link in base.links},
        {link.key: link for link in mine.links},
        {link.key: link for link in theirs.links},
    )
    if parts is None or links is None:
        return None
    return replace(theirs, components=tuple(parts.values()), links=tuple(links.values()))


def _three_way(
    base: Mapping[Any, Any], mine: Mapping[Any, Any], theirs: Mapping[Any, Any]
) -> dict[Any, Any] | None:
    result = dict(theirs)
    for key in base.keys() | mine.keys():
        own = mine.get(key)
        if own == base.get(key):
            continue
        if theirs.get(key) not in (base.get(key), own):
            return None
        if own is None:
            result.pop(key, None)
        else:
            result[key] = own
    return result


__all__ = [
    "InvalidArchitecture",
    "difference",
    "merged",
    "with_component",
    "with_link",
    "without_component",
    "without_link",
]
