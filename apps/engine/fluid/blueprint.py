"""All that a model is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from apps.engine.catalog.base import Kind, Place
from apps.engine.facts import Facts
from apps.engine.graph import Architecture


@dataclass(frozen=True, slots=True)
class LinkValues:
    """The values in force on a link: calls per request, units per call."""

    calls: float
    units: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """All that a model is made from: the graph, its kinds, and the values in force.

    `values` are those of components by (id, name), `links` those of links by their key.
    """

    architecture: Architecture
    kinds: Mapping[str, Kind]
    facts: Facts
    values: Mapping[str, Mapping[str, float]]
    links: Mapping[tuple[str, str, str], LinkValues]
    attempts: int = 3
    # How many times as high a limit is taken, by (component, role, gauge).
    lifts: Mapping[tuple[str, str, str], float] = field(default_factory=dict)

    def place(self, component_id: str) -> Place:
        """Return where a component stands: its links, its values, and all kinds of the design.

        Parameters
        ----------
        component_id : str
            Id of the component.

        Returns
        -------
        Place
            Without values where none are in force.
        """
        return Place(
            id=component_id,
            inbound=self.architecture.inbound(component_id),
            outbound=self.architecture.outbound(component_id),
            values=self.values.get(component_id, {}),
            neighbours=self.kinds,
        )
