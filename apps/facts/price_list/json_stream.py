"""A large JSON file read member by member, so that no more than one of them is in memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final, TextIO

from apps.facts.price_list.products import BadPriceList

_CHUNK: Final = 1 << 18
# One product has some kilobytes. What is larger is not closed, and would be read to its end.
_MEMBER_MAX: Final = 1 << 24
_SPACE: Final = re.compile(r"[ \t\n\r]*")
_NO_JSON: Final = "it is not JSON, or ends too early."
_AFTER: Final = tuple(",:]} \t\r\n")
_DECODER: Final = json.JSONDecoder()


class JsonStream:
    """Reads on from where it stands; a member's value is taken or skipped before the next."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = ""
        self._at = 0

    def members(self) -> Iterator[str]:
        """Yield the names of an object; raises `BadPriceList` where the text is no JSON."""
        self._take("{")
        if self._peek() == "}":
            self._take("}")
            return
        while True:
            name = self.value()
            self._take(":")
            yield str(name)
            if self._peek() == "}":
                self._take("}")
                return
            self._take(",")

    def value(self) -> Any:
        """Return the value that comes next, whole; raises `BadPriceList`."""
        self._peek()
        while True:
            found = self._decoded()
            # A number that ends where the text ends, or at its point, goes on.
            if found is not None and self._text[found[1] : found[1] + 1] in _AFTER:
                value, self._at = found
                return value
            if not self._more():
                if found is None:
                    raise BadPriceList(_NO_JSON)
                self._at = len(self._text)
                return found[0]
            if len(self._text) > _MEMBER_MAX:
                raise BadPriceList(_NO_JSON)

    def skip(self, depth: int = 3) -> None:
        """Leave out the value that comes next; of large objects only one member is kept."""
        if depth and self._peek() == "{":
            for _ in self.members():
                self.skip(depth - 1)
        else:
            self.value()

    def _decoded(self) -> tuple[Any, int] | None:
        try:
            return _DECODER.raw_decode(self._text, self._at)
        except json.JSONDecodeError:
            return None
        except RecursionError as error:
            raise BadPriceList("it is nested more deeply than any list of AWS.") from error

    def _take(self, sign: str) -> None:
        if self._peek() != sign:
            raise BadPriceList(f"it is not JSON: “{sign}” was expected.")
        self._at += 1

    def _peek(self) -> str:
        while True:
            match = _SPACE.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                raise BadPriceList(_NO_JSON)

    def _more(self) -> bool:
        chunk = self._file.read(_CHUNK)
        self._text = self._text[self._at :] + chunk
        self._at = 0
        return bool(chunk)
