"""New entries in braces: JSON, and the flow style of YAML."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from apps.engine.formats.cloudformation.export.sheet import STEP, Edit, Sheet
from apps.engine.formats.cloudformation.export.spots import Entry, Table
from apps.engine.formats.cloudformation.export.words import json_word, yaml_word

_COLON = re.compile(r"[ \t]*:[ \t]*")
_COMMA = re.compile(r"\s*,")
_REST = re.compile(r"[ \t]*(?:#.*)?$")


class Manner(NamedTuple):
    """How somebody writes what stands in braces."""

    is_json: bool
    colon: str = ": "
    comma: str = ", "
    # Before an entry on a line of its own, and what is added one level deeper; None on one line.
    margin: str | None = None
    step: str = " " * STEP
    line_break: str = "\n"


def add_to_flow(sheet: Sheet, table: Table, name: str, value: Any) -> list[Edit]:
    """Return how a mapping in braces gets another entry at its end.

    Parameters
    ----------
    sheet : Sheet
        The template.
    table : Table
        A mapping of it, in braces.
    name : str
        The new key.
    value : any
        A word, a list or a mapping of such.

    Returns
    -------
    list of Edit
        Another line or word, and a comma.
    """
    manner = _manner(sheet, table)
    entry = flow_text({name: value}, manner)[1:-1].strip()
    if not table.entries:
        return _only(sheet, table, entry, manner)
    end = table.entries[-1].value.end
    if manner.margin is None:
        return [Edit(end, end, manner.comma + entry)]
    return _on_own_line(sheet, end, entry, manner)


def flow_text(value: Any, manner: Manner) -> str:
    """Return a value in braces, brackets or as a word.

    Parameters
    ----------
    value : any
        A word, a list or a mapping of such.
    manner : Manner
        How the others are written.

    Returns
    -------
    str
        One line, or several where the margin says so.
    """
    if not isinstance(value, dict | list):
        return json_word(value) if manner.is_json else yaml_word(value)
    inner = manner
    if manner.margin is not None:
        inner = manner._replace(margin=manner.margin + manner.step)
    if isinstance(value, list):
        parts, first, last = [flow_text(item, inner) for item in value], "[", "]"
    else:
        parts = [f"{_key(k, manner)}{manner.colon}{flow_text(v, inner)}" for k, v in value.items()]
        first, last = "{", "}"
    if manner.margin is None:
        return first + manner.comma.join(parts) + last
    before = manner.line_break + manner.margin
    body = f",{before}".join(parts)
    return f"{first}{before}{body}{before.removesuffix(manner.step)}{last}"


def _key(name: str, manner: Manner) -> str:
    return json.dumps(name) if manner.is_json else yaml_word(name)


def _manner(sheet: Sheet, table: Table) -> Manner:
    """Read off the neighbours how they are written."""
    lines = sheet.line_break
    if not table.entries:
        is_pretty = sheet.is_json and lines in sheet.text.strip()
        step = _json_step(sheet)
        margin = sheet.margin(table.start) + step if is_pretty else None
        colon = ": " if is_pretty or not sheet.is_json else _json_colon(sheet)
        comma = ", " if " " in colon else ","
        return Manner(sheet.is_json, colon, comma, margin, step, lines)
    last = table.entries[-1]
    is_json = sheet.is_json or last.key.style == '"'
    colon = sheet.text[last.key.end : last.value.start]
    colon = colon if _COLON.fullmatch(colon) else ": "
    if sheet.is_first(last.key.start):
        margin = sheet.margin(last.key.start)
        step = margin.removeprefix(sheet.margin(table.start)) or " " * STEP
        return Manner(is_json, colon, ", ", margin, step, lines)
    return Manner(is_json, colon, _comma(sheet, table.entries, colon))


def _comma(sheet: Sheet, entries: tuple[Entry, ...], colon: str) -> str:
    if len(entries) > 1:
        found = sheet.text[entries[-2].value.end : entries[-1].key.start]
        if found.strip() == "," and "\n" not in found:
            return found
    return ", " if colon.endswith(" ") else ","


def _json_step(sheet: Sheet) -> str:
    root = sheet.root
    first = root.entries[0].key.start if isinstance(root, Table) and root.entries else 0
    return sheet.margin(first) or " " * STEP


def _json_colon(sheet: Sheet) -> str:
    root = sheet.root
    if isinstance(root, Table) and root.entries:
        found = sheet.text[root.entries[0].key.end : root.entries[0].value.start]
        return found if _COLON.fullmatch(found) else ": "
    return ": "


def _only(sheet: Sheet, table: Table, entry: str, manner: Manner) -> list[Edit]:
    start = sheet.text.index("{", table.start)
    if manner.margin is None:
        return [Edit(start, table.end, "{" + entry + "}")]
    before = manner.line_break + manner.margin
    after = before.removesuffix(manner.step)
    return [Edit(start, table.end, "{" + before + entry + after + "}")]


def _on_own_line(sheet: Sheet, end: int, entry: str, manner: Manner) -> list[Edit]:
    """Add a line after the last one, whose comment stays where it is."""
    comma = _COMMA.match(sheet.text, end)
    after = comma.end() if comma else end
    line_end = sheet.line_end(after)
    is_free = _REST.fullmatch(sheet.text, after, line_end) is not None
    at = line_end if is_free else after
    new = f"{manner.line_break}{manner.margin}{entry}" + ("," if comma else "")
    return [Edit(at, at, new)] if comma else [Edit(end, end, ","), Edit(at, at, new)]
