"""Take the input of a picture from what a page has at hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, fields
from typing import Any, TypeVar

T = TypeVar("T")


def read(kind: type[T], value: object) -> T:
    """Build `kind`, a dataclass, from a mapping or from an object with the same attributes.

    Apps stand below the project and cannot import its dataclasses, so a view passes a dict or a
    dataclass of its own.

    Raises
    ------
    TypeError
        If the value has not what `kind` needs, or a key that `kind` does not know.
    """
    if isinstance(value, kind):
        return value
    if isinstance(value, Mapping):
        return kind(**value)
    given = ((field, _attribute(field, value)) for field in fields(kind))  # type: ignore[arg-type]  # A dataclass, by contract.
    return kind(**{field.name: found for field, found in given if found is not MISSING})


def read_all(kind: type[T], values: Iterable[object]) -> tuple[T, ...]:
    return tuple(read(kind, value) for value in values)


def _attribute(field: Field[Any], value: object) -> object:
    return getattr(value, field.name, MISSING)
