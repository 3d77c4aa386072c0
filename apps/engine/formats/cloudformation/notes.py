"""Notes that a template carries for its next reader, under `Metadata`, `Headroom`."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from apps.engine.catalog import KINDS, build
from apps.engine.catalog.base import InvalidSetting
from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.cloudformation.nodes import MapNode, Node, Scalar, Symbol
from apps.engine.formats.cloudformation.settings import field_types
from apps.engine.graph import NOT_MODELLED, Architecture, Component, Link, Mode, Source, Supporting

SECTION = "Metadata.Headroom"
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,18})?(e-[0-9]{1,2})?")
MAX_ID = 255
# The engine adds these by itself.
_NOT_NOTED = frozenset({"account", "scan", NOT_MODELLED})
MODES = frozenset({"sync", "async", "stream"})


def with_notes(read: Architecture, documents: Iterable[Node], library: Library) -> Architecture:
    """Return an architecture with what its templates note and cannot say otherwise.

    Parameters
    ----------
    read : Architecture
        What was read from the resources.
    documents : iterable of Node
        The roots of the templates.
    library : Library
        The warnings so far.

    Returns
    -------
    Architecture
        The same where nothing is noted. What is noted of components that are gone, and what AWS
        would not take, is passed over with a warning.
    """
    for document in documents:
        notes = document.get(SECTION)
        if isinstance(notes, MapNode):
            read = _without_beside(read, notes)
            read = _with_components(read, notes, library)
            read = _with_outside(read, notes, library)
            read = _with_links(read, notes, library)
    return read


def noted_in(documents: Iterable[Node]) -> dict[str, tuple[str, frozenset[str]]]:
    """Return what is noted of components, by the ids that the notes give them.

    Parameters
    ----------
    documents : iterable of Node
        The roots of the templates.

    Returns
    -------
    dict of str to (str, frozenset of str)
        The logical id, and the settings that stand in the note.
    """
    found = {}
    for document in documents:
        told = document.get(f"{SECTION}.Components")
        for logical, note in told.pairs() if told is not None else ():
            settings, unset = note.get("Settings"), note.get("Unset")
            names = {name for name, _ in settings.pairs()} if settings is not None else set()
            names |= {one.text() for one in (unset.elements() if unset is not None else ())}
            found[_text(note, "Id") or logical] = (logical, frozenset(names))
    return found


def _without_beside(read: Architecture, notes: Node) -> Architecture:
    """Return an architecture in which what AWS demands beside a drawing supports it alone."""
    told = notes.get("Beside")
    beside = {one.text() for one in told.elements()} if told is not None else set()
    moved = tuple(
        Supporting(id=c.id, type=KINDS[c.kind].label if c.kind in KINDS else "", source=c.source)
        for c in read
        if c.id in beside
    )
    return replace(
        read,
        components=tuple(c for c in read if c.id not in beside),
        links=tuple(o for o in read.links if not {o.source, o.target} & beside),
        supporting=(*read.supporting, *moved),
    )


def _with_components(read: Architecture, notes: Node, library: Library) -> Architecture:
    told = notes.get("Components")
    entries = dict(told.pairs()) if told is not None else {}
    taken = {component.id for component in read}
    components: list[Component] = []
    renamed: dict[str, str] = {}
    for component in read:
        note = entries.get(component.id)
        changed = component if note is None else _noted(component, note, library)
        if changed.id != component.id and not _is_free(changed.id, taken):
            changed = replace(changed, id=component.id)
        taken.add(changed.id)
        renamed[component.id] = changed.id
        components.append(changed)
    links = tuple(
        replace(link, source=renamed[link.source], target=renamed[link.target])
        for link in read.links
    )
    return replace(read, components=tuple(components), links=links)


def _noted(component: Component, note: Node, library: Library) -> Component:
    kind = _text(note, "Kind") or component.kind
    same = kind == component.kind
    types = field_types(KINDS[kind]) if kind in KINDS else {}
    settings = {**(component.settings if same else {}), **_settings(note, types)}
    changed = replace(component, kind=kind, settings=settings)
    name = note.get("Name")
    if not _is_good(changed, note, library):
        changed = component
    return replace(
        changed,
        id=_text(note, "Id") or component.id,
        name=component.name if name is None else name.text(),
    )


def _is_free(id_: str, taken: Container[str]) -> bool:
    """Say whether a component may be called so: nobody else is, nor a quota of the account."""
    is_id = bool(id_) and len(id_) <= MAX_ID and id_.isprintable()
    return is_id and not id_.startswith("account:") and id_ not in taken


def _is_good(component: Component, note: Node, library: Library) -> bool:
    if component.kind not in KINDS or component.kind in _NOT_NOTED:
        library.warn(f"There is no kind '{component.kind[:40]}'; the note is passed over.", note.at)
        return False
    try:
        build(component)
    except (InvalidSetting, TypeError, ValueError) as error:
        library.warn(f"A note is passed over: {error}", note.at)
        return False
    return True


def _text(node: Node, path: str) -> str:
    found = node.get(path)
    return found.text() if found is not None else ""


def _settings(note: Node, types: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    """Return noted settings; fractions are text in a template, as versions are."""
    found, unset = note.get("Settings"), note.get("Unset")
    given: dict[str, Any] = {}
    for name, value in found.pairs() if found is not None else ():
        if not isinstance(value, Scalar | Symbol):
            continue
        given[name] = value.plain()
        is_free = types is None or types.get(name, "").startswith("float")
        if is_free and isinstance(given[name], str) and _NUMBER.fullmatch(given[name]):
            given[name] = float(given[name])
    return given | {one.text(): None for one in (unset.elements() if unset is not None else ())}


def _types(note: Node) -> Mapping[str, str]:
    kind = KINDS.get(_text(note, "Kind"))
    return field_types(kind) if kind is not None else {}


def _with_outside(read: Architecture, notes: Node, library: Library) -> Architecture:
    told = notes.get("Outside")
    added = list(read.components)
    taken = {component.id for component in read}
    for id_, note in told.pairs() if told is not None else ():
        component = Component(
            id=id_,
            kind=_text(note, "Kind"),
            name=_text(note, "Name"),
            settings=_settings(note, _types(note)),
            source=Source(note.file, note.line),
        )
        if _is_free(id_, taken) and _is_good(component, note, library):
            taken.add(id_)
            added.append(component)
    return replace(read, components=tuple(added))


def _with_links(read: Architecture, notes: Node, library: Library) -> Architecture:
    told = notes.get("Links")
    kinds = {component.id: component.kind for component in read}
    noted: dict[tuple[str, str, str], Link] = {}
    for note in told.elements() if told is not None else ():
        for link in _link(note, kinds, library):
            noted[link.key] = link
    denied = notes.get("NoLinks")
    pairs = {(link.source, link.target) for link in noted.values()}
    pairs |= {
        (_text(note, "From"), _text(note, "To"))
        for note in (denied.elements() if denied is not None else ())
    }
    kept = tuple(link for link in read.links if (link.source, link.target) not in pairs)
    return replace(read, links=(*kept, *noted.values()))


def _link(note: Node, kinds: Mapping[str, str], library: Library) -> Iterator[Link]:
    source, target = _text(note, "From"), _text(note, "To")
    role, mode = _text(note, "Role"), _text(note, "Mode") or "sync"
    calls = _text(note, "Calls")
    is_number = not calls or bool(_NUMBER.fullmatch(calls))
    is_there = source in kinds and target in kinds
    if not is_there or role not in KINDS[kinds[target]].ACCEPTS or not is_number:
        library.warn("A note on a link that cannot be is passed over.", note.at)
    elif mode in MODES:
        yield Link(
            source=source,
            target=target,
            role=role,
            mode=cast("Mode", mode),
            calls=float(calls) if calls else None,
            settings=_settings(note),
            origin=f"{note.at} note",
        )
