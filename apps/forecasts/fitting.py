"""A scenario for a design that lacks some of what it names, as a design from before does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.engine.graph import Architecture
from apps.engine.traffic.assumed import DEFAULTS, LINKS
from apps.engine.traffic.scenario import Scenario

_SOURCES = ("actions", "events", "background", "devices", "partners")


def fitted(scenario: Scenario, design: Architecture) -> tuple[Scenario, tuple[str, ...]]:
    """Return the scenario without what it says of components that the design lacks, and what."""
    body = scenario.to_dict()
    there = {component.id for component in design} | {item.id for item in scenario.outside}
    left_out: list[str] = []
    for field in _SOURCES:
        body[field] = _kept(body[field], _entry, there, field, left_out)
    body["faults"] = _kept(body["faults"], _component, there, "faults", left_out)
    assume: dict[str, Any] = {}
    for owner, said in body["assume"].items():
        if owner == LINKS:
            assume[owner] = [link for link in said if _ends(link) <= there]
            if len(assume[owner]) < len(said):
                left_out.append("assume.links of what is not there")
        elif owner == DEFAULTS or owner in there:
            assume[owner] = said
        else:
            left_out.append(f"assume.{owner}")
    usage = {owner: said for owner, said in scenario.usage.items() if owner in there}
    left_out += [f"usage.{owner}" for owner in scenario.usage if owner not in there]
    return Scenario.from_dict({**body, "assume": assume, "usage": usage}), tuple(left_out)


def _kept(rows: Any, of: Any, there: set[str], field: str, left_out: list[str]) -> list[Any]:
    kept = []
    for row in rows:
        where = of(row)
        if where and where not in there:
            left_out.append(f"{field} at {where}")
        else:
            kept.append(row)
    return kept


def _entry(row: Mapping[str, Any]) -> str:
    return str(row.get("entry") or (row.get("scan") or {}).get("store") or "")


def _component(row: Mapping[str, Any]) -> str:
    return str(row.get("component") or "")


def _ends(link: Any) -> set[str]:
    if not isinstance(link, Mapping):
        return set()
    return {str(link[end]) for end in ("source", "target") if end in link}
