"""A JSON object from somebody's disk, bounded, with nothing in it that no database keeps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NoReturn

MAX_BYTES: Final = 1_000_000
# Nobody nests deeper, and what is deeper takes the stack of whoever walks through it.
MAX_DEPTH: Final = 20


class NotAnObject(ValueError):
    """A file is no JSON object that can be used; the message says which, and why."""


def json_object_at(path: Path, what: str) -> dict[str, Any]:
    """Return the object in a file, which should be `what`. Raises NotAnObject."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise NotAnObject(f"{path}: {(error.strerror or 'unreadable').lower()}.") from error
    return json_object(data, str(path), what)


def json_object(data: bytes, name: str, what: str) -> dict[str, Any]:
    """Return the object in the bytes of a file, which should be `what`. Raises NotAnObject."""
    if len(data) > MAX_BYTES:
        raise NotAnObject(f"{name} is too large; {what} takes at most 1 MB.")
    try:
        body = json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise NotAnObject(f"{name} is not JSON: {error}.") from error
    if not isinstance(body, dict):
        raise NotAnObject(f"{name}: {what} is a JSON object with named fields.")
    if _depth(body) > MAX_DEPTH:
        raise NotAnObject(f"{name}: its objects are nested more than {MAX_DEPTH} deep.")
    if "\\u0000" in json.dumps(body) or not _is_text(body):
        raise NotAnObject(f"{name}: its texts hold characters that are not text.")
    return body


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number")


def _is_text(body: Any) -> bool:
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _depth(value: Any, above: int = 0) -> int:
    """Return how deep a value is nested, counted no further than is allowed."""
    if above > MAX_DEPTH or not isinstance(value, dict | list):
        return above
    inner = value.values() if isinstance(value, Mapping) else value
    return max((_depth(item, above + 1) for item in inner), default=above + 1)
