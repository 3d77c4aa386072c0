"""Read JSON into frozen dataclasses: what is unknown or out of bounds is refused with its path."""

from __future__ import annotations

import dataclasses
import sys
import types
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


class InvalidScenario(ValueError):
    """The scenario cannot be used; the message names the field and what would work."""


def bounded(
    default: Any,
    *,
    low: float | None = None,
    high: float | None = None,
    above: float | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """Return a dataclass field that `read_record` checks; `above` is a bound not reached.

    Parameters
    ----------
    default : any
        Value of a field that is not given.
    low : float, optional
        Least value that is taken.
    high : float, optional
        Largest value that is taken.
    above : float, optional
        Bound that a value must exceed.
    choices : tuple of str, optional
        The only texts that are taken.

    Returns
    -------
    dataclasses.Field
        With the bounds as its metadata.
    """
    metadata = {"low": low, "high": high, "above": above, "choices": choices}
    return dataclasses.field(default=default, metadata=metadata)


@lru_cache(maxsize=64)
def _hints(cls: type) -> Mapping[str, Any]:
    return get_type_hints(cls)


def read_record(cls: type[T], data: Any, path: str = "") -> T:
    """Return an instance of the dataclass `cls` from a JSON object.

    Parameters
    ----------
    cls : type
        A dataclass, of which fields may be `bounded`.
    data : any
        What JSON held; must be an object.
    path : str, optional
        Where it stands in the file, for the refusal.

    Returns
    -------
    object
        An instance of `cls`.

    Raises
    ------
    InvalidScenario
        If a field is unknown, of another type or out of its bounds; with its path.
    """
    if not isinstance(data, Mapping):
        raise InvalidScenario(f"{path or 'The scenario'} must be an object with named fields.")
    fields = {item.name: item for item in dataclasses.fields(cls)}  # type: ignore[arg-type]
    unknown = next((key for key in data if key not in fields), None)
    if unknown is not None:
        known = ", ".join(sorted(fields))
        raise InvalidScenario(f"'{_join(path, str(unknown))}' is not a field; known are {known}.")
    hints = _hints(cls)  # type: ignore[arg-type]
    values = {}
    for name, value in data.items():
        values[name] = _read(hints[name], value, _join(path, name), fields[name].metadata)
    try:
        return cls(**values)
    except TypeError as error:
        missing = str(error).split(":")[-1].strip()
        raise InvalidScenario(f"{path or 'The scenario'} lacks {missing}.") from error


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _read(hint: Any, value: Any, path: str, bounds: Mapping[str, Any]) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        if value is None:
            return None
        hint = next(part for part in get_args(hint) if part is not type(None))
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise InvalidScenario(f"{path} must be a list.")
        return tuple(
            _read(get_args(hint)[0], item, f"{path}[{i}]", bounds) for i, item in enumerate(value)
        )
    if get_origin(hint) in (dict, Mapping) or hint is Any:
        return value
    reader = getattr(hint, "from_json", None)
    if reader is not None:
        return reader(value, path)
    if dataclasses.is_dataclass(hint):
        return read_record(hint, value, path)  # type: ignore[arg-type]
    return read_scalar(hint, value, path, bounds)


def read_scalar(hint: Any, value: Any, path: str, bounds: Mapping[str, Any]) -> Any:
    """Return a text, flag or number within its bounds.

    Parameters
    ----------
    hint : type
        str, bool, int or float.
    value : any
        What JSON held.
    path : str
        Where it stands in the file, for the refusal.
    bounds : mapping of str to any
        `low`, `high`, `above` and `choices`.

    Returns
    -------
    str, bool, int or float
        Of the type `hint`.

    Raises
    ------
    InvalidScenario
        If it is of another type or out of its bounds.
    """
    if hint is str:
        if not isinstance(value, str):
            raise InvalidScenario(f"{path} must be text, not {value!r}.")
        choices = bounds.get("choices", ())
        if choices and value not in choices:
            raise InvalidScenario(f"{path} must be one of {', '.join(choices)}, not '{value}'.")
        return value
    if hint is bool:
        if not isinstance(value, bool):
            raise InvalidScenario(f"{path} must be true or false, not {value!r}.")
        return value
    return hint(read_number(value, path, bounds))


def read_number(value: Any, path: str, bounds: Mapping[str, Any]) -> float:
    """Return a finite number within its bounds.

    Parameters
    ----------
    value : any
        What JSON held.
    path : str
        Where it stands in the file, for the refusal.
    bounds : mapping of str to any
        `low`, `high` and `above`, in the unit of the value.

    Returns
    -------
    float
        The number, in its unit.

    Raises
    ------
    InvalidScenario
        If it is no number or out of its bounds.
    """
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    # Compared and not asked for `isfinite`, which fails on whole numbers beyond a float.
    if not is_number or not abs(value) <= sys.float_info.max:
        raise InvalidScenario(f"{path} must be a number, not {str(value)[:40]!r}.")
    low, high, above = bounds.get("low"), bounds.get("high"), bounds.get("above")
    if above is not None and value <= above:
        raise InvalidScenario(f"{path} must be more than {above:,g}, not {value:,g}.")
    if low is not None and value < low:
        raise InvalidScenario(f"{path} must be at least {low:,g}, not {value:,g}.")
    if high is not None and value > high:
        raise InvalidScenario(f"{path} must be at most {high:,g}, not {value:,g}.")
    return float(value)


def seconds_of(clock: str, what: str) -> int:
    """Return the second of the day of 'HH:MM' or 'HH:MM:SS'.

    Parameters
    ----------
    clock : str
        Time of day.
    what : str
        What happens then, which the refusal begins with.

    Returns
    -------
    int
        Seconds since midnight. [s]

    Raises
    ------
    InvalidScenario
        If it is no time of day.
    """
    parts = clock.split(":")
    if len(parts) in (2, 3) and all(part.isdigit() for part in parts):
        hour, minute, second = (int(part) for part in [*parts, "0"][:3])
        if hour < 24 and minute < 60 and second < 60:
            return hour * 3600 + minute * 60 + second
    raise InvalidScenario(f"{what} is at '{clock}'; write a time of day such as 20:00:00.")
