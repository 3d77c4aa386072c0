"""One word of a template in place of another value, and no character beside it."""

from __future__ import annotations

from apps.engine.formats.cloudformation.export.sheet import Edit, Sheet
from apps.engine.formats.cloudformation.export.spots import Alias, Entry, Table, Word
from apps.engine.formats.cloudformation.export.trail import Trail, call_of
from apps.engine.formats.cloudformation.export.words import Value, json_word, yaml_word
from apps.engine.formats.errors import CannotWrite


def change(sheet: Sheet, trail: Trail, value: Value) -> Edit:
    """Return how a value becomes another one.

    Parameters
    ----------
    sheet : Sheet
        The template.
    trail : Trail
        The way to what stands there: a word, an alias or a function.
    value : Value
        A word.

    Returns
    -------
    Edit
        Which characters go, and what takes their place.

    Raises
    ------
    CannotWrite
        If a list or mapping stands there.
    """
    spot = trail.spot
    if isinstance(spot, Table) and call_of(spot) is not None:
        return _instead_of_call(sheet, trail, spot, value)
    if isinstance(spot, Alias):
        return Edit(spot.start, spot.end, yaml_word(value))
    if not isinstance(spot, Word):
        raise CannotWrite(f"{'.'.join(trail.path[3:])} holds more than one value.")
    if sheet.is_json:
        return Edit(spot.start, spot.end, json_word(value, sheet.text[spot.start : spot.end]))
    style, old = ("", "") if spot.tag else (spot.style, spot.value)
    blank = " " if spot.start == spot.end else ""
    return Edit(_content(sheet, spot), spot.end, blank + yaml_word(value, style, old))


def entry_of(trail: Trail) -> Entry:
    """Return the key and value at the end of a trail.

    Parameters
    ----------
    trail : Trail
        The way to a value of a mapping.

    Returns
    -------
    Entry
        Its last step.

    Raises
    ------
    CannotWrite
        If the last step is into a list.
    """
    holder = trail.spots[-2]
    name = trail.path[len(trail.spots) - 2]
    entry = holder.entry(name) if isinstance(holder, Table) else None
    if entry is None:
        raise CannotWrite(f"Item {name} of a list cannot be changed alone.")
    return entry


def _content(sheet: Sheet, spot: Word) -> int:
    """Return where the word itself begins: an anchor before it stays, a tag does not."""
    anchor = f"&{spot.anchor}" if spot.anchor else ""
    start = spot.start
    if anchor and sheet.text.startswith(anchor, start):
        start += len(anchor)
        start += len(sheet.text[start : spot.end]) - len(sheet.text[start : spot.end].lstrip())
    return start


def _instead_of_call(sheet: Sheet, trail: Trail, spot: Table, value: Value) -> Edit:
    """Put a word where a function in its long form stands."""
    word = json_word(value) if sheet.is_json else yaml_word(value)
    if spot.is_flow:
        return Edit(spot.start, spot.end, word)
    colon = sheet.text.index(":", entry_of(trail).key.end) + 1
    return Edit(colon, spot.end, f" {word}")
