"""All that must be known and a template does not say: set, or assumed with a range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from apps.engine.catalog import build
from apps.engine.catalog.account import account_in
from apps.engine.catalog.base import Kind, Spread
from apps.engine.facts import Facts
from apps.engine.fluid.compile import Blueprint
from apps.engine.fluid.wiring import LinkValues, assumed_calls
from apps.engine.graph import Architecture, Component, Link
from apps.engine.traffic.arrivals import Entry
from apps.engine.traffic.habits import EVENTS_PER_USER_DAY, habits_of
from apps.engine.traffic.reading import InvalidScenario
from apps.engine.traffic.scans import with_scans
from apps.engine.traffic.scenario import Scenario, Value

# Whose value it is, and its name: ("Checkout", "own_ms"), ("Checkout → Orders", "calls").
Key = tuple[str, str]
TRAFFIC = "traffic"
EVENTS = "events_per_user_day"
# Names that a scenario may use under `assume.lambda_defaults`, for every function.
DEFAULTS = "lambda_defaults"


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
        return Blueprint(
            architecture=self.architecture,
            kinds=self.kinds,
            facts=self.facts,
            values=values,
            links=links,
            attempts=1 if self.scenario.sdk.mode == "off" else self.scenario.sdk.attempts,
        )

    def traffic_values(self, tried: Mapping[Key, float]) -> Mapping[str, float]:
        return {name: value for (owner, name), value in tried.items() if owner == TRAFFIC}


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
    whole = _with_account(drawn, scenario, facts)
    kinds = {component.id: build(component) for component in whole}
    by_key = _component_inputs(kinds, scenario, facts)
    by_key |= _link_inputs(whole, kinds, scenario)
    for name, spread in habits_of(scenario, {}).assumed.items():
        by_key[TRAFFIC, name] = Input((TRAFFIC, name), spread, is_set=False)
    entries = entries_of(whole, kinds)
    for entry in entries:
        if not entry.faces_users and not entry.ticks_per_day:
            key = (entry.component, EVENTS)
            by_key.setdefault(key, Input(key, EVENTS_PER_USER_DAY, is_set=False))
    _check_names(scenario, whole, by_key)
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
    return Architecture(
        components=(*architecture.components, account),
        links=architecture.links,
        supporting=architecture.supporting,
        warnings=architecture.warnings,
    )


def _component_inputs(
    kinds: Mapping[str, Kind], scenario: Scenario, facts: Facts
) -> dict[Key, Input]:
    by_key = {}
    for component, kind in kinds.items():
        said = _said(scenario, component)
        defaults = _said(scenario, DEFAULTS) if kind.IS_COMPUTE else {}
        for name, spread in kind.assumed(facts).items():
            value = said.get(name, defaults.get(name))
            by_key[component, name] = Input(
                (component, name),
                spread if value is None else _value(value, component, name).spread("Set"),
                is_set=value is not None and not isinstance(value, Mapping),
            )
        if EVENTS in said:
            spread = _value(said[EVENTS], component, EVENTS).spread("Set")
            by_key[component, EVENTS] = Input((component, EVENTS), spread, is_set=True)
    return by_key


def _said(scenario: Scenario, owner: str) -> Mapping[str, Any]:
    said = scenario.assume.get(owner, {})
    if not isinstance(said, Mapping):
        raise InvalidScenario(f"assume.{owner} must be an object with named values.")
    return said


def _value(value: Any, owner: str, name: str) -> Value:
    return Value.from_json(value, f"assume.{owner}.{name}")


def _link_inputs(
    architecture: Architecture, kinds: Mapping[str, Kind], scenario: Scenario
) -> dict[Key, Input]:
    by_key = {}
    for link in architecture.links:
        accepts = kinds[link.target].ACCEPTS.get(link.role)
        if accepts is None:
            raise InvalidScenario(f"{link.target} has no door '{link.role}' for {link.source}.")
        said = _said_of_link(scenario, link)
        calls = assumed_calls(link, kinds[link.source], accepts)
        for name, spread, known in (
            ("calls", calls, said.get("calls", link.calls)),
            ("units", accepts.units, said.get("units", link.settings.get("units"))),
        ):
            key = (link_name(link), name)
            is_set = known is not None
            value = _value(known, link_name(link), name).spread("Set") if is_set else spread
            by_key[key] = Input(key, value, is_set=is_set)
    return by_key


def _said_of_link(scenario: Scenario, link: Link) -> Mapping[str, Any]:
    """Return what the scenario says of a link, in the engine's words."""
    for item in scenario.assume.get("links", ()):
        if not isinstance(item, Mapping):
            raise InvalidScenario("assume.links must be a list of objects.")
        if (item.get("source"), item.get("target")) != (link.source, link.target):
            continue
        # A table that is read and written has two links; without an operation it means both.
        if str(item.get("operation", link.role)).removesuffix("_eventual") != link.role:
            continue
        said = dict(item)
        if "db_cpu_ms" in item:
            said["units"] = _scaled(item["db_cpu_ms"], 1e-3, "db_cpu_ms", link)
        elif "item_bytes" in item:
            block = 4096.0 if link.role == "read" else 1024.0
            said["units"] = max(1.0, -(-float(item["item_bytes"]) // block))
        return said
    return {}


def _scaled(value: Any, factor: float, name: str, link: Link) -> Any:
    spread = _value(value, link_name(link), name).spread().scaled(factor)
    return {"expected": spread.expected, "low": spread.low, "high": spread.high}


def _check_names(
    scenario: Scenario, architecture: Architecture, by_key: Mapping[Key, Input]
) -> None:
    """Refuse a scenario that names a component or a value that is not there."""
    ids = {component.id for component in architecture}
    named = [(a.name, a.entry) for a in scenario.actions]
    named += [(e.name, e.entry) for e in scenario.events]
    named += [(d.name, d.entry) for d in scenario.devices]
    named += [(b.name, b.entry) for b in scenario.background]
    for name, entry in named:
        if entry and entry not in ids:
            raise InvalidScenario(
                f"'{name}' comes in at '{entry}', which is no component of this design."
            )
    for owner, said in scenario.assume.items():
        if owner in ("links", DEFAULTS):
            continue
        if owner not in ids:
            raise InvalidScenario(f"assume.{owner} names no component of this design.")
        for name in said:
            if (owner, name) not in by_key:
                known = ", ".join(sorted(n for o, n in by_key if o == owner))
                raise InvalidScenario(f"assume.{owner}.{name} is not a value; known are {known}.")


def entries_of(architecture: Architecture, kinds: Mapping[str, Kind]) -> tuple[Entry, ...]:
    """Return every source of events that nothing in the design calls.

    Stores that nobody calls and that call nobody are no entries beside real ones. In a circle
    of components that nothing outside calls, the first that can start is the entry.
    """
    called = {link.target for link in architecture.links if link.source != link.target}
    calling = {link.source for link in architecture.links}
    able = [c for c in architecture if kinds[c.id].ENTRY and _leads_on(architecture, c)]
    alone = [c for c in able if c.id not in called]
    chosen = [c for c in alone if c.id in calling or kinds[c.id].FACES_USERS]
    reached = _reached(architecture, {c.id for c in chosen})
    for component in sorted(able, key=lambda c: kinds[c.id].IS_COMPUTE):
        if component.id in calling and component.id not in reached:
            chosen.append(component)
            reached |= _reached(architecture, {component.id})
    return tuple(_entry(component, kinds[component.id]) for component in chosen or alone)


def _leads_on(architecture: Architecture, component: Component) -> bool:
    """Say whether a component can start something that is modelled."""
    if component.is_modelled:
        return True
    modelled = {c.id for c in architecture.modelled()}
    return bool(_reached(architecture, {component.id}) & modelled)


def _reached(architecture: Architecture, starts: set[str]) -> set[str]:
    """Return all components that requests from `starts` come to."""
    reached, front = set(starts), set(starts)
    while front:
        front = {link.target for link in architecture.links if link.source in front} - reached
        reached |= front
    return reached


def _entry(component: Component, kind: Kind) -> Entry:
    ticks = kind.ticks_per_day()
    return Entry(
        component=component.id,
        role=kind.ENTRY,
        faces_users=kind.FACES_USERS,
        # What ticks by itself does so whoever comes.
        per_user_day=0.0 if ticks else EVENTS_PER_USER_DAY.expected,
        ticks_per_day=ticks,
        keeps_sockets=kind.KEEPS_SOCKETS,
    )


def entries_with(inputs: Inputs, tried: Mapping[Key, float]) -> Sequence[Entry]:
    """Return the entries with the rates in force."""
    result = []
    for entry in inputs.entries:
        key = (entry.component, EVENTS)
        rate = inputs.value(key, tried) if key in inputs.by_key else entry.per_user_day
        result.append(replace(entry, per_user_day=rate))
    return result
