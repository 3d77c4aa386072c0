"""Entries taken out of a template, with nothing left of them."""

from __future__ import annotations

from typing import NamedTuple

from apps.engine.formats.cloudformation.export.sheet import Edit, Sheet
from apps.engine.formats.cloudformation.export.spots import Entry, Row, Table
from apps.engine.formats.cloudformation.export.trail import Trail
from apps.engine.formats.errors import CannotWrite


class Removal(NamedTuple):
    """How a value goes, and the path of the mapping that it goes from."""

    edits: list[Edit]
    holder: tuple[str, ...]


def removal(sheet: Sheet, trail: Trail, keep: int) -> Removal:
    """Return how a value is taken out; what it leaves empty goes too.

    Parameters
    ----------
    sheet : Sheet
        The template.
    trail : Trail
        The way to the value.
    keep : int
        How many parts of the path stay even if nothing is left below them.

    Returns
    -------
    Removal
        Fewer lines; nothing where the value is not there.

    Raises
    ------
    CannotWrite
        If it is one item of a list that has others.
    """
    path = trail.path
    if trail.rest:
        return Removal([], path)
    depth = len(path) - 1
    while depth > keep and _size(trail, depth) == 1:
        depth -= 1
    holder = trail.spots[depth]
    if not isinstance(holder, Table):
        raise CannotWrite(f"{'.'.join(path[2:])} is one of several items of a list.")
    entry = holder.entry(path[depth])
    edits = [_without(sheet, holder, entry)] if entry is not None else []
    return Removal(edits, path[:depth])


def _size(trail: Trail, depth: int) -> int:
    holder = trail.spots[depth]
    if isinstance(holder, Table):
        return len(holder.entries)
    return len(holder.items) if isinstance(holder, Row) else 0


def _without(sheet: Sheet, table: Table, entry: Entry) -> Edit:
    place = table.entries.index(entry)
    after = table.entries[place + 1] if place + 1 < len(table.entries) else None
    if table.is_flow:
        if after is not None:
            return Edit(entry.key.start, after.key.start, "")
        start = table.entries[place - 1].value.end if place else entry.key.start
        return Edit(start, entry.value.end, "")
    if not sheet.is_first(entry.key.start) and after is not None:  # It shares the line of a dash.
        return Edit(entry.key.start, after.key.start, "")
    start, end = sheet.line_start(entry.key.start), sheet.next_line(entry.value.end)
    if end == len(sheet.text) and not sheet.text.endswith(("\n", "\r")):
        start -= len(sheet.line_break)  # The line before becomes the last, without a break as well.
    return Edit(start, end, "")
