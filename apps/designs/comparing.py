"""What differs between two versions, and the merge of two changes that were made apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from apps.designs.wording import setting_words
from apps.engine.catalog import KINDS
from apps.engine.graph import Architecture, Component, InvalidArchitecture, Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that differs: `text` says it in words, `before` and `after` as they stand.

    `what` is added, removed, kind, name, setting, connected, disconnected or link; `of` is the
    component's id, or the link as "source → target (role)".
    """

    what: str
    of: str
    text: str
    setting: str = ""
    before: Any = None
    after: Any = None


def difference(before: Architecture, after: Architecture) -> list[str]:
    """Return what changed between two versions, a sentence each."""
    return sorted({change.text for change in changes(before, after)})


def changes(before: Architecture, after: Architecture) -> list[Change]:
    """Return what changed between two versions: components and settings, then links."""
    return [*_components(before, after), *_links(before, after)]


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


def _components(before: Architecture, after: Architecture) -> Iterator[Change]:
    old, new = _by_id(before), _by_id(after)
    for id_ in new:
        if id_ not in old:
            kind = new[id_].kind
            yield Change(what="added", of=id_, text=f"{new[id_].label} added", after=kind)
    for id_ in old:
        if id_ not in new:
            kind = old[id_].kind
            yield Change(what="removed", of=id_, text=f"{old[id_].label} removed", before=kind)
        else:
            yield from _changes(old[id_], new[id_])


def _changes(old: Component, new: Component) -> Iterator[Change]:
    if old.kind != new.kind:
        text = f"{new.label}: {_kind(old)} → {_kind(new)}"
        yield Change(what="kind", of=new.id, text=text, before=old.kind, after=new.kind)
        return
    if old.label != new.label:
        text = f"{old.label} is called {new.label}"
        yield Change(what="name", of=new.id, text=text, before=old.label, after=new.label)
    for name in {**old.settings, **new.settings}:
        (label, was), (_, now) = setting_words(old, name), setting_words(new, name)
        if was != now:
            yield Change(
                what="setting",
                of=new.id,
                text=f"{new.label}: {label} {was} → {now}",
                setting=name,
                before=old.settings.get(name),
                after=new.settings.get(name),
            )


def _links(before: Architecture, after: Architecture) -> Iterator[Change]:
    old, new = _by_key(before), _by_key(after)
    for key in {**old, **new}:
        if key not in old:
            what, in_ = "connected", after
        elif key not in new:
            what, in_ = "disconnected", before
        # Where a link was read is no part of the design.
        elif replace(old[key], origin="") != replace(new[key], origin=""):
            what, in_ = "link", after
        else:
            continue
        words = "changed" if what == "link" else what
        source, target, role = key
        name = f"{source} → {target} ({role})"
        yield Change(what=what, of=name, text=f"{_link_words(in_, key)} {words}")


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
