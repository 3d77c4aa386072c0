"""Infracost usage files: keys of a resource → the meters that a bill reads, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from apps.engine.catalog.base import Kind, Meters, UsageKey, read_meter

# More than a block of any resource repeats.
_PLACES_MAX = 1000


def meters_of(kind: type[Kind], type_: str, usage: Mapping[str, float]) -> Meters:
    """Return the meters that a resource's usage amounts to.

    Parameters
    ----------
    kind : type[Kind]
        A kind of the catalog.
    type_ : str
        Its resource type, such as aws_sqs_queue.
    usage : Mapping[str, float]
        Values by key, dotted where the file nests them; keys that the kind does not know are left.

    Returns
    -------
    Meters
        What the keys say; the rest is zero.
    """
    meters = Meters()
    for key in sorted(_keys(kind, type_), key=lambda one: one.per != ""):
        if key.key in usage:
            weight = read_meter(meters, key.per) if key.per else 1.0
            meters = _added(meters, key.meter, usage[key.key] * key.factor * weight)
    return meters


def usage_of(kind: type[Kind], type_: str, meters: Meters) -> dict[str, float]:
    """Return the usage that some meters amount to, by key: the way back of `meters_of`.

    Parameters
    ----------
    kind : type[Kind]
        A kind of the catalog.
    type_ : str
        Its resource type, such as aws_sqs_queue.
    meters : Meters
        What a component did in a month.

    Returns
    -------
    dict[str, float]
        Values by key; a meter at zero is left out.
    """
    usage: dict[str, float] = {}
    for key in _keys(kind, type_):
        weight = read_meter(meters, key.per) if key.per else 1.0
        value = read_meter(meters, key.meter)
        if value and weight:
            usage.setdefault(key.key, value / (key.factor * weight))
    return usage


def nested(pairs: Mapping[str, Any]) -> dict[str, Any]:
    """Return flattened names, `a[0].b`, as lists and mappings; what is nested stays.

    Parameters
    ----------
    pairs : Mapping[str, Any]
        Values by name.

    Returns
    -------
    dict[str, Any]
        The same values, nested.

    Raises
    ------
    ValueError
        A name stands for a value and for what holds values, or a place in a list is too far.
    """
    root: dict[str, Any] = {}
    for path, value in pairs.items():
        parts = [int(p) if p.isdigit() else p for p in re.findall(r"[^.\[\]]+", path)]
        spot: Any = root
        for part, following in zip(parts, [*parts[1:], None], strict=True):
            spot = _step(spot, part, value, following, path)
    return root


def _step(spot: Any, part: str | int, value: Any, following: str | int | None, path: str) -> Any:
    """Return what stands at a part of a path, put there if nothing does."""
    fresh = value if following is None else [] if isinstance(following, int) else {}
    if isinstance(part, int) and isinstance(spot, list) and part < _PLACES_MAX:
        spot.extend([None] * (part + 1 - len(spot)))
        spot[part] = fresh if spot[part] is None else spot[part]
        return spot[part]
    if isinstance(part, str) and isinstance(spot, dict):
        return spot.setdefault(part, fresh)
    raise ValueError(f"{path[:80]} does not fit the other names.")


def flat(nested: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Return nested mappings as dotted keys.

    Parameters
    ----------
    nested : Mapping[str, Any]
        A usage file's keys of one resource.
    before : str, optional
        What stands in front of each key.

    Returns
    -------
    dict[str, Any]
        Values by dotted key.
    """
    pairs: dict[str, Any] = {}
    for name, value in nested.items():
        if isinstance(value, Mapping):
            pairs |= flat(value, f"{before}{name}.")
        else:
            pairs[f"{before}{name}"] = value
    return pairs


def _keys(kind: type[Kind], type_: str) -> list[UsageKey]:
    return [key for key in kind.USAGE_KEYS if key.type == type_]


def _added(meters: Meters, path: str, value: float) -> Meters:
    field, _, name = path.partition(".")
    if name:
        known: dict[str, float] = dict(getattr(meters, field))
        known[name] = known.get(name, 0.0) + value
        return replace(meters, **{field: known})  # type: ignore[arg-type]
    return replace(meters, **{field: getattr(meters, field) + value})
