"""Quantities that are known of a month, whoever comes, in place of what a simulation counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from apps.engine.catalog._bill import Meters

# "bytes_in per passed.request": so much for each of another meter.
PER = " per "


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


def with_quantities(meters: Meters, quantities: Mapping[str, float]) -> Meters:
    """Return meters with some of them as given.

    Parameters
    ----------
    meters : Meters
        What a component did in a month.
    quantities : Mapping[str, float]
        By path: `given.requests`, `stored_gb`, `bytes_in per passed.request`.

    Returns
    -------
    Meters
        A copy.
    """
    for path, value in quantities.items():
        meter, is_share, per = path.partition(PER)
        amount = value * read_meter(meters, per) if is_share else value
        field, _, name = meter.partition(".")
        known: Any = {**getattr(meters, field), name: amount} if name else amount
        meters = replace(meters, **{field: known})
    return meters


def is_meter(path: str) -> bool:
    """Say whether a path names a meter.

    Parameters
    ----------
    path : str
        A field of `Meters`, with a name in it after a dot, and perhaps ` per ` another one.

    Returns
    -------
    bool
        True for `given.requests`, `stored_gb` and `bytes_in per passed.request`.
    """
    meter, is_share, per = path.partition(PER)
    return _is_one(meter) and (not is_share or _is_one(per))


def _is_one(path: str) -> bool:
    field, dot, name = path.partition(".")
    kinds = {item.name: item.type for item in fields(Meters)}
    type_ = str(kinds.get(field, ""))
    return bool(name) if type_.startswith("Mapping") else type_ == "float" and not dot
