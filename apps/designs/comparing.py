"""What differs between two versions, and the merge of two changes that were made apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from apps.designs.wording import setting_words
from apps.engine.catalog import KINDS
from apps.engine.graph import Architecture, Component, InvalidArchitecture, Link


def difference(before: Architecture, after: Architecture) -> list[str]:
    """Return what changed between two versions, a sentence each."""
    return sorted({*_components(before, after), *_links(before, after)})


def merged(base: Architecture, mine: Architecture, theirs: Architecture) -> Architecture | None:
    """Return both changes together; None where they touch the same part or contradict."""
    components = _three_way(_by_id(base), _by_id(mine), _by_id(theirs))
    links = _three_way(_by_key(base), _by_key(mine), _by_key(theirs))
    if components is None or links is None:
        return None
    try:
        return replace(theirs, components=tuple(components.values()), links=tuple(links.values()))
    except InvalidArchitecture:
        # One connected what the other removed.
        return None


def _components(before: Architecture, after: Architecture) -> Iterator[str]:
    old, new = _by_id(before), _by_id(after)
    yield from (f"{new[id_].label} added" for id_ in new if id_ not in old)
    yield from (f"{old[id_].label} removed" for id_ in old if id_ not in new)
    for id_ in old.keys() & new.keys():
        yield from _changes(old[id_], new[id_])


def _changes(old: Component, new: Component) -> Iterator[str]:
    if old.kind != new.kind:
        yield f"{new.label}: {_kind(old)} → {_kind(new)}"
        return
    if old.label != new.label:
        yield f"{old.label} is called {new.label}"
    for name in old.settings.keys() | new.settings.keys():
        (label, was), (_, now) = setting_words(old, name), setting_words(new, name)
        if was != now:
            yield f"{new.label}: {label} {was} → {now}"


def _links(before: Architecture, after: Architecture) -> Iterator[str]:
    old, new = _by_key(before), _by_key(after)
    yield from (f"{_link_words(after, key)} connected" for key in new if key not in old)
    yield from (f"{_link_words(before, key)} disconnected" for key in old if key not in new)
    for key in old.keys() & new.keys():
        # Where a link was read is no part of the design.
        if replace(old[key], origin="") != replace(new[key], origin=""):
            yield f"{_link_words(after, key)} changed"


def _link_words(architecture: Architecture, key: tuple[str, str, str]) -> str:
    source, target, role = key
    ends = [architecture.component(end).label for end in (source, target)]
    return f"{' → '.join(ends)} ({role.replace('_', ' ')})"


def _kind(component: Component) -> str:
    return KINDS[component.kind].label if component.kind in KINDS else component.kind


def _by_id(architecture: Architecture) -> dict[str, Component]:
    return {component.id: component for component in architecture}


def _by_key(architecture: Architecture) -> dict[tuple[str, str, str], Link]:
    return {link.key: link for link in architecture.links}


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
