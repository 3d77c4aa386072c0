"""Bills of Terraform resources with an Infracost usage file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.engine.formats.infracost import flat, meters_of, nested
from apps.engine.formats.terraform.settings import kind_of_type, settings_of


def billed(
    type_: str, attributes: Mapping[str, Any], usage: Mapping[str, Any] | None = None
) -> dict[str, float]:
    """Return the quantities that a resource is billed for, by price."""
    kind = kind_of_type(type_)
    assert kind is not None, type_
    numbers = {name: value for name, value in flat(usage or {}).items() if not _is_text(value)}
    read = {**nested(attributes), "usage": nested(usage or {})}
    built = kind(**settings_of(kind, type_, read))
    quantities: dict[str, float] = {}
    for line in built.usage(meters_of(kind, type_, numbers)):
        quantities[line.price_id] = quantities.get(line.price_id, 0.0) + line.quantity
    return quantities


def _is_text(value: Any) -> bool:
    return isinstance(value, str)
