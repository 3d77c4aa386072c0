"""Meters of a design → an Infracost usage file, and what such a file cannot say."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from apps.engine.catalog.base import Kind, Meters, Usage, UsageKey, read_meter, with_quantities
from apps.engine.formats.infracost import meters_of, usage_of
from apps.engine.formats.infracost_file import types_of

# Two probes tell how a line follows from what is given.
_PROBE = 1e6
_CLOSE = 1e-6
_ADDRESS = re.compile(r"(?:^|\.)([a-z][a-z0-9]*_\w+)\.([\w-]+)$")
_GIVEN = "given."


@dataclass(frozen=True, slots=True)
class Told:
    """Usage of one component by address, and what of its bill that does not give back.

    No key stands for the lines `left_out`; those `rounded` come out a little different.
    """

    usage: Mapping[str, Mapping[str, float]]
    left_out: tuple[Usage, ...]
    rounded: tuple[Usage, ...]


def told_of(component: str, kind: Kind, meters: Meters) -> Told:
    """Return the usage that a month of one component amounts to.

    Parameters
    ----------
    component : str
        Its id.
    kind : Kind
        Its settings.
    meters : Meters
        What it did in a month.

    Returns
    -------
    Told
        By address `type.name`, and the lines that `meters_again` does not give back alike.
    """
    known = with_implied(kind, meters)
    by_type: dict[str, dict[str, float]] = {}
    seen: set[str] = set()
    for type_ in _types(component, type(kind)):
        usage = usage_of(type(kind), type_, known)
        fresh = {key.meter for key in _keys(kind, type_) if key.key in usage} - seen
        if fresh:
            by_type[type_] = usage
            seen |= fresh
    for type_, usage in by_type.items():
        for key in _keys(kind, type_):
            if key.key in usage and key.per and key.meter.endswith("busy_s"):
                _correct(kind, meters, by_type, usage, key.key)
    again = meters_again(kind, by_type)
    lacking = _lacking(kind, meters, again)
    rounded = tuple(line for line in lacking if _quantity(kind, again, line) > 0.0)
    return Told(
        usage={_address(component, type_): usage for type_, usage in by_type.items()},
        left_out=tuple(line for line in lacking if line not in rounded),
        rounded=rounded,
    )


def _correct(
    kind: Kind,
    meters: Meters,
    by_type: Mapping[str, Mapping[str, float]],
    usage: dict[str, float],
    key: str,
) -> None:
    """Set a duration to the milliseconds whose line comes nearest, starts included."""
    own, whole_ms = meters_again(kind, by_type), max(1.0, math.ceil(usage[key] - _CLOSE))
    for line in _lacking(kind, meters, own):
        found = _quantity(kind, own, line)
        # Only what is multiplied by the duration is bought in seconds.
        if found > 0.0 and line.unit.endswith("-s"):
            usage[key] = max(1.0, float(round(whole_ms * line.quantity / found)))
            return


def _quantity(kind: Kind, meters: Meters, line: Usage) -> float:
    found = _lines(kind, meters).get((line.price_id, line.label))
    return found.quantity if found else 0.0


def _lacking(kind: Kind, meters: Meters, other: Meters) -> tuple[Usage, ...]:
    """Return the lines of some meters that other meters do not have alike."""
    own, found = _lines(kind, meters), _lines(kind, other)
    return tuple(line for line in own.values() if not _has(found.values(), line))


def _has(lines: Iterable[Usage], line: Usage) -> bool:
    """Say whether a line is among others; the id of a price may end with an area."""
    return any(
        ((one.price_id, one.label) == (line.price_id, line.label) or _is_area(one, line))
        and math.isclose(one.quantity, line.quantity, rel_tol=_CLOSE, abs_tol=_CLOSE)
        for one in lines
    )


def _is_area(one: Usage, whole: Usage) -> bool:
    return one.price_id.startswith(f"{whole.price_id}.") and one.unit == whole.unit


def meters_again(kind: Kind, by_type: Mapping[str, Mapping[str, float]]) -> Meters:
    """Return the meters that usage amounts to, under one type or several.

    Parameters
    ----------
    kind : Kind
        Settings of the component.
    by_type : Mapping[str, Mapping[str, float]]
        Usage by type of resource and key.

    Returns
    -------
    Meters
        What several types say of the same meter counts once.
    """
    meters = Meters()
    for type_, usage in by_type.items():
        read = meters_of(type(kind), type_, usage)
        paths = {key.meter: read_meter(read, key.meter) for key in _keys(kind, type_)}
        meters = with_quantities(meters, {path: value for path, value in paths.items() if value})
    return meters


def with_implied(kind: Kind, meters: Meters) -> Meters:
    """Return meters that also say as given what the kind works out of others.

    Parameters
    ----------
    kind : Kind
        Settings of the component.
    meters : Meters
        What it did in a month.

    Returns
    -------
    Meters
        With each `given` quantity that a usage key asks for, and that gives the same bill.

    Notes
    -----
    A line that moves where something is given is worked out of the users otherwise; what would
    have to be given is its quantity over the slope.
    """
    result = meters
    for path in dict.fromkeys(key.meter for key in kind.USAGE_KEYS):
        name = path.removeprefix(_GIVEN)
        if not path.startswith(_GIVEN) or name in result.given:
            continue
        implied = _implied(kind, result, path)
        if implied:
            known = with_quantities(result, {path: implied})
            result = known if _keeps(kind, result, known) else result
    return result


def _implied(kind: Kind, meters: Meters, path: str) -> float:
    own = _lines(kind, meters)
    none = _lines(kind, with_quantities(meters, {path: 0.0}))
    much = _lines(kind, with_quantities(meters, {path: _PROBE}))
    for key, line in own.items():
        at_none = none[key].quantity if key in none else 0.0
        instead = [one for one in much.values() if _is_area(one, line)]
        if key not in much and len(instead) == 1:
            return line.quantity * _PROBE / instead[0].quantity
        rise = (much[key].quantity if key in much else 0.0) - at_none
        if rise > 0.0 and not math.isclose(line.quantity, at_none, rel_tol=_CLOSE):
            return (line.quantity - at_none) * _PROBE / rise
    return 0.0


def _keeps(kind: Kind, meters: Meters, known: Meters) -> bool:
    """Say whether the bill is the same."""
    is_as_long = len(_lines(kind, known)) == len(_lines(kind, meters))
    return is_as_long and not _lacking(kind, meters, known)


def _lines(kind: Kind, meters: Meters) -> dict[tuple[str, str], Usage]:
    """Return what is billed, by price and label."""
    lines: dict[tuple[str, str], Usage] = {}
    for usage in kind.usage(meters):
        if usage.quantity > 0.0:
            key = (usage.price_id, usage.label)
            before = lines[key].quantity if key in lines else 0.0
            lines[key] = replace(usage, quantity=usage.quantity + before)
    return lines


def _types(component: str, kind: type[Kind]) -> Iterator[str]:
    """Yield the types to say it under: the component's own first, if its id is an address."""
    own = _ADDRESS.search(component)
    known = types_of(kind)
    if own and own[1] in known:
        yield own[1]
    yield from (type_ for type_ in known if not own or type_ != own[1])


def _keys(kind: Kind, type_: str) -> list[UsageKey]:
    return [key for key in kind.USAGE_KEYS if key.type == type_]


def _address(component: str, type_: str) -> str:
    own = _ADDRESS.search(component)
    if own and own[1] == type_:
        return component
    return f"{type_}.{own[2] if own else re.sub(r'[^A-Za-z0-9_-]', '_', component)}"
