"""New entries in block mappings of YAML, each on lines of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apps.engine.formats.cloudformation.export.sheet import Edit, Sheet
from apps.engine.formats.cloudformation.export.spots import Entry, Table, Word
from apps.engine.formats.cloudformation.export.words import yaml_word


def add_to_block(sheet: Sheet, table: Table, name: str, value: Any) -> list[Edit]:
    """Return how a block mapping gets another entry.

    It stands after the last entry that needs one line only, so before what is nested deeper.

    Parameters
    ----------
    sheet : Sheet
        The template.
    table : Table
        A mapping of it, not in braces.
    name : str
        The new key.
    value : any
        A word, a list or a mapping of such.

    Returns
    -------
    list of Edit
        More lines.
    """
    column = sheet.column(table.entries[0].key.start)
    lines = [" " * column + line for line in block_lines(sheet, {name: value})]
    at = sheet.line_end(_neighbour(sheet, table).value.end)
    text = "".join(sheet.line_break + line for line in lines)
    return [Edit(at, at, text)]


def fill_block(sheet: Sheet, key: Word, empty: Word, value: Any) -> list[Edit]:
    """Return how a key without a value gets a mapping or list below it.

    Parameters
    ----------
    sheet : Sheet
        The template.
    key : Word
        The key.
    empty : Word
        The nothing after it.
    value : any
        A list or a mapping of words.

    Returns
    -------
    list of Edit
        More lines.
    """
    column = sheet.column(key.start)
    lines = list(block_lines(sheet, {key.value: value}))[1:]
    at = sheet.line_end(empty.end)
    text = "".join(f"{sheet.line_break}{' ' * column}{line}" for line in lines)
    # A `null` that is written out goes; blanks before a comment stay.
    gone = [Edit(empty.start, empty.end, "")] if empty.value else []
    return [*gone, Edit(at, at, text)]


def block_lines(sheet: Sheet, value: Any) -> Iterator[str]:
    """Yield the lines of a mapping or list in block style.

    Parameters
    ----------
    sheet : Sheet
        The template, whose steps to the right are taken over.
    value : any
        A word, a list or a mapping of such.

    Yields
    ------
    str
        Lines without a margin.
    """
    if isinstance(value, list):
        for item in value:
            first, *others = block_lines(sheet, item)
            yield f"- {first}"
            yield from (f"  {line}" for line in others)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, dict | list):
                step = sheet.list_step if isinstance(inner, list) else sheet.step
                yield f"{yaml_word(key)}:"
                yield from (" " * step + line for line in block_lines(sheet, inner))
            else:
                yield f"{yaml_word(key)}: {yaml_word(inner)}"
    else:
        yield yaml_word(value)


def _neighbour(sheet: Sheet, table: Table) -> Entry:
    """Return the entry after which a new one stands."""
    short = [e for e in table.entries if _is_short(sheet, e)]
    return short[-1] if short else table.entries[-1]


def _is_short(sheet: Sheet, entry: Entry) -> bool:
    text = sheet.text[entry.key.start : entry.value.end]
    is_block = isinstance(entry.value, Word) and entry.value.style in ("|", ">")
    is_nested = isinstance(entry.value, Table) and not entry.value.is_flow
    return not ("\n" in text or "\r" in text or is_block or is_nested)
