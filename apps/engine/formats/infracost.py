"""Infracost usage files: keys of a resource → the meters that a bill reads, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from apps.engine.catalog.base import Kind, Meters, UsageKey


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


def read_meter(meters: Meters, path: str) -> float:
    """Return a meter by its path, zero where it is not there.

    Parameters
    ----------
    meters : Meters
        What a component did in a month.
    path : str
        A field of `Meters`, with a name in it after a dot.

    Returns
    -------
    float
        In the meter's own unit.
    """
    field, _, name = path.partition(".")
    value = getattr(meters, field)
    return float(value.get(name, 0.0) if name else value)


def _keys(kind: type[Kind], type_: str) -> list[UsageKey]:
    return [key for key in kind.USAGE_KEYS if key.type == type_]


def _added(meters: Meters, path: str, value: float) -> Meters:
    field, _, name = path.partition(".")
    if name:
        known: dict[str, float] = dict(getattr(meters, field))
        known[name] = known.get(name, 0.0) + value
        return replace(meters, **{field: known})  # type: ignore[arg-type]
    return replace(meters, **{field: getattr(meters, field) + value})
