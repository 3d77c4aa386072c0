"""A setting that is to change → the properties that say it, by the rows of the kinds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.engine.catalog.base import LENGTH, PRESENT, Conversion, Kind, Property
from apps.engine.formats.cloudformation.export import method_throttle
from apps.engine.formats.cloudformation.export.scaling_places import scaling_place
from apps.engine.formats.cloudformation.implicit import URL
from apps.engine.formats.cloudformation.nodes import Scalar, Symbol
from apps.engine.formats.cloudformation.settings import field_types, rows_of
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.formats.errors import CannotWrite

_PROBE = "headroom-probe"
# The one word of a target tracking policy that a setting says.
_TARGET = "TargetValue"


@dataclass(frozen=True, slots=True)
class Wish:
    """One property that is to hold another value; None takes it out."""

    setting: str
    resource: Resource
    path: tuple[str, ...]
    value: Any
    # What a person should know of it who did not ask for it.
    why: str = ""

    @property
    def logical_id(self) -> str:
        """The name of the resource in its own template."""
        return self.resource.id.removeprefix(self.resource.stack.prefix)

    @property
    def place(self) -> tuple[str, ...]:
        """The path from the root of its template."""
        name, inner = self.logical_id, self.path
        is_made = self.resource.stack.document.get(f"Resources.{name}") is None
        if is_made and self.resource.type == URL:  # SAM makes it of a part of its function.
            name, inner = name.removesuffix("Url"), ("FunctionUrlConfig", *inner)
        return ("Resources", name, "Properties", *inner)

    @property
    def words(self) -> str:
        """The property with its resource, for a sentence."""
        return f"{'.'.join(self.path)} of {self.resource.id}"


def wishes_for(
    kind: type[Kind], resource: Resource, parts: Sequence[Resource], setting: str, value: Any
) -> list[Wish]:
    """Return the properties that must change for a setting of a component.

    Parameters
    ----------
    kind : type[Kind]
        The kind of the component.
    resource : Resource
        Its own resource.
    parts : sequence of Resource
        Resources that say more of it.
    setting : str
        Name of a field of the kind.
    value : any
        What it is to be; None for what AWS takes where the template is silent.

    Returns
    -------
    list of Wish
        One, or several where more resources say the same.

    Raises
    ------
    CannotWrite
        If no property says it, or none can be made from the value.
    """
    if setting not in field_types(kind):
        raise CannotWrite(f"{kind.label} has no setting {setting}.")
    scaled = scaling_place(parts, setting)
    if scaled is not None:
        return [Wish(setting, *scaled, value)]
    throttled = method_throttle.place(kind, (resource, *parts), setting)
    present = list(_present(kind, (resource, *parts), setting))
    if throttled is not None and not present:
        words = {**throttled.beside, throttled.path: value} if value is not None else {}
        words = words or {throttled.path: None}
        return [Wish(setting, throttled.resource, path, word) for path, word in words.items()]
    targets = present or [_new(kind, resource, parts, setting)]
    return [wish for one, row in targets for wish in _written(kind, one, row, value)]


def _present(
    kind: type[Kind], resources: Sequence[Resource], setting: str
) -> Iterator[tuple[Resource, Property]]:
    """Yield the property that the importer reads, and its like on other parts of the same type."""
    first = ""
    for one in resources:
        for row in rows_of(kind, one.type):
            if row.setting == setting and _says(one, row):
                if not first or one.type == first:
                    yield one, row
                first = first or one.type
                break


def _says(resource: Resource, row: Property) -> bool:
    """Say whether a property is there, and is about the setting: policies track several uses."""
    node = resource.get(row.path)
    is_policy = node is not None and node.get(_TARGET) is not None
    return node is not None and not (is_policy and _reads(row.conversion, node.plain()) is None)


def _new(
    kind: type[Kind], resource: Resource, parts: Sequence[Resource], setting: str
) -> tuple[Resource, Property]:
    """Return the property that a setting gets which the template is silent about."""
    for one in (resource, *parts):
        rows = [row for row in rows_of(kind, one.type) if row.setting == setting]
        if rows:  # Of several destinations that which is in use.
            return one, max(rows, key=lambda row: _depth(one, row.path))
    raise CannotWrite(
        f"No property of {resource.type} in this template says '{setting}' of {resource.id}; "
        "change it by hand."
    )


def _depth(resource: Resource, path: str) -> int:
    parts = path.split(".")
    lengths = range(len(parts), 0, -1)
    return next((n for n in lengths if resource.get(".".join(parts[:n])) is not None), 0)


def _written(kind: type[Kind], resource: Resource, row: Property, value: Any) -> Iterator[Wish]:
    path, node = tuple(row.path.split(".")), resource.get(row.path)
    if value is None and (node is None or isinstance(node, Scalar | Symbol)):
        yield Wish(row.setting, resource, path, None)
        return
    if node is not None and node.get(_TARGET) is not None and value is not None:
        yield Wish(row.setting, resource, (*path, _TARGET), value)
        return
    word = _word(row.conversion, value)
    if word is None:
        raise CannotWrite(
            f"{row.path} of {resource.id} cannot be written from "
            f"'{row.setting}' of {kind.label} alone; change it by hand."
        )
    if isinstance(word, Mapping) and node is not None and node.text():
        word = value  # It stands there in its short form.
    if isinstance(word, Mapping):
        yield from (Wish(row.setting, resource, (*path, key), word[key]) for key in word)
    else:
        yield Wish(row.setting, resource, path, None if word == "" else word)


def _word(conversion: Conversion, value: Any) -> Any:
    """Return what a property must hold to be read as the value; None where nothing plain does."""
    if conversion in (PRESENT, LENGTH):
        return None
    try:
        word = conversion.write(value)
        is_same = conversion.read(word) == value
        is_constant = isinstance(value, str) and _reads(conversion, _PROBE) == value
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        is_counted = is_number and _reads(conversion, [_PROBE]) is not None
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError):
        return None
    inner = word.values() if isinstance(word, Mapping) else (word,)
    is_plain = all(isinstance(each, str | int | float) for each in inner)
    is_said = is_same and is_plain and not (is_constant or is_counted)
    return word if is_said else None


def _reads(conversion: Conversion, word: Any) -> Any:
    try:
        return conversion.read(word)
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError):
        return None
