"""Where requests come into a design."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from apps.engine.catalog.base import Kind
from apps.engine.graph import Architecture, Component
from apps.engine.traffic.arrivals import Entry
from apps.engine.traffic.assumed import DEFAULTS, LINKS
from apps.engine.traffic.habits import EVENTS_PER_USER_DAY
from apps.engine.traffic.reading import InvalidScenario
from apps.engine.traffic.scenario import Scenario


def entries_of(
    architecture: Architecture, kinds: Mapping[str, Kind], named: Collection[str] = ()
) -> tuple[Entry, ...]:
    """Return every source of events that nothing in the design calls, and those that are named.

    Stores that nobody calls and that call nobody are no entries beside real ones. In a circle
    of components that nothing outside calls, the first that can start is the entry. What the
    scenario names as an entry is one, though something in the design calls it too.

    Parameters
    ----------
    architecture : Architecture
        The design.
    kinds : mapping of str to Kind
        By component id.
    named : collection of str, optional
        Components that the scenario sends something to.

    Returns
    -------
    tuple of Entry
        Named ones that something calls come last.
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
    chosen = chosen or [c for c in alone if not kinds[c.id].WATCHES]
    found = [_entry(component, kinds[component.id]) for component in chosen]
    # What the scenario sends somewhere takes the place of what would be assumed to come.
    found = [replace(e, per_user_day=0.0) if e.component in named else e for e in found]
    ids = {component.id for component in chosen}
    for component in architecture:
        if component.id in named and component.id not in ids and kinds[component.id].ENTRY:
            # Beside what the scenario sends there, nobody comes to it from outside.
            entry = _entry(component, kinds[component.id])
            found.append(replace(entry, faces_users=False, per_user_day=0.0))
    return tuple(found)


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


def named_entries(scenario: Scenario) -> frozenset[str]:
    """Return the components that a scenario sends something to.

    Parameters
    ----------
    scenario : Scenario
        Its actions, events, devices, partners and background work.

    Returns
    -------
    frozenset of str
        Component ids.
    """
    return frozenset(entry for _, _, entry in _sources(scenario) if entry)


def _sources(scenario: Scenario) -> list[tuple[str, str, str]]:
    """Return every source of requests: its place in the scenario, name, and where it comes in."""
    found: list[tuple[str, str, str]] = []
    for field in ("actions", "events", "devices", "partners", "background"):
        for place, item in enumerate(getattr(scenario, field)):
            found.append((f"{field}[{place}].entry", item.name, item.entry))
    return found


def check_names(scenario: Scenario, kinds: Mapping[str, Kind]) -> None:
    """Refuse a scenario that names a component, or an entry, that is not there.

    Parameters
    ----------
    scenario : Scenario
        What names components: sources of requests, `assume` and targets.
    kinds : mapping of str to Kind
        By component id.

    Raises
    ------
    InvalidScenario
        With the field's path.
    """
    for path, name, entry in _sources(scenario):
        if entry and entry not in kinds:
            raise InvalidScenario(
                f"{path}: '{name}' comes in at '{entry}', which is no component of this design."
            )
        if entry and not kinds[entry].ENTRY:
            raise InvalidScenario(
                f"{path}: '{name}' comes in at '{entry}'; no {kinds[entry].label} takes requests "
                "from outside."
            )
    for field in ("devices", "partners"):
        for place, item in enumerate(getattr(scenario, field)):
            if not item.entry:
                raise InvalidScenario(f"{field}[{place}].entry must name where they come in.")
    for owner in scenario.assume:
        if owner not in (LINKS, DEFAULTS) and owner not in kinds:
            raise InvalidScenario(f"assume.{owner} names no component of this design.")
    _check_usage(scenario, kinds)
    _check_targets(scenario, kinds)


def _check_usage(scenario: Scenario, kinds: Mapping[str, Kind]) -> None:
    for owner in scenario.usage:
        if owner not in kinds:
            raise InvalidScenario(f"usage.{owner} names no component of this design.")


def _check_targets(scenario: Scenario, kinds: Mapping[str, Kind]) -> None:
    for name in ("queue_age_s", "dead_letters"):
        queue = getattr(scenario.targets, name).queue
        if queue is not None and queue not in kinds:
            raise InvalidScenario(
                f"targets.{name}.queue is '{queue}', which is no component of this design."
            )
