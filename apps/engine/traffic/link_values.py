"""What statements about links amount to: calls, units, and values of the targets as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from apps.engine.catalog.base import Kind
from apps.engine.facts import Facts
from apps.engine.graph import Link
from apps.engine.traffic.links import DOORS, READ, WRITE, LinkSaid
from apps.engine.traffic.reading import InvalidScenario
from apps.engine.traffic.scenario import Value

_WHOLE_UNITS = (READ,)
# A read unit covers 4 kB, a write unit 1 kB; an eventually consistent read takes half.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
_BLOCK_BYTES: Mapping[str, float] = {READ: 4096.0, WRITE: 1024.0}


def values_said(link: Link, kind: Kind, said: Sequence[LinkSaid]) -> dict[str, Value]:
    """Return the calls and units that a scenario gives to a link, by name; empty for none.

    Parameters
    ----------
    link : Link
        A link of the design.
    kind : Kind
        Kind of its target.
    said : sequence of LinkSaid
        What the scenario says of links.

    Returns
    -------
    dict of str to Value
        `calls` a request [-], and `units` a call [unit of the door].

    Raises
    ------
    InvalidScenario
        If a statement measures what the target does not count.
    """
    values: dict[str, Value] = {}
    pair = [i for i in said if (i.source, i.target) == (link.source, link.target)]
    for item in pair:
        if item.operation is not None and not _means(item, link, kind):
            continue
        if item.calls is not None:
            values["calls"] = item.calls
        units = item.units or _units(item, link, kind)
        if units is not None:
            values["units"] = units
    return values


def _means(item: LinkSaid, link: Link, kind: Kind) -> bool:
    doors = DOORS[item.operation or "write"]
    return next((door for door in doors if door in kind.ACCEPTS), None) == link.role


def _units(item: LinkSaid, link: Link, kind: Kind) -> Value | None:
    """Return the units of one call, from its size, its processor time or its transaction."""
    unit = kind.ACCEPTS[link.role].units.unit
    counts_time = unit == "s" and kind.ACCEPTS[link.role].holds_connection
    if item.db_cpu_ms is not None:
        if not counts_time or kind.SHARES_CONNECTIONS:
            raise InvalidScenario(
                f"{item.path}.db_cpu_ms: '{link.target}' does not compute queries itself."
            )
        return item.db_cpu_ms.scaled(1e-3)
    held = item.connection
    if held is not None and held.transaction_ms is not None and kind.SHARES_CONNECTIONS:
        calls = item.calls.expected if item.calls is not None else 1.0
        return Value.exactly(held.transaction_ms / 1000.0 / max(calls, 1e-9))
    if item.item_bytes is None:
        return None
    if link.role in _BLOCK_BYTES:
        share = 0.5 if link.role == READ and item.operation not in _WHOLE_UNITS else 1.0
        return item.item_bytes.in_blocks(_BLOCK_BYTES[link.role]).scaled(share)
    return item.item_bytes.scaled(1.0 / 1024.0) if unit == "kB" else None


def shares_said(
    kinds: Mapping[str, Kind],
    facts: Facts,
    links: Sequence[Link],
    said: Sequence[LinkSaid],
) -> dict[tuple[str, str], Value]:
    """Return what statements about links give to the targets as a whole, by (target, name).

    The hottest key's share is that of all links of a door, so the largest that is said counts.

    Parameters
    ----------
    kinds : mapping of str to Kind
        By component id.
    facts : Facts
        Prices, quotas and classes of the scenario's Region.
    links : sequence of Link
        Links of the design, those that the scenario adds included.
    said : sequence of LinkSaid
        What the scenario says of links.

    Returns
    -------
    dict of (str, str) to Value
        Shares [-] and sizes of items [bytes].

    Raises
    ------
    InvalidScenario
        If the target has nothing of the kind.
    """
    found: dict[tuple[str, str], Value] = {}
    for item in said:
        known = kinds[item.target].assumed(facts)
        for field, names, value in _shares(item, links):
            if field not in known and not (field == "item_bytes" and _is_sized(kinds, item)):
                raise InvalidScenario(f"{item.path}.{field} means nothing to '{item.target}'.")
            for name in names if field in known else ():
                before = found.get((item.target, name))
                if before is None or before.expected < value.expected:
                    found[item.target, name] = value
    return found


def _shares(item: LinkSaid, links: Sequence[Link]) -> Iterator[tuple[str, tuple[str, ...], Value]]:
    """Yield what a statement says of its target: the field, its names there, the value."""
    if item.hot_key_share is not None:
        roles = [e.role for e in links if (e.source, e.target) == (item.source, item.target)]
        named = [r for r in roles if item.operation is None or r in DOORS[item.operation][:2]]
        names = tuple(f"hot_{role}_share" for role in named or roles)
        yield "hot_key_share", names, Value.exactly(item.hot_key_share)
    if item.connection is not None and item.connection.pinned_share is not None:
        yield "pinned_share", ("pinned_share",), Value.exactly(item.connection.pinned_share)
    if item.item_bytes is not None:
        yield "item_bytes", ("item_bytes",), item.item_bytes


def _is_sized(kinds: Mapping[str, Kind], item: LinkSaid) -> bool:
    """Say whether a call's units follow from its bytes."""
    doors = kinds[item.target].ACCEPTS
    return any(role in _BLOCK_BYTES or doors[role].units.unit == "kB" for role in doors)
