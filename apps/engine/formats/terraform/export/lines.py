"""New lines among those of a file, in its own style; and lines that go."""

from __future__ import annotations

import re
from typing import NamedTuple

from apps.engine.formats.terraform.hcl.syntax import Block

_INDENT = re.compile(r"[ \t]*")
_EQUALS = re.compile(r"^([ \t]*[\w-]+)([ \t]*)=")


class Line(NamedTuple):
    """A text that is put in, and where."""

    at: int
    text: str


def inserted(text: str, block: Block, path: list[str], value: str) -> Line:
    """Return a new attribute of a block, within new blocks where its path has several names.

    Parameters
    ----------
    text : str
        The file.
    block : Block
        Into which it goes.
    path : list of str
        Names of blocks that are not there yet, then of the attribute.
    value : str
        As HCL.

    Returns
    -------
    Line
        Behind the last attribute that stands in one line, else at the end of the block.
    """
    end = "\r\n" if "\r\n" in text else "\n"
    body = block.body.attributes
    own = _indent_at(text, block.start)
    step = "\t" if own.startswith("\t") else "  "
    *outer, name = path
    if not outer and body:
        last = max(body.values(), key=lambda attribute: attribute.start)
        at = text.find("\n", last.value.end)
        at = len(text) if at < 0 else at + 1
        if at <= block.end:
            return Line(at, f"{_aligned(text, last.start, name)} = {value}{end}")
    inside = text[text.index("{", block.start) + 1 : block.end]
    opened = "" if "\n" in inside else end
    written = _nested(outer, name, value, own + step, step, end)
    closing = text.rfind("\n", 0, block.end) + 1 if "\n" in inside else block.end
    blank = end if outer and inside.strip() and not opened else ""
    tail = own if opened else ""
    return Line(closing, f"{opened}{blank}{written}{tail}")


def removed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span of the lines that an attribute takes, a comment behind it among them.

    Parameters
    ----------
    text : str
        The file.
    start : int
        Where its name begins.
    end : int
        Where its value ends.

    Returns
    -------
    tuple of int and int
        From the beginning of its first line to that of the next one.
    """
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    last = len(text) if last < 0 else last + 1
    is_alone = not text[first:start].strip() and "}" not in text[end:last]
    return (first, last) if is_alone else (start, end)


def _indent_at(text: str, start: int) -> str:
    begin = text.rfind("\n", 0, start) + 1
    match = _INDENT.match(text, begin)
    return match[0] if match else ""


def _aligned(text: str, start: int, name: str) -> str:
    """Return a name with blanks behind it as its neighbour above has them, where it fits."""
    begin = text.rfind("\n", 0, start) + 1
    indent = _indent_at(text, start)
    match = _EQUALS.match(text[begin:])
    width = len(match[1]) + len(match[2]) - 1 if match else 0
    return f"{indent}{name}".ljust(width)


def _nested(outer: list[str], name: str, value: str, indent: str, step: str, end: str) -> str:
    if not outer:
        return f"{indent}{name} = {value}{end}"
    inner = _nested(outer[1:], name, value, indent + step, step, end)
    return f"{indent}{outer[0]} {{{end}{inner}{indent}}}{end}"
