"""One value of a scenario in place of an assumed one, wherever the file keeps it."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from typing import Any

from apps.engine.inputs import TRAFFIC
from apps.engine.traffic.presets import CURVE_NAMES, PRESET_TABLE, Preset, hour_shares
from apps.engine.traffic.reading import InvalidScenario

Body = dict[str, Any]
# How the engine names a link: "Checkout → Orders (query)".
_LINK = re.compile(r"(.+) → (.+) \((\w+)\)")


def with_value(body: Mapping[str, Any], owner: str, name: str, value: float | None) -> Body:
    """Return the scenario with one value set; None leaves it to the assumption again.

    Parameters
    ----------
    body : mapping
        A scenario, `headroom/scenario/1`.
    owner, name : str
        Whose value it is, as in the `assumptions` of a forecast.

    Raises
    ------
    InvalidScenario
        If a habit has another name.
    """
    changed = copy.deepcopy(dict(body))
    if owner == TRAFFIC:
        setter = _HABITS.get(name)
        if setter is None:
            raise InvalidScenario(f"'{name}' is no habit; known are {', '.join(sorted(_HABITS))}.")
        setter(changed, value)
        return changed
    link = _LINK.fullmatch(owner)
    if link:
        _set_link(changed, link.group(1), link.group(2), link.group(3), {name: value})
    else:
        _set(changed.setdefault("assume", {}), owner, {name: value})
    return changed


def value_in(body: Mapping[str, Any], owner: str, name: str) -> float | None:
    """Return what a scenario says of a component or a link; None where it says nothing."""
    assume = body.get("assume") or {}
    link = _LINK.fullmatch(owner)
    said = _link_of(assume, *link.groups()) if link else assume.get(owner)
    value = (said or {}).get(name)
    return value.get("expected") if isinstance(value, Mapping) else value


def _set(assume: Body, owner: str, values: Mapping[str, float | None]) -> None:
    said = {**assume.get(owner, {}), **values}
    said = {name: value for name, value in said.items() if value is not None}
    if said:
        assume[owner] = said
    else:
        assume.pop(owner, None)


def _set_link(
    body: Body, source: str, target: str, operation: str, values: Mapping[str, float | None]
) -> None:
    assume = body.setdefault("assume", {})
    links = list(assume.get("links", ()))
    known = _link_of(assume, source, target, operation)
    address = {"source": source, "target": target, "operation": operation}
    said = {**(known or address), **values}
    said = {name: value for name, value in said.items() if value is not None}
    links = [item for item in links if item is not known]
    if set(said) - set(address):
        links.append(said)
    if links:
        assume["links"] = links
    else:
        assume.pop("links", None)


def _link_of(
    assume: Mapping[str, Any], source: str, target: str, operation: str
) -> Mapping[str, Any] | None:
    """Return what is said of a link; one said without an operation speaks of all of them."""
    for item in assume.get("links", ()):
        if (item.get("source"), item.get("target")) != (source, target):
            continue
        if str(item.get("operation", operation)).removesuffix("_eventual") == operation:
            found: Mapping[str, Any] = item
            return found
    return None


def _visits(body: Body, value: float | None) -> None:
    body["visits"] = {**body.get("visits", {}), "per_daily_user": value}


def _stickiness(body: Body, value: float | None) -> None:
    body["population"] = {**body.get("population", {}), "daily_per_monthly": value}


def _bots(body: Body, value: float | None) -> None:
    share = None if value is None else value / (1.0 + value)
    body["bots"] = {**body.get("bots", {}), "share_of_requests": share}


def _busiest_hour(body: Body, value: float | None) -> None:
    day = dict(body.get("day", {}))
    day["hour_shares_percent"] = [] if value is None else hours_of(body, value)
    body["day"] = day


def hours_of(body: Mapping[str, Any], busiest_percent: float) -> list[float]:
    """Return the 24 hours of the scenario's curve, as steep as its busiest hour says. [%]"""
    name = (body.get("day") or {}).get("preset", "")
    curve = CURVE_NAMES.get(name, _preset(body).curve)
    return [round(100.0 * share, 4) for share in hour_shares(curve, busiest_percent)]


def _action(field: str) -> Callable[[Body, float | None], None]:
    def setter(body: Body, value: float | None) -> None:
        preset = _preset(body)
        if value is None:
            body["actions"] = []
            return
        habits = {"per_visit": preset.actions.expected, "requests": preset.requests.expected}
        first = (body.get("actions") or [{"name": "action", **habits}])[0]
        body["actions"] = [{**first, field: value}, *(body.get("actions") or [])[1:]]

    return setter


def _preset(body: Mapping[str, Any]) -> Preset:
    return PRESET_TABLE.get(body.get("preset", ""), PRESET_TABLE["web-shop"])


_HABITS: Mapping[str, Callable[[Body, float | None], None]] = {
    "visits per daily user": _visits,
    "daily per monthly users": _stickiness,
    "bots per request": _bots,
    "busiest hour": _busiest_hour,
    "actions per visit": _action("per_visit"),
    "requests per action": _action("requests"),
}
