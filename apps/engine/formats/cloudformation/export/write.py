"""Words written into a template, and no character beside them changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from apps.engine.formats.cloudformation.export.blocks import add_to_block, fill_block
from apps.engine.formats.cloudformation.export.change import change, entry_of
from apps.engine.formats.cloudformation.export.flows import Manner, add_to_flow, flow_text
from apps.engine.formats.cloudformation.export.remove import removal
from apps.engine.formats.cloudformation.export.sheet import Edit, Sheet
from apps.engine.formats.cloudformation.export.spots import Table, Word
from apps.engine.formats.cloudformation.export.trail import Trail, follow
from apps.engine.formats.cloudformation.export.words import Value
from apps.engine.formats.errors import CannotWrite

Path = tuple[str, ...]
# A resource stays, even if nothing is left of its properties.
_KEPT = 2


def write(sheet: Sheet, values: Mapping[Path, Value | None]) -> Sheet:
    """Return a copy in which values stand at their paths.

    Parameters
    ----------
    sheet : Sheet
        The template.
    values : mapping of tuple to Value or None
        A word by keys of mappings and numbers of list items; None takes out what stands there.

    Returns
    -------
    Sheet
        A copy: words changed, lines added or taken out.

    Raises
    ------
    CannotWrite
        If a list or mapping stands there, or a word on the way to it.
    """
    trails = {path: follow(sheet, path) for path in values}
    edits: list[Edit] = []
    others: dict[Path, Any] = {}
    for path, value in values.items():
        if value is None or trails[path].rest:
            others[path] = value
        else:
            edits.append(change(sheet, trails[path], value))
    # Words keep their places as long as no line comes or goes.
    sheet = sheet.edited(edits)
    while others:
        sheet, others = _round(sheet, others)
    return sheet


def _round(sheet: Sheet, values: Mapping[Path, Any]) -> tuple[Sheet, dict[Path, Any]]:
    """Write what changes parts that have nothing to do with one another; return what is left.

    The text is read anew after each round, and not after each value.
    """
    edits: list[Edit] = []
    later: dict[Path, Any] = {}
    areas = _Areas()
    for path, value in values.items():
        try:
            found, area = _edits(sheet, path, value)
        except CannotWrite:
            if not edits:
                raise
            found, area = [], path  # What is written first may make a place for it.
        if found and areas.is_free(area):
            edits += found
        elif found or edits:
            later[path] = value
        areas.take(area)
    return sheet.edited(edits), later


def _edits(sheet: Sheet, path: Path, value: Value | None) -> tuple[list[Edit], Path]:
    """Return how a value is written, and the part of the template that changes."""
    trail = follow(sheet, path)
    return removal(sheet, trail, _KEPT) if value is None else _put(sheet, trail, value)


class _Areas:
    """Parts of a template by their paths: one inside of another has to do with it."""

    def __init__(self) -> None:
        self._taken: set[Path] = set()
        self._around: set[Path] = set()

    def is_free(self, area: Path) -> bool:
        above = (area[:length] for length in range(len(area) + 1))
        return area not in self._around and self._taken.isdisjoint(above)

    def take(self, area: Path) -> None:
        self._taken.add(area)
        self._around.update(area[:length] for length in range(len(area)))


def _put(sheet: Sheet, trail: Trail, value: Value) -> tuple[list[Edit], Path]:
    """Return how a word is written where it is missing, or has been put by now, and into what."""
    if not trail.rest:
        return [change(sheet, trail, value)], trail.path
    holder, name = trail.spot, trail.rest[0]
    area = trail.path[: len(trail.spots) - 1]
    inner = _nested(trail.rest[1:], value)
    if isinstance(holder, Table) and not name.isdigit():
        if holder.is_flow or not holder.entries:
            return add_to_flow(sheet, holder, name, inner), area
        return add_to_block(sheet, holder, name, inner), area
    if isinstance(holder, Word) and holder.is_null:
        return _filled(sheet, trail, _nested(trail.rest, value)), area
    raise CannotWrite(f"{'.'.join(trail.path[3:])} has no place beside what is there.")


def _nested(path: Sequence[str], value: Any) -> Any:
    for name in reversed(path):
        if name.isdigit() and name != "0":
            raise CannotWrite(f"Item {name} of a list has none before it.")
        value = [value] if name.isdigit() else {name: value}
    return value


def _filled(sheet: Sheet, trail: Trail, inner: Any) -> list[Edit]:
    empty, holder = trail.spot, trail.spots[-2]
    if isinstance(empty, Word) and isinstance(holder, Table) and not holder.is_flow:
        return fill_block(sheet, entry_of(trail).key, empty, inner)
    return [Edit(empty.start, empty.end, flow_text(inner, Manner(sheet.is_json)))]
