"""Settings of a kind as dataclass fields that forms, checks and exports can read."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import field
from typing import Any


class InvalidSetting(ValueError):
    """A setting is outside AWS's bounds; the message says which, and what would work."""


def setting(
    default: Any,
    label: str,
    *,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    hint: str = "",
) -> Any:
    """Return a dataclass field that forms, checks and exports can read.

    Parameters
    ----------
    default : Any
        AWS's own default.
    label : str
        What a person calls it.
    unit : str, optional
        Unit of a number.
    low : float or None, optional
        Least value that AWS takes.
    high : float or None, optional
        Largest value that AWS takes.
    choices : tuple[str, ...], optional
        All values that AWS takes.
    hint : str, optional
        A sentence for the form.

    Returns
    -------
    Any
        A field of a dataclass.
    """
    metadata = {"label": label, "unit": unit, "hint": hint, "choices": choices}
    return field(default=default, metadata=metadata | {"low": low, "high": high})


def check_settings(kind: Any) -> None:
    """Compare every field with its bounds.

    Parameters
    ----------
    kind : Any
        The settings of one component.

    Raises
    ------
    InvalidSetting
        With one sentence.
    """
    for item in dataclasses.fields(kind):
        value = getattr(kind, item.name)
        if value is None:
            continue
        _check_value(kind.label, value, item.metadata)


def _check_value(kind_label: str, value: Any, bounds: Mapping[str, Any]) -> None:
    label, unit = bounds.get("label", ""), bounds.get("unit", "")
    choices = bounds.get("choices", ())
    if choices and value not in choices:
        raise InvalidSetting(
            f"{kind_label}: {label} must be one of {', '.join(choices)}, not '{value}'."
        )
    low, high = bounds.get("low"), bounds.get("high")
    if isinstance(value, bool) or (low is None and high is None):
        return
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise InvalidSetting(f"{kind_label}: {label} must be a number, not '{value}'.")
    if (low is not None and value < low) or (high is not None and value > high):
        raise InvalidSetting(
            f"{kind_label}: {label} must be {_range(low, high)} {unit}".rstrip()
            + f", not {value:,}."
        )


def _range(low: float | None, high: float | None) -> str:
    if high is None:
        return f"at least {low:,}"
    return f"at most {high:,}" if low is None else f"between {low:,} and {high:,}"
