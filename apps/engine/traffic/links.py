"""What a scenario says of single links: how many calls, by which door, what each holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from apps.engine.catalog.base import Accepts, Kind
from apps.engine.graph import NOT_MODELLED, Architecture, Link, Mode
from apps.engine.traffic.reading import InvalidScenario, bounded, read_record
from apps.engine.traffic.scenario import Value

READ, WRITE = "read", "write"
# Doors that an operation means, the first that a kind has. What AWS's SDKs call GetItem and
# Query is read eventually consistent unless the caller asks for more.
DOORS: Mapping[str, tuple[str, ...]] = {
    "write": (WRITE, "put", "query", "command", "call", "send"),
    "put": ("put", WRITE, "send", "query", "command", "call"),
    "read": (READ, "get", "query", "command", "call"),
    "read_eventual": (READ, "get", "query", "command", "call"),
    "get": ("get", READ, "query", "command", "call"),
    "query": ("query", READ, "command", "call"),
}
_LIVES = ("request", "environment", "transaction", "none")


@dataclass(frozen=True, slots=True)
class Connection:
    """How long a caller keeps a connection open, and how many of them."""

    life: str = bounded("environment", choices=_LIVES)
    per_environment: float = bounded(1.0, low=0.0, high=10_000.0)
    transaction_ms: float | None = bounded(None, low=0.0, high=900_000.0)
    pinned_share: float | None = bounded(None, low=0.0, high=1.0)


@dataclass(frozen=True, slots=True)
class LinkSaid:
    """One item of `assume.links`, as scenario.md has it. Bounds are checked on reading."""

    source: str = ""
    target: str = ""
    mode: str | None = bounded(None, choices=("sync", "async", "stream"))
    calls: Value | None = None
    units: Value | None = None
    connection: Connection | None = None
    db_cpu_ms: Value | None = None
    operation: str | None = bounded(None, choices=tuple(DOORS))
    item_bytes: Value | None = None
    hot_key_share: float | None = bounded(None, low=0.0, high=1.0)
    messages_per_user: float | None = bounded(None, low=0.0, high=1e6)
    over_s: float | None = bounded(None, above=0.0, high=86_400.0)
    path: str = ""


def links_said(assume: Mapping[str, Any]) -> tuple[LinkSaid, ...]:
    """Read `assume.links`.

    Parameters
    ----------
    assume : mapping of str to any
        `assume` of the scenario.

    Returns
    -------
    tuple of LinkSaid
        In their order, each with its path.

    Raises
    ------
    InvalidScenario
        If it is no list, or a field is unknown, out of bounds or not modelled; with its path.
    """
    items = assume.get("links", ())
    if not isinstance(items, list | tuple):
        raise InvalidScenario("assume.links must be a list of objects.")
    said = []
    for place, item in enumerate(items):
        path = f"assume.links[{place}]"
        if isinstance(item, Mapping) and "path" in item:
            raise InvalidScenario(f"'{path}.path' is not a field.")
        read = replace(read_record(LinkSaid, item, path), path=path)
        if read.messages_per_user is not None or read.over_s is not None:
            raise InvalidScenario(
                f"{path}.messages_per_user is not modelled; say what '{read.target}' gets as "
                "background work with items_per_user and over_s."
            )
        said.append(read)
    return tuple(said)


def with_links(
    architecture: Architecture, kinds: Mapping[str, Kind], said: Sequence[LinkSaid]
) -> Architecture:
    """Return the design with the links that a scenario adds, and how connections live on them.

    Parameters
    ----------
    architecture : Architecture
        The design, outside components included.
    kinds : mapping of str to Kind
        By component id.
    said : sequence of LinkSaid
        What the scenario says.

    Returns
    -------
    Architecture
        A copy; existing links come first.

    Raises
    ------
    InvalidScenario
        If a link names no component, or a door that its target does not have.

    Notes
    -----
    A link that the template does not show is added.
    """
    links = {link.key: link for link in architecture.links}
    for item in said:
        door = _door(architecture, kinds, item, links)
        for key in [key for key in links if key[:2] == (item.source, item.target)]:
            if door in (None, key[2]):
                links[key] = replace(links[key], settings=_settings(links[key], item))
        if door is not None and (item.source, item.target, door) not in links:
            mode: Mode = kinds[item.target].ACCEPTS[door].mode
            link = Link(
                source=item.source,
                target=item.target,
                role=door,
                mode=mode,
                origin=f"the scenario, {item.path}",
            )
            links[link.key] = replace(link, settings=_settings(link, item))
    return replace(architecture, links=tuple(links.values()))


def _settings(link: Link, item: LinkSaid) -> dict[str, Any]:
    held = item.connection
    if held is None:
        return dict(link.settings)
    said = {"connection_life": held.life, "connections": held.per_environment}
    if held.transaction_ms is not None:
        said["transaction_ms"] = held.transaction_ms
    return {**link.settings, **said}


def _door(
    architecture: Architecture,
    kinds: Mapping[str, Kind],
    item: LinkSaid,
    links: Mapping[tuple[str, str, str], Link],
) -> str | None:
    """Return the door that a statement means; None where it is about every link of the pair."""
    for end, name in (("source", item.source), ("target", item.target)):
        if name not in kinds:
            raise InvalidScenario(
                f"{item.path}.{end} is '{name}', which is no component of this design."
            )
        if architecture.component(name).kind == NOT_MODELLED:
            raise InvalidScenario(f"{item.path}.{end} is '{name}', which is not modelled.")
    doors = kinds[item.target].ACCEPTS
    if item.operation is not None:
        found = next((door for door in DOORS[item.operation] if door in doors), None)
        if found is None:
            raise InvalidScenario(f"{item.path}.operation: '{item.target}' takes no such calls.")
        return found
    there = [key[2] for key in links if key[:2] == (item.source, item.target)]
    if item.mode is not None and not any(doors[role].mode in _modes(item.mode) for role in there):
        return _by_mode(doors, item)
    if there:
        return None
    if not doors:
        raise InvalidScenario(f"{item.path}.target is '{item.target}', which nothing can call.")
    return next(iter(doors))


def _modes(mode: str) -> tuple[str, ...]:
    # A queue's reader is called and waited for, as by anyone else.
    return ("sync", "stream") if mode in ("sync", "stream") else ("async",)


def _by_mode(doors: Mapping[str, Accepts], item: LinkSaid) -> str:
    for role, accepts in doors.items():
        if item.mode is not None and accepts.mode in _modes(item.mode):
            return role
    raise InvalidScenario(f"{item.path}.mode: '{item.target}' cannot be called {item.mode}.")
