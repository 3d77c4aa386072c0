"""A forecast that was kept as a JSON file, checked as far as a comparison reads it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NoReturn

from apps.engine.forecast.summary import SCHEMA
from apps.engine.formats import UnreadableInput
from apps.engine.graph import Architecture, InvalidArchitecture

# A forecast of 500 components with its design takes about 2 MB.
MAX_BYTES: Final = 32_000_000
_NUMBER, _TEXT = "a number", "text"
_MAYBE, _SEED = "a number or null", "a whole number"
# A list of one says what each of its items holds; what is not named here may be anything.
_SHAPE: Final[Mapping[str, Any]] = {
    "asked_users": _NUMBER,
    "region": _TEXT,
    "holds_users": {"unit": _TEXT, "expected": _MAYBE, "low": _MAYBE, "high": _MAYBE},
    "headroom": {"expected": _MAYBE},
    "first_limit": {"component": _TEXT, "label": _TEXT, "limit": _TEXT},
    "missed_targets": [{}],
    "latency_ms": {"p95": _MAYBE, "p99": _MAYBE},
    "refused_share": _NUMBER,
    "cost": {
        "monthly_usd": _NUMBER,
        "low": _NUMBER,
        "high": _NUMBER,
        "per_1000_requests_usd": _MAYBE,
        "lines": [{"component": _TEXT, "name": _TEXT, "price_id": _TEXT, "monthly_usd": _MAYBE}],
    },
    "not_modelled": [{}],
    "facts_version": _TEXT,
    "inputs_sha256": _TEXT,
    "seed": _SEED,
}
KEPT: Final = tuple(_SHAPE)
_MAY_BE_NULL: Final = ("first_limit",)


def kept_forecast(path: Path) -> dict[str, Any] | None:
    """Return the forecast in a JSON file, None for every other file. Raises UnreadableInput."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES)
    except OSError:
        return None  # Whoever reads it as a template says why.
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return None
    try:
        body = json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    schema = body.get("schema")
    if not isinstance(schema, str) or not schema.startswith("headroom/"):
        return None
    if schema != SCHEMA:
        raise UnreadableInput(f"This is '{schema[:80]}'; give a forecast, '{SCHEMA}'.", str(path))
    wrong = _fault(body, _SHAPE, "")
    if wrong:
        raise UnreadableInput(f"This is no whole forecast: {wrong}; make it anew.", str(path))
    return dict(body)


def design_in(kept: Mapping[str, Any], file: str) -> Architecture | None:
    """Return the design that a forecast is of, if it says so. Raises UnreadableInput."""
    if "design" not in kept:
        return None
    try:
        return Architecture.from_dict(kept["design"])
    except (InvalidArchitecture, AttributeError, TypeError, ValueError) as error:
        raise UnreadableInput(f"Its design cannot be read: {error}", file) from error


def _fault(value: Any, shape: Any, path: str) -> str:
    """Return what is wrong with a value, in words; nothing where it is as it should be."""
    if isinstance(shape, Mapping):
        if value is None and path in _MAY_BE_NULL:
            return ""
        if not isinstance(value, Mapping):
            return f"{path or 'it'} is no object"
        faults = (
            _fault(value[name], inner, f"{path}.{name}".lstrip("."))
            if name in value
            else f"it has no '{path}.{name}'".replace("'.", "'")
            for name, inner in shape.items()
        )
        return next(filter(None, faults), "")
    if isinstance(shape, list):
        if not isinstance(value, list):
            return f"{path} is no list"
        return next(filter(None, (_fault(item, shape[0], f"{path}[]") for item in value)), "")
    return "" if _fits(value, shape) else f"{path} is not {shape}"


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _fits(value: Any, shape: str) -> bool:
    if shape == _TEXT:
        return isinstance(value, str)
    if value is None:
        return shape == _MAYBE
    if shape == _SEED:
        return _is_whole(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number")
