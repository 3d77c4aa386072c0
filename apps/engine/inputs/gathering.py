"""Single inputs: what a person said of a component or a link, else what its kind assumes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from apps.engine.catalog._preflights import PREFLIGHTS
from apps.engine.catalog.base import Kind, Spread
from apps.engine.facts import Facts
from apps.engine.fluid.wiring import assumed_calls
from apps.engine.graph import Architecture, Link
from apps.engine.traffic.assumed import (
    DURATION,
    assumed_of,
    check_defaults,
    outside_values,
    values_of,
)
from apps.engine.traffic.link_values import values_said
from apps.engine.traffic.links import LinkSaid
from apps.engine.traffic.reading import InvalidScenario
from apps.engine.traffic.scenario import Scenario, Value

# Whose value it is, and its name: ("Checkout", "own_ms"), ("Checkout → Orders", "calls").
Key = tuple[str, str]
TRAFFIC = "traffic"
EVENTS = "events_per_user_day"
OWN = "own_ms"


@dataclass(frozen=True, slots=True)
class Input:
    """One value in force, its range, and whether a person set it."""

    key: Key
    spread: Spread
    is_set: bool

    @property
    def is_open(self) -> bool:
        """Say whether it is assumed, and could be something else."""
        return not self.is_set and self.spread.low < self.spread.high


def link_name(link: Link) -> str:
    """Return how a person names a link.

    Parameters
    ----------
    link : Link
        The link.

    Returns
    -------
    str
        Source, target and role.
    """
    return f"{link.source} → {link.target} ({link.role})"


def component_inputs(
    kinds: Mapping[str, Kind], scenario: Scenario, facts: Facts
) -> dict[Key, Input]:
    """Return what is known of the components: as said, else as their kinds assume.

    Parameters
    ----------
    kinds : mapping of str to Kind
        By component id.
    scenario : Scenario
        Its assumptions, outside components and clients.
    facts : Facts
        Prices, quotas and classes of the scenario's Region.

    Returns
    -------
    dict of (str, str) to Input
        By component and name, in the unit of the assumption.
    """
    by_key = {}
    check_defaults(scenario.assume, kinds, facts)
    outside = outside_values(scenario.outside)
    for component, kind in kinds.items():
        said = values_of(component, kind, facts, scenario.assume)
        for name, spread in kind.assumed(facts).items():
            key = (component, name)
            value = said.get(name, outside.get(key))
            by_key[key] = Input(key, spread, is_set=False) if value is None else given(key, value)
        if DURATION in said:
            by_key[component, DURATION] = given((component, DURATION), said[DURATION])
            own = by_key[component, OWN]
            by_key[component, OWN] = replace(own, is_set=True)
        if scenario.client.preflight and kind.ANSWERS_PREFLIGHTS:
            by_key[component, PREFLIGHTS] = given((component, PREFLIGHTS), Value.exactly(1.0))
        events = assumed_of(scenario.assume, component).get(EVENTS)
        if events is not None:
            key = (component, EVENTS)
            by_key[key] = given(key, Value.from_json(events, f"assume.{component}.{EVENTS}"))
    return by_key


def link_inputs(
    architecture: Architecture, kinds: Mapping[str, Kind], statements: Sequence[LinkSaid]
) -> dict[Key, Input]:
    """Return what is known of the links: as said, else as drawn, else as assumed.

    Parameters
    ----------
    architecture : Architecture
        The design, with the links that the scenario adds.
    kinds : mapping of str to Kind
        By component id.
    statements : sequence of LinkSaid
        What the scenario says of links.

    Returns
    -------
    dict of (str, str) to Input
        Calls a request [-] and units a call [unit of the door], by link.

    Raises
    ------
    InvalidScenario
        If a link leads to a door that its target does not have.
    """
    by_key = {}
    for link in architecture.links:
        accepts = kinds[link.target].ACCEPTS.get(link.role)
        if accepts is None:
            raise InvalidScenario(f"{link.target} has no door '{link.role}' for {link.source}.")
        said = values_said(link, kinds[link.target], statements)
        calls = assumed_calls(link, kinds[link.source], accepts)
        for name, spread, known in (
            ("calls", calls, link.calls),
            ("units", accepts.units, link.settings.get("units")),
        ):
            key = (link_name(link), name)
            if name in said:
                by_key[key] = given(key, said[name])
            elif known is not None:
                by_key[key] = given(key, Value.from_json(known, link_name(link)))
            else:
                by_key[key] = Input(key, spread, is_set=False)
    return by_key


def given(key: Key, value: Value) -> Input:
    """Return what a person gave: exact, or a range that stays open.

    Parameters
    ----------
    key : (str, str)
        Whose value it is, and its name.
    value : Value
        The value, in the unit of the assumption.

    Returns
    -------
    Input
        It is set where the value is one number.
    """
    return Input(key, value.spread("Set"), is_set=value.low == value.high)
