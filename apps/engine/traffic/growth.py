"""How what is stored grows: the bytes that actions leave, and the stores that they end in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from apps.engine.catalog.base import Kind
from apps.engine.graph import Architecture
from apps.engine.traffic.habits import Habits, habits_of
from apps.engine.traffic.reading import InvalidScenario, read_number
from apps.engine.traffic.scenario import Action, Scenario

BYTES_PER_GB = 2**30
_KNOWN = ("new_bytes_per_action", "keep_days", "now_gb")
# Data is kept for a year where the scenario does not say for how long.
_USUAL_DAYS = 365.0
_MOST_DAYS, _MOST_BYTES, _MOST_GB = 36_500.0, 1e12, 1e9


class Growth(NamedTuple):
    """What one store holds now, if that is known, and what a daily user adds in a day. [GB]"""

    now_gb: float | None
    gb_per_user_day: float
    keep_days: float


def growth(
    architecture: Architecture, kinds: Mapping[str, Kind], scenario: Scenario
) -> dict[str, Growth]:
    """Return how each store of a design grows; empty where the scenario does not speak of data.

    Parameters
    ----------
    architecture : Architecture
        The design.
    kinds : mapping of str to Kind
        The kinds of its components, by id.
    scenario : Scenario
        Its `data`: `new_bytes_per_action` by the names of actions [bytes], `keep_days` [days]
        and `now_gb`, what all stores hold today [GB].

    Returns
    -------
    dict of str to Growth
        By component id. [GB, GB/day, days]

    Raises
    ------
    InvalidScenario
        If `data` names an action that is not there, or something unknown.

    Notes
    -----
    The bytes of an action go in equal parts to the stores that are written on the way from its
    entry, and so does what is there today.
    """
    if not scenario.data:
        return {}
    keep, now, sizes = _read(scenario.data)
    habits = habits_of(scenario, {})
    stores = _stores(architecture, kinds)
    added = dict.fromkeys(stores, 0.0)
    actions = {action.name: action for action in scenario.actions}
    for name, size in sizes.items():
        if name not in actions:
            raise InvalidScenario(
                f"data.new_bytes_per_action.{name} is no action of this scenario."
            )
        reached = _behind(architecture, actions[name].entry, stores)
        for store in reached:
            done = _per_user_day(actions[name], habits)
            added[store] += done * size / BYTES_PER_GB / len(reached)
    share = None if now is None else now / max(1, len(stores))
    return {store: Growth(share, gb, keep) for store, gb in added.items()}


def stored_values(
    architecture: Architecture, kinds: Mapping[str, Kind], scenario: Scenario
) -> dict[tuple[str, str], float]:
    """Return what kinds need to know of the growth, by component and name.

    `grows_gb` is what one daily user leaves until the end of `keep_days`; `stored_gb` what is there
    today, where that is said and not said of the store itself.

    Parameters
    ----------
    architecture : Architecture
        The design.
    kinds : mapping of str to Kind
        By component id.
    scenario : Scenario
        Its `data`, and what it assumes of stores.

    Returns
    -------
    dict of (str, str) to float
        `grows_gb` and `stored_gb` [GB], `keep_days` [days].
    """
    values: dict[tuple[str, str], float] = {}
    for store, found in growth(architecture, kinds, scenario).items():
        values[store, "grows_gb"] = found.gb_per_user_day * found.keep_days
        values[store, "keep_days"] = found.keep_days
        if found.now_gb is not None and "stored_gb" not in scenario.assume.get(store, ()):
            values[store, "stored_gb"] = found.now_gb
    return values


def _read(data: Mapping[str, Any]) -> tuple[float, float | None, dict[str, float]]:
    for name in data:
        if name not in _KNOWN:
            raise InvalidScenario(f"data.{name} is not known; known are {', '.join(_KNOWN)}.")
    said = data.get("new_bytes_per_action", {})
    if not isinstance(said, Mapping):
        raise InvalidScenario("data.new_bytes_per_action must be an object of action and bytes.")
    sizes = {
        str(name): _number(size, f"new_bytes_per_action.{name}", _MOST_BYTES)
        for name, size in said.items()
    }
    keep = _number(data.get("keep_days", _USUAL_DAYS), "keep_days", _MOST_DAYS)
    now = data.get("now_gb")
    return keep, None if now is None else _number(now, "now_gb", _MOST_GB), sizes


def _number(value: Any, name: str, most: float) -> float:
    return read_number(value, f"data.{name}", {"low": 0.0, "high": most})


def _per_user_day(action: Action, habits: Habits) -> float:
    """Return how often a daily user does something in a day. [1/day]"""
    if action.per_user_day is not None:
        return action.per_user_day
    return (action.per_visit if action.per_visit is not None else 1.0) * habits.visits


def _stores(architecture: Architecture, kinds: Mapping[str, Kind]) -> list[str]:
    """Return the components that keep what is written to them."""
    return [
        component.id
        for component in architecture
        if any(
            link.role in kinds[component.id].STORES for link in architecture.inbound(component.id)
        )
    ]


def _behind(architecture: Architecture, entry: str, stores: list[str]) -> list[str]:
    """Return the stores that requests from an entry come to; all where it leads to none."""
    reached, front = {entry}, {entry}
    while front:
        links = [link for name in front for link in architecture.outbound(name)]
        front = {link.target for link in links} - reached
        reached |= front
    return [store for store in stores if store in reached] or stores
