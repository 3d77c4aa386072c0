"""What the diagram and the list of components show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from project.ui.numbers import pct
from project.ui.reading import read, read_all

USERS = "users"
Mode = Literal["sync", "async", "stream"]


@dataclass(frozen=True)
class DiagramNode:
    """A component; `use` is the share of its tightest limit at the peak, or None."""

    id: str
    name: str
    kind: str
    kind_label: str
    href: str
    use: float | None = None
    limit_label: str = ""
    first_limit: bool = False
    selected: bool = False
    modelled: bool = True


@dataclass(frozen=True)
class DiagramEdge:
    """A call; the source "users" is the pill of the users."""

    source: str
    target: str
    mode: Mode = "sync"
    rate_per_s: float | None = None


@dataclass(frozen=True)
class Diagram:
    nodes: tuple[DiagramNode, ...]
    edges: tuple[DiagramEdge, ...]
    users_label: str = ""
    users_href: str = ""
    label: str = "Architecture"

    def sentence(self) -> str:
        count, links = len(self.nodes), len(self.edges)
        keys = " Arrow keys move along the flow, Enter opens a component."
        return (
            f"{self.label}: {count} component{'' if count == 1 else 's'}, {links}"
            f" connection{'' if links == 1 else 's'}."
            f"{keys if any(node.href for node in self.nodes) else ''}"
        )


@dataclass(frozen=True)
class ComponentRow:
    """A component in the list view, with the names of its neighbours."""

    node: DiagramNode
    callers: tuple[str, ...]
    callees: tuple[str, ...]

    @property
    def label(self) -> str:
        """What a screen reader says of the bar."""
        return f"{self.node.name}: {pct(self.node.use)} of {self.node.limit_label} limit"


def diagram_of(value: object) -> Diagram:
    """Take a diagram, with its nodes and edges, in any form that `reading` knows."""
    outer = read(Diagram, value)
    return replace(
        outer,
        nodes=read_all(DiagramNode, outer.nodes),
        edges=read_all(DiagramEdge, outer.edges),
    )


def merged(edges: Iterable[DiagramEdge]) -> tuple[DiagramEdge, ...]:
    """One edge for each pair: rates add up, and a synchronous call outranks the others."""
    pairs: defaultdict[tuple[str, str], list[DiagramEdge]] = defaultdict(list)
    for edge in edges:
        pairs[edge.source, edge.target].append(edge)
    return tuple(
        DiagramEdge(source, target, _strongest(group), _sum_of_rates(group))
        for (source, target), group in pairs.items()
    )


def component_rows(diagram: Diagram) -> list[ComponentRow]:
    """All components, the tightest first, those without a value last."""
    names = {node.id: node.name for node in diagram.nodes} | {USERS: "users"}
    edges = merged(diagram.edges)
    rows = [
        ComponentRow(
            node,
            tuple(names[edge.source] for edge in edges if edge.target == node.id),
            tuple(names[edge.target] for edge in edges if edge.source == node.id),
        )
        for node in diagram.nodes
    ]
    return sorted(
        rows, key=lambda row: -1.0 if row.node.use is None else row.node.use, reverse=True
    )


def _tightness(row: ComponentRow) -> float:
    return -1.0 if row.node.use is None else row.node.use


def _strongest(edges: Sequence[DiagramEdge]) -> Mode:
    return min((edge.mode for edge in edges), key=("sync", "stream", "async").index)


def _sum_of_rates(edges: Sequence[DiagramEdge]) -> float | None:
    rates = [edge.rate_per_s for edge in edges if edge.rate_per_s is not None]
    return sum(rates) if rates else None
