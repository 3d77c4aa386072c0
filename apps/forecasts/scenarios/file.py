"""A scenario file: bytes from somebody's disk → a JSON object that can be kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from apps.engine.traffic.reading import InvalidScenario
from apps.forecasts.json_objects import MAX_BYTES as MAX_BYTES
from apps.forecasts.json_objects import NotAnObject, json_object, json_object_at

_WHAT: Final = "a scenario"


def read_scenario_file(data: bytes, name: str) -> dict[str, Any]:
    """Return the object in a scenario file; what it says is for the engine to check.

    Raises
    ------
    InvalidScenario
        If it is no JSON object, or one that no database keeps.
    """
    try:
        return json_object(data, name, _WHAT)
    except NotAnObject as error:
        raise InvalidScenario(str(error)) from error


def scenario_file_at(path: Path) -> dict[str, Any]:
    """Return the object in a scenario file on disk. Raises InvalidScenario."""
    try:
        return json_object_at(path, _WHAT)
    except NotAnObject as error:
        raise InvalidScenario(str(error)) from error
