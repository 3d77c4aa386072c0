"""Properties of a resource as settings of a kind, read and written alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Conversion(NamedTuple):
    """From a template's value to a setting's, and back."""

    read: Callable[[Any], Any]
    write: Callable[[Any], Any]


def _flag(value: Any) -> bool:
    return value if isinstance(value, bool) else str(value).lower() == "true"


TEXT = Conversion(str, str)
COUNT = Conversion(lambda value: int(float(value)), int)
NUMBER = Conversion(float, float)
SECONDS = Conversion(float, float)
MINUTES = Conversion(lambda value: float(value) * 60.0, lambda value: value / 60.0)
FLAG = Conversion(_flag, bool)
LENGTH = Conversion(len, int)
# A text that says enough although names in it have no value: `com.amazonaws.${AWS::Region}.s3`.
PATTERN = Conversion(str, str)
PRESENT = Conversion(lambda value: value not in (None, "", False), bool)


class Property(NamedTuple):
    """One property of a resource: `path` is dotted, `setting` the field of the kind."""

    type: str
    path: str
    setting: str
    conversion: Conversion = TEXT
