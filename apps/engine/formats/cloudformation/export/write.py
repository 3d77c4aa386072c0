"""One value of a template set to another, and no character beside it changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apps.engine.formats.cloudformation.export.blocks import add_to_block, fill_block
from apps.engine.formats.cloudformation.export.flows import Manner, add_to_flow, flow_text
from apps.engine.formats.cloudformation.export.sheet import Sheet
from apps.engine.formats.cloudformation.export.spots import Alias, Entry, Table, Word
from apps.engine.formats.cloudformation.export.trail import Trail, call_of, follow
from apps.engine.formats.cloudformation.export.words import Value, json_word, yaml_word
from apps.engine.formats.errors import CannotWrite


def write(sheet: Sheet, path: Sequence[str], value: Value) -> Sheet:
    """Return a copy in which a value stands at a path.

    Parameters
    ----------
    sheet : Sheet
        The template.
    path : sequence of str
        Keys of mappings and numbers of list items.
    value : Value
        A word.

    Returns
    -------
    Sheet
        A copy: one word changed, or lines added.

    Raises
    ------
    CannotWrite
        If a list or mapping stands there, or a word on the way to it.
    """
    trail = follow(sheet, path)
    if not trail.rest:
        return _changed(sheet, trail, value)
    holder, name = trail.spot, trail.rest[0]
    inner = _nested(trail.rest[1:], value)
    if isinstance(holder, Table) and not name.isdigit():
        if holder.is_flow or not holder.entries:
            return add_to_flow(sheet, holder, name, inner)
        return add_to_block(sheet, holder, name, inner)
    if isinstance(holder, Word) and holder.is_null:
        return _filled(sheet, trail, _nested(trail.rest, value))
    raise CannotWrite(f"{'.'.join(path[3:])} has no place beside what is there")


def _nested(path: Sequence[str], value: Any) -> Any:
    for name in reversed(path):
        if name.isdigit() and name != "0":
            raise CannotWrite(f"item {name} of a list has none before it")
        value = [value] if name.isdigit() else {name: value}
    return value


def _filled(sheet: Sheet, trail: Trail, inner: Any) -> Sheet:
    empty, key = trail.spot, _entry(trail).key
    holder = trail.spots[-2]
    if isinstance(empty, Word) and isinstance(holder, Table) and not holder.is_flow:
        return fill_block(sheet, key, empty, inner)
    return sheet.replaced(empty.start, empty.end, flow_text(inner, Manner(sheet.is_json)))


def _entry(trail: Trail) -> Entry:
    holder = trail.spots[-2]
    name = trail.path[len(trail.spots) - 2]
    entry = holder.entry(name) if isinstance(holder, Table) else None
    if entry is None:
        raise CannotWrite(f"{name} is an item of a list")
    return entry


def _changed(sheet: Sheet, trail: Trail, value: Value) -> Sheet:
    spot = trail.spot
    if isinstance(spot, Table) and call_of(spot) is not None:
        return _instead_of_call(sheet, trail, spot, value)
    if isinstance(spot, Alias):
        return sheet.replaced(spot.start, spot.end, yaml_word(value))
    if not isinstance(spot, Word):
        raise CannotWrite(f"{'.'.join(trail.path[3:])} holds more than one value")
    if sheet.is_json:
        old = sheet.text[spot.start : spot.end]
        return sheet.replaced(spot.start, spot.end, json_word(value, old))
    start = _content(sheet, spot)
    style, old = ("", "") if spot.tag else (spot.style, spot.value)
    word = yaml_word(value, style, old)
    blank = " " if spot.start == spot.end else ""
    return sheet.replaced(start, spot.end, blank + word)


def _content(sheet: Sheet, spot: Word) -> int:
    """Return where the word itself begins: an anchor before it stays, a tag does not."""
    anchor = f"&{spot.anchor}" if spot.anchor else ""
    start = spot.start
    if anchor and sheet.text.startswith(anchor, start):
        start += len(anchor)
        start += len(sheet.text[start : spot.end]) - len(sheet.text[start : spot.end].lstrip())
    return start


def _instead_of_call(sheet: Sheet, trail: Trail, spot: Table, value: Value) -> Sheet:
    """Put a word where a function in its long form stands."""
    word = json_word(value) if sheet.is_json else yaml_word(value)
    if spot.is_flow:
        return sheet.replaced(spot.start, spot.end, word)
    key = _entry(trail).key
    colon = sheet.text.index(":", key.end) + 1
    return sheet.replaced(colon, spot.end, f" {word}")
