"""Scans of a scenario as parts of the design: they call the store, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from apps.engine.catalog import build
from apps.engine.catalog._scans import Scanned
from apps.engine.catalog.base import Kind
from apps.engine.facts import Facts
from apps.engine.graph import Architecture, Component, Link
from apps.engine.traffic.background import Background, Scan
from apps.engine.traffic.reading import InvalidScenario
from apps.engine.traffic.scenario import Scenario

MB_PER_GB = 1024.0


def with_scans(
    architecture: Architecture, scenario: Scenario, facts: Facts
) -> tuple[Architecture, Scenario]:
    """Return a design with the scans of its scenario, and the scenario with their pages.

    Parameters
    ----------
    architecture : Architecture
        What is built.
    scenario : Scenario
        Who comes, and what runs beside them.
    facts : Facts
        What a store can read.

    Returns
    -------
    tuple of Architecture and Scenario
        Each scan is a component that calls its store; its pages come in by the schedule, for as
        long as its readers need.

    Raises
    ------
    InvalidScenario
        If a scan names no store of the design, one that is not scanned, or a replica that is not
        there; or if users keep sockets and nothing takes them.
    """
    _check_live(scenario, architecture)
    if not any(work.scan for work in scenario.background):
        return architecture, scenario
    works, components, links = [], [], []
    taken = {component.id for component in architecture}
    for number, work in enumerate(scenario.background):
        if work.scan is None:
            works.append(work)
            continue
        found = _scanned(architecture, scenario, facts, work.scan, f"background[{number}].scan")
        name = _free_name(work, taken)
        components.append(Component(id=name, kind="scan"))
        links.append(_link(name, work.scan, found))
        works.append(_pages(work, work.scan, found, name))
    whole = replace(
        architecture,
        components=(*architecture.components, *components),
        links=(*architecture.links, *links),
    )
    return whole, replace(scenario, background=tuple(works))


def _scanned(
    architecture: Architecture, scenario: Scenario, facts: Facts, scan: Scan, path: str
) -> Scanned:
    try:
        component = architecture.component(scan.store)
    except KeyError as error:
        raise InvalidScenario(
            f"{path}.store is '{scan.store}', which is no component of this design."
        ) from error
    kind = build(component)
    values = _values(kind, facts, scenario.assume.get(scan.store, {}))
    found = kind.scanned(facts, values, on_replica=scan.on_replica)
    if found is None and scan.on_replica:
        raise InvalidScenario(f"{path}.on_replica: {scan.store} has no replica to read from.")
    if found is None:
        raise InvalidScenario(f"{path}.store: how a {kind.label} is scanned is not modelled.")
    return found


def _values(kind: Kind, facts: Facts, said: Mapping[str, Any]) -> dict[str, float]:
    """Return the values of a store as they are expected."""
    values = {name: spread.expected for name, spread in kind.assumed(facts).items()}
    for name, value in said.items():
        known = value.get("expected") if isinstance(value, Mapping) else value
        if isinstance(known, int | float):
            values[name] = float(known)
    return values


def _free_name(work: Background, taken: set[str]) -> str:
    """Return a name that no component has, and take it."""
    wanted = work.name or f"scan of {work.scan.store if work.scan else ''}"
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted} ({number})", number + 1
    taken.add(name)
    return name


def _link(name: str, scan: Scan, found: Scanned) -> Link:
    return Link(
        source=name,
        target=scan.store,
        role=found.role,
        calls=found.calls,
        settings={"units": found.units},
    )


def _pages(work: Background, scan: Scan, found: Scanned, name: str) -> Background:
    """Return the pages of a scan as items that come for as long as its readers need."""
    pages = scan.gb * MB_PER_GB
    speed = min(scan.parallel * found.mb_per_s, found.most_mb_per_s)
    over_s = min(max(pages / speed, 1.0), 86_400.0)
    return replace(work, entry=name, items=pages, over_s=over_s, scan=None)


def _check_live(scenario: Scenario, architecture: Architecture) -> None:
    live = scenario.live
    if not live.sockets_per_concurrent_user or not live.messages_per_minute:
        return
    if not any(build(component).KEEPS_SOCKETS for component in architecture):
        raise InvalidScenario(
            "live.sockets_per_concurrent_user: this design has no WebSocket API to keep them."
        )
