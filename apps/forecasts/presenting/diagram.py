"""The diagram of a design with its use and rates at the busiest minute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.designs import diagram
from apps.engine.catalog import KINDS
from apps.forecasts.presenting.limits import LimitRow
from apps.forecasts.presenting.names import Directory
from apps.forecasts.rendering.numbers import count
from apps.forecasts.user_units import unit_words

USERS = "users"


@dataclass(frozen=True, slots=True)
class Peak:
    """What a forecast says of one component: its limits at the peak, and what fills the first."""

    rows: tuple[LimitRow, ...]
    why: tuple[str, ...]
    holds: float | None

    @property
    def is_first(self) -> bool:
        return any(row.is_first for row in self.rows)

    @property
    def at(self) -> str:
        return self.rows[0].at if self.rows else ""


def diagram_of(
    names: Directory,
    *,
    summary: Mapping[str, Any] | None = None,
    selected: str = "",
    suffix: str = "",
    users_href: str = "",
) -> dict[str, Any]:
    """Return a design for the `graph` and `component_list` pictures.

    Parameters
    ----------
    names : Directory
        The components.
    summary : mapping, optional
        The forecast; without it nothing has a use.
    selected : str
        Id of the component that the panel shows.
    suffix : str
        What each component's address ends in, such as "&view=list".
    users_href : str
        Where the users lead.
    """
    found = summary or {}
    drawn = diagram.diagram_of(
        names.architecture,
        KINDS,
        uses={id_: (row["use"], row["label"]) for id_, row in found.get("nodes", {}).items()},
        rates={
            (row["source"], row["target"], row["role"]): row["rate_per_s"]
            for row in found.get("links", ())
        },
        first_limit=(found.get("first_limit") or {}).get("component", ""),
        selected=selected,
        href=lambda id_: f"{names[id_].href}{suffix}",
    )
    return {
        "nodes": drawn["nodes"],
        "edges": [*_entries(found), *drawn["edges"]],
        "users_label": _users(found) if found else "",
        "users_href": users_href,
        "label": "Architecture",
    }


def peak_of(component_id: str, rows: Sequence[LimitRow], summary: Mapping[str, Any]) -> Peak:
    """Return the limits of one component, the fullest first."""
    own = sorted((row for row in rows if row.where.id == component_id), key=lambda row: -row.use)
    first = summary["first_limit"]
    is_first = bool(first) and first["component"] == component_id
    holds = next((row.holds for row in rows if row.is_first), None) if is_first else None
    return Peak(tuple(own), tuple(first["why"]) if is_first else (), holds)


def _entries(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what users ask of each entry in the busiest minute, shared out by the day."""
    entries = [entry for entry in summary.get("entries", ()) if entry["faces_users"]]
    total = sum(entry["per_user_day"] for entry in entries)
    return [
        {
            "source": USERS,
            "target": entry["component"],
            "mode": "sync",
            "rate_per_s": summary["day"]["peak_rps"] * entry["per_user_day"] / total,
        }
        for entry in entries
        if total
    ]


def _users(summary: Mapping[str, Any]) -> str:
    return f"{count(summary['asked_users'])} {unit_words(summary['holds_users']['unit'])}"
