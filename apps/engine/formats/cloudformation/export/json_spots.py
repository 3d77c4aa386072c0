"""JSON text → spots. The text has been read before, so nothing is checked here again."""

from __future__ import annotations

import re
from json import JSONDecoder

from apps.engine.formats.cloudformation.export.spots import Entry, Row, Spot, Table, Word

_SPACE = re.compile(r"[ \t\r\n]*")
_BARE = re.compile(r"[-+.\w]+")
_DECODER = JSONDecoder(strict=False)


def json_spots(text: str) -> Spot:
    """Return the spots of a JSON text.

    Parameters
    ----------
    text : str
        What `read_json` takes.

    Returns
    -------
    Spot
        The root of the document.
    """
    return _Scanner(text).value()


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0

    def _peek(self) -> str:
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._text[self._at : self._at + 1]

    def value(self) -> Spot:
        first = self._peek()
        if first == "{":
            return self._table()
        if first == "[":
            return self._row()
        return self._string() if first == '"' else self._bare()

    def _table(self) -> Table:
        start = self._at
        entries: list[Entry] = []
        while self._has_member("}"):
            key = self._string()
            self._peek()
            self._at += 1  # The colon.
            entries.append(Entry(key, self.value()))
        return Table(start=start, end=self._at, entries=tuple(entries), is_flow=True)

    def _row(self) -> Row:
        start = self._at
        items: list[Spot] = []
        while self._has_member("]"):
            items.append(self.value())
        return Row(start=start, end=self._at, items=tuple(items), is_flow=True)

    def _has_member(self, end: str) -> bool:
        """Step over what opens the collection or parts two members; False at its end."""
        if self._peek() == end:
            self._at += 1
            return False
        self._at += 1
        if self._peek() == end:  # It is empty.
            self._at += 1
            return False
        return True

    def _string(self) -> Word:
        start = self._at
        value, self._at = _DECODER.raw_decode(self._text, start)
        return Word(start=start, end=self._at, value=value, style='"')

    def _bare(self) -> Word:
        match = _BARE.match(self._text, self._at)
        start, self._at = self._at, match.end() if match else self._at + 1
        return Word(start=start, end=self._at, value=self._text[start : self._at])
