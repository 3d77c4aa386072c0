"""A scenario file: bytes from somebody's disk → a JSON object that can be kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from apps.engine.traffic.reading import InvalidScenario

MAX_BYTES: Final = 1_000_000
# Nobody nests deeper, and what is deeper takes the stack of whoever walks through it.
MAX_DEPTH: Final = 20


def read_scenario_file(data: bytes, name: str) -> dict[str, Any]:
    """Return the object in a scenario file; what it says is for the engine to check.

    Raises
    ------
    InvalidScenario
        If it is no JSON object, or one that no database keeps.
    """
    if len(data) > MAX_BYTES:
        raise InvalidScenario(f"{name} is too large; a scenario takes at most 1 MB.")
    try:
        body = json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InvalidScenario(f"{name} is not JSON: {error}.") from error
    if not isinstance(body, dict):
        raise InvalidScenario(f"{name}: a scenario is a JSON object with named fields.")
    if _depth(body) > MAX_DEPTH:
        raise InvalidScenario(f"{name}: its objects are nested more than {MAX_DEPTH} deep.")
    if "\\u0000" in json.dumps(body) or not _is_text(body):
        raise InvalidScenario(f"{name}: its texts hold characters that are not text.")
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
