"""Settings of a component → properties of a resource, by the rows that its kind declares."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

from apps.engine.catalog import KINDS
from apps.engine.catalog.base import COUNT, MINUTES, PRESENT, SECONDS, Property
from apps.engine.formats.cloudformation.write.values import Properties, put

# AWS takes whole numbers here, whatever fraction a design names.
_WHOLE = (COUNT, SECONDS, MINUTES)


def properties_of(
    kind: str,
    type_: str,
    settings: Mapping[str, Any],
    *,
    but: Collection[str] = (),
) -> Properties:
    """Return the properties of one resource that settings stand for.

    Parameters
    ----------
    kind : str
        Name of a kind.
    type_ : str
        Type of the resource.
    settings : mapping of str to any
        Settings of the component; those that are None say nothing.
    but : collection of str, optional
        Settings that are not written, or written otherwise.

    Returns
    -------
    dict
        Nested as the resource has them.
    """
    found: Properties = {}
    written: set[str] = set()
    for row in KINDS[kind].TEMPLATE:
        value = settings.get(row.setting)
        if row.type != type_ or not row.setting or row.setting in {*but, *written}:
            continue
        # What tells only that something is there cannot be made of a flag.
        if value is not None and row.conversion is not PRESENT:
            put(found, row.path, _written(row, value))
            written.add(row.setting)
    return found


def _written(row: Property, value: Any) -> Any:
    if row.conversion in _WHOLE:
        return math.ceil(row.conversion.write(value))
    return row.conversion.write(value)
