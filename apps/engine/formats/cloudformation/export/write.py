"""Words written into a template, and no character beside them changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from apps.engine.formats.cloudformation.export.blocks import add_to_block, fill_block
from apps.engine.formats.cloudformation.export.change import change, entry_of
from apps.engine.formats.cloudformation.export.flows import Manner, add_to_flow, flow_text
from apps.engine.formats.cloudformation.export.remove import remove
from apps.engine.formats.cloudformation.export.sheet import Sheet
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
    edits, others = [], {}
    for path, value in values.items():
        if value is None or trails[path].rest:
            others[path] = value
        else:
            edits.append(change(sheet, trails[path], value))
    # Words keep their places as long as no line comes or goes.
    sheet = sheet.edited(edits)
    for path, value in others.items():
        sheet = remove(sheet, path, _KEPT) if value is None else _put(sheet, path, value)
    return sheet


def _put(sheet: Sheet, path: Path, value: Value) -> Sheet:
    """Write a word where it is missing, or has been put by now."""
    trail = follow(sheet, path)
    if not trail.rest:
        return sheet.edited([change(sheet, trail, value)])
    holder, name = trail.spot, trail.rest[0]
    inner = _nested(trail.rest[1:], value)
    if isinstance(holder, Table) and not name.isdigit():
        if holder.is_flow or not holder.entries:
            return add_to_flow(sheet, holder, name, inner)
        return add_to_block(sheet, holder, name, inner)
    if isinstance(holder, Word) and holder.is_null:
        return _filled(sheet, trail, _nested(trail.rest, value))
    raise CannotWrite(f"{'.'.join(path[3:])} has no place beside what is there.")


def _nested(path: Sequence[str], value: Any) -> Any:
    for name in reversed(path):
        if name.isdigit() and name != "0":
            raise CannotWrite(f"Item {name} of a list has none before it.")
        value = [value] if name.isdigit() else {name: value}
    return value


def _filled(sheet: Sheet, trail: Trail, inner: Any) -> Sheet:
    empty, holder = trail.spot, trail.spots[-2]
    if isinstance(empty, Word) and isinstance(holder, Table) and not holder.is_flow:
        return fill_block(sheet, entry_of(trail).key, empty, inner)
    return sheet.replaced(empty.start, empty.end, flow_text(inner, Manner(sheet.is_json)))
