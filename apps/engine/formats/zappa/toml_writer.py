"""Words written into a TOML file of Zappa's settings, and no line beside those."""

from __future__ import annotations

import re
from collections.abc import Mapping

from apps.engine.formats.cloudformation.export.words import Value, json_word
from apps.engine.formats.errors import CannotWrite

_HEAD = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?")
_LINE = re.compile(r"""(\s*([\w-]+)\s*=\s*)("[^"\\]*"|'[^']*'|[\w.+-]+)(\s*(?:#.*)?)""")
_MULTI = re.compile(r"\s*[\w-]+\s*=")


def write(text: str, values: Mapping[tuple[str, ...], Value | None]) -> str:
    """Return settings with values at stage and key.

    Parameters
    ----------
    text : str
        The file.
    values : mapping of tuple to Value or None
        By stage and key; None takes the line out.

    Returns
    -------
    str
        A copy, the other lines as they were.

    Raises
    ------
    CannotWrite
        If the stage has no table of its own, or a key holds more than a word.
    """
    lines = text.splitlines(keepends=True)
    for path, value in values.items():
        _put(lines, path, value)
    return "".join(lines)


def _put(lines: list[str], path: tuple[str, ...], value: Value | None) -> None:
    *table, key = path
    start = _table(lines, table)
    end = start
    while end < len(lines) and not lines[end].lstrip().startswith("["):
        match = _LINE.fullmatch(lines[end].rstrip("\r\n"))
        if match and match[2] == key:
            ending = lines[end][len(lines[end].rstrip("\r\n")) :]
            new = f"{match[1]}{json_word(value)}{match[4]}{ending}" if value is not None else ""
            lines[end : end + 1] = [new] if new else []
            return
        if _MULTI.match(lines[end]) and lines[end].split("=")[0].strip() == key:
            raise CannotWrite(f"{key} holds more than a word; change it by hand.")
        end += 1
    if value is not None:
        ending = "\r\n" if lines[start - 1].endswith("\r\n") else "\n"
        if not lines[start - 1].endswith(("\n", "\r")):
            lines[start - 1] += ending
        lines.insert(_last_key(lines, start, end), f"{key} = {json_word(value)}{ending}")


def _table(lines: list[str], names: list[str]) -> int:
    for index, line in enumerate(lines):
        head = _HEAD.fullmatch(line.rstrip("\r\n"))
        if head and [part.strip(" \"'") for part in head[1].split(".")] == names:
            return index + 1
    raise CannotWrite(f"There is no table [{'.'.join(names)}] of its own; change it by hand.")


def _last_key(lines: list[str], start: int, end: int) -> int:
    """Return where a new key goes: after the last one of the table."""
    while end > start and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end
