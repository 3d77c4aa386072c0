"""All that must be known and a template does not say: set, or assumed with a range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from apps.engine.catalog import build
from apps.engine.catalog.account import account_in
from apps.engine.catalog.base import Kind, Spread
from apps.engine.facts import Facts
from apps.engine.fluid.blueprint import Blueprint, LinkValues
from apps.engine.fluid.compile import compile_model
from apps.engine.fluid.resting import waits_at_rest_s
from apps.engine.graph import Architecture
from apps.engine.inputs.gathering import EVENTS as EVENTS
from apps.engine.inputs.gathering import OWN as OWN
from apps.engine.inputs.gathering import TRAFFIC as TRAFFIC
from apps.engine.inputs.gathering import Input as Input
from apps.engine.inputs.gathering import Key as Key
from apps.engine.inputs.gathering import component_inputs, given, link_inputs
from apps.engine.inputs.gathering import link_name as link_name
from apps.engine.traffic.arrivals import Entry
from apps.engine.traffic.assumed import DURATION
from apps.engine.traffic.entries import check_names, entries_of, named_entries
from apps.engine.traffic.growth import stored_values
from apps.engine.traffic.habits import EVENTS_PER_USER_DAY, habits_of
from apps.engine.traffic.link_values import shares_said
from apps.engine.traffic.links import links_said, with_links
from apps.engine.traffic.outside import with_outside
from apps.engine.traffic.scans import with_scans
from apps.engine.traffic.scenario import Scenario


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
        """Return what is assumed, and could be something else.

        Returns
        -------
        tuple of Input
            In the order of the design.
        """
        return tuple(item for item in self.by_key.values() if item.is_open)

    def value(self, key: Key, tried: Mapping[Key, float]) -> float:
        """Return a value in force: the one that is tried, else the expected one.

        Parameters
        ----------
        key : (str, str)
            Whose value it is, and its name.
        tried : mapping of (str, str) to float
            Values in place of the expected ones.

        Returns
        -------
        float
            In the unit of the assumption.
        """
        return tried.get(key, self.by_key[key].spread.expected)

    def blueprint(self, tried: Mapping[Key, float] | None = None) -> Blueprint:
        """Return what a model is compiled from, with some values tried in place of others.

        Parameters
        ----------
        tried : mapping of (str, str) to float, optional
            Values in place of the expected ones.

        Returns
        -------
        Blueprint
            With values of components and links in their units.
        """
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
        """Return the values tried that are habits of the users.

        Parameters
        ----------
        tried : mapping of (str, str) to float
            Values in place of the expected ones.

        Returns
        -------
        mapping of str to float
            By the names of habits.
        """
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


def collect(architecture: Architecture, scenario: Scenario, facts: Facts) -> Inputs:
    """Return a design with its account, its entries and all of its inputs.

    Parameters
    ----------
    architecture : Architecture
        The design as drawn.
    scenario : Scenario
        Who comes, and what is said of the design.
    facts : Facts
        Prices, quotas and classes of the scenario's Region.

    Returns
    -------
    Inputs
        Every value by owner and name, in the unit of its assumption.

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
    by_key = component_inputs(kinds, scenario, facts)
    for key, value in shares_said(kinds, facts, whole.links, said).items():
        by_key[key] = given(key, value)
    by_key |= link_inputs(whole, kinds, said)
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


def entries_with(inputs: Inputs, tried: Mapping[Key, float]) -> Sequence[Entry]:
    """Return the entries with the rates in force.

    Parameters
    ----------
    inputs : Inputs
        The design, and what is known of it.
    tried : mapping of (str, str) to float
        Values in place of the expected ones.

    Returns
    -------
    sequence of Entry
        In the order of the design, with their events. [1/day for one daily user]
    """
    result = []
    for entry in inputs.entries:
        key = (entry.component, EVENTS)
        rate = inputs.value(key, tried) if key in inputs.by_key else entry.per_user_day
        result.append(replace(entry, per_user_day=rate))
    return result
