"""The usage file of `manage.py estimate`: what is used in a month, kind by kind."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from pathlib import Path
from typing import Any, Final, NoReturn

from apps.engine.catalog import KINDS, build
from apps.engine.catalog.base import InvalidSetting, Kind, Meters, Usage
from apps.engine.formats.infracost import flat, meters_of, nested
from apps.engine.formats.terraform.settings import kind_of_type, settings_of
from apps.engine.graph import Component

BYTES_MAX: Final = 5 * 1024 * 1024
# More than all of AWS serves; above it floats lose the units that a bill counts.
QUANTITY_MAX: Final = 1e18
_ITEM_KEYS: Final = {"kind", "settings", "usage"}
_RESOURCE_KEYS: Final = {"resource_type", "attributes", "usage"}


class BadUsage(ValueError):
    """The file cannot be priced; the message is one sentence with the path to the fault."""


@dataclass(frozen=True, slots=True)
class Item:
    """One component of the file; `id` is its path there."""

    id: str
    kind: Kind
    meters: Meters

    def usages(self) -> Iterator[tuple[str, Usage]]:
        for usage in self.kind.usage(self.meters):
            yield self.id, usage


def read_file(path: Path) -> str:
    """Return the text of a file of at most 5 MB; raises `BadUsage`."""
    try:
        with path.open("rb") as file:
            content = file.read(BYTES_MAX + 1)
        if len(content) > BYTES_MAX:
            raise BadUsage(f"{path} is larger than 5 MB.")
        return content.decode("utf-8-sig")
    except OSError as error:
        raise BadUsage(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadUsage(f"{path} is not a JSON file: it is not UTF-8 text.") from error


def read_items(text: str) -> tuple[Item, ...]:
    """Read `{"items": [{"kind", "settings": {…}, "usage": {…}}]}`.

    An item may also be `{"resource_type", "attributes": {…}, "usage": {…}}`, with a type and
    attributes of Terraform and the keys of an Infracost usage file.

    Raises
    ------
    BadUsage
        The text is not such JSON, or a kind, setting or meter is not known or out of bounds.
    """
    body = _object(_parsed(text), "The file")
    _refuse_unknown(body, {"items"}, "")
    items = body.get("items")
    if not isinstance(items, list) or not items:
        raise BadUsage("items must be a list with at least one item.")
    return tuple(_item(f"items[{n}]", item) for n, item in enumerate(items))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except BadUsage:
        raise
    except ValueError as error:
        raise BadUsage(f"The file is not JSON: {error}.") from error
    except RecursionError as error:
        raise BadUsage("The file is nested too deeply.") from error


def _unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for key, value in pairs:
        if key in body:
            raise BadUsage(f"The key “{key}” stands twice in one object.")
        body[key] = value
    return body


def _refuse_constant(name: str) -> NoReturn:
    raise BadUsage(f"{name} is not a number that can be billed.")


def _item(path: str, item: Any) -> Item:
    body = _object(item, path)
    if "resource_type" in body:
        return _resource(path, body)
    _refuse_unknown(body, _ITEM_KEYS, f"{path}.")
    name = body.get("kind")
    if not isinstance(name, str) or name not in KINDS:
        raise BadUsage(f"{path}.kind must be one of {', '.join(sorted(KINDS))}.")
    settings = _object(body.get("settings", {}), f"{path}.settings")
    _check_settings(path, KINDS[name], settings)
    try:
        kind = build(Component(id=f"{path}.settings", kind=name, settings=settings))
    except InvalidSetting as error:
        raise BadUsage(str(error)) from error
    return Item(path, kind, _meters(f"{path}.usage", body.get("usage", {})))


def _resource(path: str, body: Mapping[str, Any]) -> Item:
    """Read an item in the words of Terraform and of an Infracost usage file."""
    _refuse_unknown(body, _RESOURCE_KEYS, f"{path}.")
    type_, kind = body["resource_type"], None
    attributes = _object(body.get("attributes", {}), f"{path}.attributes")
    if isinstance(type_, str):
        kind = kind_of_type(type_, attributes)
    if kind is None:
        raise BadUsage(f"{path}.resource_type must be a Terraform type that is modelled.")
    usage = _object(body.get("usage", {}), f"{path}.usage")
    numbers = {
        name: _quantity(f"{path}.usage.{name}", value)
        for name, value in flat(usage).items()
        if not isinstance(value, str)
    }
    try:
        read = {**nested(attributes), "usage": nested(usage)}
        built = kind(**settings_of(kind, type_, read))
    except ValueError as error:
        raise BadUsage(f"{path}.attributes: {error}") from error
    return Item(path, built, meters_of(kind, type_, numbers))


def _check_settings(path: str, kind: type[Kind], settings: Mapping[str, Any]) -> None:
    """Compare each value with the type of its default; the kind itself checks the bounds."""
    defaults = {each.name: _default(each) for each in fields(kind)}
    for name, value in settings.items():
        default = defaults.get(name)
        if default is None or value is None:
            is_right = value is None or isinstance(value, str | int | float)
        elif isinstance(default, bool | str):
            is_right = isinstance(value, type(default))
        elif isinstance(default, int | float):
            is_right = _is_number(value)
        else:
            is_right = isinstance(value, list | dict)
        if not is_right:
            word = {bool: "true or false", str: "text"}.get(type(default), "a number")
            raise BadUsage(f"{path}.settings.{name} must be {word}, not {json.dumps(value)[:80]}.")


def _default(each: Field[Any]) -> Any:
    if each.default_factory is not MISSING:
        return each.default_factory()
    return None if each.default is MISSING else each.default


def _meters(path: str, usage: Any) -> Meters:
    defaults = {each.name: _default(each) for each in fields(Meters)}
    body = _object(usage, path)
    _refuse_unknown(body, set(defaults), f"{path}.")
    return Meters(
        **{name: _meter(f"{path}.{name}", defaults[name], value) for name, value in body.items()}
    )


def _meter(path: str, default: Any, value: Any) -> Any:
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise BadUsage(f"{path} must be true or false.")
        return value
    if isinstance(default, Mapping):
        parts = _object(value, path)
        return {name: _quantity(f"{path}.{name}", part) for name, part in parts.items()}
    return _quantity(path, value)


def _quantity(path: str, value: Any) -> float:
    if not _is_number(value) or not 0 <= value <= QUANTITY_MAX:
        raise BadUsage(f"{path} must be a number from 0 to 10^18, not {json.dumps(value)[:80]}.")
    return float(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _object(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadUsage(f"{path} must be an object in braces.")
    return value


def _refuse_unknown(body: Collection[str], known: set[str], path: str) -> None:
    if unknown := sorted(set(body) - known):
        raise BadUsage(f"{path}{unknown[0]} is not known; known here: {', '.join(sorted(known))}.")
