"""What a template cannot say of a design, noted in its metadata for the next reader."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from apps.engine.catalog import KINDS, build
from apps.engine.formats.cloudformation.write.values import Properties
from apps.engine.graph import Architecture, Component, Link

# A route says in words what the link is anyway; its weight counts beside those of others.
_ROUTE = ("route", "weight")


def notes_of(
    design: Architecture, read: Architecture, ids: Mapping[str, str], left_out: Iterable[Link]
) -> Properties:
    """Return what differs between a design and the reading of its template.

    Parameters
    ----------
    design : Architecture
        What was meant.
    read : Architecture
        What is read back.
    ids : mapping of str to str
        Ids of the reading by those of the design.
    left_out : iterable of Link
        Links that were not written.

    Returns
    -------
    dict
        By components, what lies outside, and links; empty where the two are alike.
    """
    there = {component.id: component for component in read}
    components: Properties = {}
    outside: Properties = {}
    for component in design.modelled():
        other = there.get(ids[component.id])
        if other is None:
            outside[component.id] = _whole(component)
        else:
            note = _component_note(component, other)
            if note:
                components[other.id] = note
    pairs = _Pairs(design, read, ids, left_out)
    drawn = {ids[component.id] for component in design}
    found = {
        "Components": components,
        "Beside": [id_ for id_ in there if id_ not in drawn],
        "Outside": outside,
        "Links": pairs.notes(),
        "NoLinks": pairs.denials(),
    }
    return {name: note for name, note in found.items() if note}


def _whole(component: Component) -> Properties:
    found: Properties = {"Kind": component.kind}
    found |= {"Name": component.name} if component.name else {}
    return found | _said(component.settings)


def _component_note(meant: Component, read: Component) -> Properties:
    note: Properties = {}
    if meant.id != read.id:
        note["Id"] = meant.id
    if meant.kind != read.kind:
        note["Kind"] = meant.kind
    if meant.name != read.name:
        note["Name"] = meant.name
    settings = dict(meant.settings) if meant.kind != read.kind else _settings(meant, read)
    return note | _said(settings)


def _said(settings: Mapping[str, Any]) -> Properties:
    """Return settings as they are noted: CloudFormation takes no null in a template."""
    given = {name: _plain(value) for name, value in settings.items() if value is not None}
    unset = [name for name, value in settings.items() if value is None]
    return ({"Settings": given} if given else {}) | ({"Unset": unset} if unset else {})


def _settings(meant: Component, read: Component) -> dict[str, Any]:
    one, other = build(meant), build(read)
    pairs = ((item.name, getattr(one, item.name)) for item in dataclasses.fields(one))
    return {name: value for name, value in pairs if value != getattr(other, name)}


def unwritten(
    design: Architecture, ids: Mapping[str, str], notes: Mapping[str, Any]
) -> Iterator[str]:
    """Yield a sentence for each setting that a resource could have, and that is only noted.

    Parameters
    ----------
    design : Architecture
        What was meant.
    ids : mapping of str to str
        Logical ids by those of the design.
    notes : mapping of str to any
        What is noted.

    Yields
    ------
    str
        Which setting of which component.
    """
    for component in design.modelled():
        note = notes.get("Components", {}).get(ids[component.id], {})
        kind = KINDS[component.kind]
        held = {row.setting for row in kind.TEMPLATE if row.type.startswith("AWS::")}
        for item in dataclasses.fields(kind):
            is_noted = item.name in note.get("Settings", {}) and item.name in component.settings
            if is_noted and item.name in held:
                value = component.settings[item.name]
                what = item.metadata.get("label", item.name)
                yield f"{component.label}: {what} ({value}) has no place as it is drawn."


class _Pairs:
    """The links of a design and those that were read, by source and target."""

    def __init__(
        self,
        design: Architecture,
        read: Architecture,
        ids: Mapping[str, str],
        left_out: Iterable[Link],
    ) -> None:
        missed = {link.key for link in left_out}
        self._drawn = {component.id for component in design}
        own = {other: id_ for id_, other in ids.items()}
        self._uneven = {own.get(id_, id_) for id_ in _uneven(read)}
        self._meant = _by_pair(link for link in design.links if link.key not in missed)
        self._read = _by_pair(
            replace(
                link,
                source=own.get(link.source, link.source),
                target=own.get(link.target, link.target),
            )
            for link in read.links
        )

    def notes(self) -> list[Properties]:
        """Return the links of each pair that is read otherwise than it was drawn."""
        return [
            _link_note(link)
            for pair, links in self._meant.items()
            if not _are_alike(links, self._read.get(pair, []), is_even=pair[0] not in self._uneven)
            for link in links
        ]

    def denials(self) -> list[Properties]:
        """Return the pairs that were read, and were not drawn."""
        return [
            {"From": source, "To": target}
            for source, target in self._read
            if (source, target) not in self._meant and {source, target} <= self._drawn
        ]


def _by_pair(links: Iterable[Link]) -> dict[tuple[str, str], list[Link]]:
    found: dict[tuple[str, str], list[Link]] = {}
    for link in links:
        found.setdefault((link.source, link.target), []).append(link)
    return found


def _uneven(read: Architecture) -> set[str]:
    """Return the routers whose routes were read with different weights."""
    weights: dict[str, set[Any]] = {}
    for link in read.links:
        if "weight" in link.settings:
            weights.setdefault(link.source, set()).add(link.settings["weight"])
    return {source for source, found in weights.items() if len(found) > 1}


def _are_alike(meant: list[Link], read: list[Link], *, is_even: bool) -> bool:
    others = {link.role: link for link in read}
    if len(meant) != len(read) or any(link.role not in others for link in meant):
        return False
    return all(_is_alike(link, others[link.role], is_even=is_even) for link in meant)


def _is_alike(meant: Link, read: Link, *, is_even: bool) -> bool:
    if (meant.mode, meant.calls) != (read.mode, read.calls):
        return False
    free = {name for name in _ROUTE if name not in meant.settings} if is_even else set()
    settings = {name: value for name, value in read.settings.items() if name not in free}
    return settings == dict(meant.settings)


def _plain(value: Any) -> Any:
    """Return a value as CloudFormation takes it in metadata: fractions are text there."""
    is_fraction = isinstance(value, float) and not value.is_integer()
    return repr(value) if is_fraction else value


def _link_note(link: Link) -> Properties:
    note: Properties = {
        "From": link.source,
        "To": link.target,
        "Role": link.role,
        "Mode": link.mode,
    }
    note |= {"Calls": _plain(link.calls)} if link.calls is not None else {}
    return note | _said(link.settings)
