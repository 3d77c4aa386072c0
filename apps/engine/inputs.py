"""All that must be known and a template does not say: set, or assumed with a range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from apps.engine.catalog import build
from apps.engine.catalog._preflights import PREFLIGHTS
from apps.engine.catalog.account import account_in
from apps.engine.catalog.base import Kind, Spread
from apps.engine.facts import Facts
from apps.engine.fluid.compile import Blueprint, compile_model
from apps.engine.fluid.resting import waits_at_rest_s
from apps.engine.fluid.wiring import LinkValues, assumed_calls
from apps.engine.graph import Architecture, Link
from apps.engine.traffic.arrivals import Entry
from apps.engine.traffic.assumed import (
    DURATION,
    assumed_of,
    check_defaults,
    outside_values,
    values_of,
)
from apps.engine.traffic.entries import check_names, entries_of, named_entries
from apps.engine.traffic.growth import stored_values
from apps.engine.traffic.habits import EVENTS_PER_USER_DAY, habits_of
from apps.engine.traffic.links import (
    LinkSaid,
    links_said,
    shares_said,
    values_said,
    with_links,
)
from apps.engine.traffic.outside import with_outside
from apps.engine.traffic.reading import InvalidScenario
from apps.engine.traffic.scans import with_scans
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """A design with everything that must be known to run it."""

    architecture: Architecture
    kinds: Mapping[str, Kind]
    facts: Facts
    scenario: Scenario
    entries: tuple[Entry, ...]
    by_key: Mapping[Key, Input]

    def open(self) -> tuple[Input, ...]:
        return tuple(item for item in self.by_key.values() if item.is_open)

    def value(self, key: Key, tried: Mapping[Key, float]) -> float:
        return tried.get(key, self.by_key[key].spread.expected)

    def blueprint(self, tried: Mapping[Key, float] | None = None) -> Blueprint:
        """Return what a model is compiled from, with some values tried in place of others."""
        tried = tried or {}
        values: dict[str, dict[str, float]] = {c.id: {} for c in self.architecture}
        for owner, name in self.by_key:
            if owner in values:
                values[owner][name] = self.value((owner, name), tried)
        links = {}
        for link in self.architecture.links:
            owner = link_name(link)
            calls, units = self.value((owner, "calls"), tried), self.value((owner, "units"), tried)
            links[link.key] = LinkValues(calls, units)
        blueprint = Blueprint(
            architecture=self.architecture,
            kinds=self.kinds,
            facts=self.facts,
            values=values,
            links=links,
            attempts=1 if self.scenario.sdk.mode == "off" else self.scenario.sdk.attempts,
        )
        _own_times(blueprint, values)
        return blueprint

    def traffic_values(self, tried: Mapping[Key, float]) -> Mapping[str, float]:
        return {name: value for (owner, name), value in tried.items() if owner == TRAFFIC}


def _own_times(blueprint: Blueprint, values: Mapping[str, dict[str, float]]) -> None:
    """Give those whose whole duration is known the rest of it, without their waits at rest."""
    whole_s = {c: known[DURATION] / 1000.0 for c, known in values.items() if DURATION in known}
    if not whole_s:
        return
    waits = waits_at_rest_s(compile_model(blueprint), whole_s)
    for component, duration_s in whole_s.items():
        rest_s = duration_s - waits.get(component, 0.0)
        values[component][OWN] = 1000.0 * max(rest_s, 0.0)


def link_name(link: Link) -> str:
    """Return how a person names a link; the door only where it tells two links apart."""
    return f"{link.source} → {link.target} ({link.role})"


def collect(architecture: Architecture, scenario: Scenario, facts: Facts) -> Inputs:
    """Return a design with its account, its entries and all of its inputs.

    Raises
    ------
    InvalidSetting
        If a component's setting is out of bounds.
    InvalidScenario
        If the scenario names what is not there.
    """
    drawn, scenario = with_scans(architecture, scenario, facts)
    whole = with_outside(_with_account(drawn, scenario, facts), scenario.outside)
    kinds = {component.id: build(component) for component in whole}
    said = links_said(scenario.assume)
    whole = with_links(whole, kinds, said)
    by_key = _component_inputs(kinds, scenario, facts)
    for key, value in shares_said(kinds, facts, whole.links, said).items():
        by_key[key] = _given(key, value)
    by_key |= _link_inputs(whole, kinds, said)
    for name, spread in habits_of(scenario, {}).assumed.items():
        by_key[TRAFFIC, name] = Input((TRAFFIC, name), spread, is_set=False)
    for key, stored in stored_values(whole, kinds, scenario).items():
        by_key[key] = Input(key, Spread(stored, stored, stored, "Set"), is_set=True)
    check_names(scenario, kinds)
    entries = entries_of(whole, kinds, named_entries(scenario))
    for entry in entries:
        if entry.per_user_day:
            key = (entry.component, EVENTS)
            by_key.setdefault(key, Input(key, EVENTS_PER_USER_DAY, is_set=False))
    return Inputs(
        architecture=whole,
        kinds=kinds,
        facts=facts,
        scenario=scenario,
        entries=entries,
        by_key=by_key,
    )


def _with_account(architecture: Architecture, scenario: Scenario, facts: Facts) -> Architecture:
    limits = scenario.account
    account = account_in(
        facts.region,
        lambda_concurrency=limits.lambda_concurrency,
        used_by_others=limits.used_by_others or None,
    )
    return replace(architecture, components=(*architecture.components, account))


def _component_inputs(
    kinds: Mapping[str, Kind], scenario: Scenario, facts: Facts
) -> dict[Key, Input]:
    by_key = {}
    check_defaults(scenario.assume, kinds, facts)
    outside = outside_values(scenario.outside)
    for component, kind in kinds.items():
        said = values_of(component, kind, facts, scenario.assume)
        for name, spread in kind.assumed(facts).items():
            key = (component, name)
            value = said.get(name, outside.get(key))
            by_key[key] = Input(key, spread, is_set=False) if value is None else _given(key, value)
        if DURATION in said:
            by_key[component, DURATION] = _given((component, DURATION), said[DURATION])
            own = by_key[component, OWN]
            by_key[component, OWN] = replace(own, is_set=True)
        if scenario.client.preflight and kind.ANSWERS_PREFLIGHTS:
            by_key[component, PREFLIGHTS] = _given((component, PREFLIGHTS), Value.exactly(1.0))
        events = assumed_of(scenario.assume, component).get(EVENTS)
        if events is not None:
            key = (component, EVENTS)
            by_key[key] = _given(key, Value.from_json(events, f"assume.{component}.{EVENTS}"))
    return by_key


def _link_inputs(
    architecture: Architecture, kinds: Mapping[str, Kind], statements: Sequence[LinkSaid]
) -> dict[Key, Input]:
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
                by_key[key] = _given(key, said[name])
            elif known is not None:
                by_key[key] = _given(key, Value.from_json(known, link_name(link)))
            else:
                by_key[key] = Input(key, spread, is_set=False)
    return by_key


def _given(key: Key, value: Value) -> Input:
    """Return what a person gave: exact, or a range that stays open."""
    return Input(key, value.spread("Set"), is_set=value.low == value.high)


def entries_with(inputs: Inputs, tried: Mapping[Key, float]) -> Sequence[Entry]:
    """Return the entries with the rates in force."""
    result = []
    for entry in inputs.entries:
        key = (entry.component, EVENTS)
        rate = inputs.value(key, tried) if key in inputs.by_key else entry.per_user_day
        result.append(replace(entry, per_user_day=rate))
    return result
