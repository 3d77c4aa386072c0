"""JSON text → the same nodes, with lines, which Python's own reader does not keep."""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable
from json import JSONDecodeError, JSONDecoder

from apps.engine.formats.cloudformation import intrinsics
from apps.engine.formats.cloudformation.bounds import Budget, NoText, Total
from apps.engine.formats.cloudformation.nodes import ListNode, MapNode, Node, Plain, Scalar
from apps.engine.formats.errors import UnreadableInput

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]{1,40})?([eE][-+]?[0-9]{1,3})?")
# Longer numbers are none that a machine counts with.
MAX_DIGITS = 18
# Halves of characters, which are no text.
_HALF = re.compile("[\ud800-\udfff]")
_DECODER = JSONDecoder(strict=False)
_WORDS: dict[str, Plain] = {"true": True, "false": False, "null": None}


def read_json(
    name: str, text: str, warn: Callable[[str], None], total: Total | None = None
) -> Node:
    """Return the value of a JSON text.

    Parameters
    ----------
    name : str
        The name of the file, for messages.
    text : str
        A text as it stands in a template.
    warn : callable
        Told each warning, a sentence with file and line.
    total : Total, optional
        Counts the values of all files that are read together.

    Returns
    -------
    Node
        The root of the document.

    Raises
    ------
    UnreadableInput
        With file and line.
    """
    return _Reader(name, text, warn, total).read()


class _Reader:
    def __init__(
        self, name: str, text: str, warn: Callable[[str], None], total: Total | None
    ) -> None:
        self._name, self._text, self._warn = name, text, warn
        self._budget = Budget(name, total)
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self._at = 0

    def read(self) -> Node:
        node = self._value(1)
        if self._peek():
            raise self._wrong("more text after its end")
        return node

    def _peek(self) -> str:
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._text[self._at : self._at + 1]

    def _line(self) -> int:
        return bisect.bisect_left(self._breaks, self._at) + 1

    def _value(self, depth: int) -> Node:
        first = self._peek()
        line = self._line()
        self._budget.spend(1, line)
        self._budget.check_depth(depth, line)
        if first == "{":
            return self._mapping(depth, line)
        if first == "[":
            return self._list(depth, line)
        if first == '"':
            return Scalar(self._name, line, self._string())
        return Scalar(self._name, line, self._word())

    def _mapping(self, depth: int, line: int) -> Node:
        entries: dict[str, Node] = {}
        lines: dict[str, int] = {}
        for _ in self._members("}"):
            if self._peek() != '"':
                raise self._wrong("a key in double quotes is missing")
            key_line, key = self._line(), self._string()
            if self._peek() != ":":
                raise self._wrong("a colon is missing")
            self._at += 1
            if key in entries:
                self._warn(f"{self._name}:{key_line}: '{key}' is there twice; the last one counts.")
            entries[key] = self._value(depth + 1)
            lines[key] = key_line
        node = MapNode(self._name, line, entries, lines)
        intrinsics.check(node)
        return node

    def _list(self, depth: int, line: int) -> Node:
        items = tuple(self._value(depth + 1) for _ in self._members("]"))
        return ListNode(self._name, line, items)

    def _members(self, end: str) -> _Members:
        self._at += 1
        return _Members(self, end)

    def more(self, end: str, *, is_first: bool) -> bool:
        """Step over what parts two members; False at the end of the list or mapping."""
        character = self._peek()
        if character == end:
            self._at += 1
            return False
        if is_first:
            return True
        if character != ",":
            raise self._wrong(f"a comma or '{end}' is missing")
        self._at += 1
        if self._peek() == end:
            raise self._wrong(f"a comma stands before '{end}'")
        return True

    def _string(self) -> str:
        try:
            text, self._at = _DECODER.raw_decode(self._text, self._at)
        except JSONDecodeError as error:
            self._at = min(error.pos, len(self._text) - 1)
            raise self._wrong(error.msg.lower()) from error
        if _HALF.search(text):
            raise NoText(
                "The template holds a character that is no text, such as \\ud800; take it out.",
                self._name,
                self._line(),
            )
        return str(text)

    def _word(self) -> Plain:
        for word, value in _WORDS.items():
            if self._text.startswith(word, self._at):
                self._at += len(word)
                return value
        match = _NUMBER.match(self._text, self._at)
        if match is None:
            raise self._wrong("a value is missing" if self._peek() else "it ends too early")
        self._at = match.end()
        is_whole = not (match[1] or match[2]) and len(match[0]) <= MAX_DIGITS
        return int(match[0]) if is_whole else match[0]

    def _wrong(self, what: str) -> UnreadableInput:
        return UnreadableInput(
            f"This is not JSON: {what}; correct the line, or write the template as YAML.",
            self._name,
            self._line(),
        )


class _Members:
    def __init__(self, reader: _Reader, end: str) -> None:
        self._reader, self._end = reader, end
        self._is_first = True

    def __iter__(self) -> _Members:
        return self

    def __next__(self) -> None:
        if not self._reader.more(self._end, is_first=self._is_first):
            raise StopIteration
        self._is_first = False
