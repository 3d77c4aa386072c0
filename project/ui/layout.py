"""A layered layout, left to right: the same picture for the same graph, every time.

Cycles are broken, nodes get columns by the longest way, long edges get a bend in each column they
pass, sweeps reduce crossings, and heights relax towards the neighbours (Sugiyama's method).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from project.ui.layers import Edge, back_edges, columns, components
from project.ui.order import Ranks, rank, settle_order

GAP_X, GAP_Y, GROUP_GAP = 52.0, 26.0, 44.0
BEND_HEIGHT = 18.0
ROUNDS = 24
GRID_WIDTH = 1000.0


@dataclass(frozen=True)
class Size:
    width: float
    height: float


@dataclass(frozen=True)
class Place:
    """The left end and the middle height of a node, and its column."""

    x: float
    y: float
    column: int


@dataclass(frozen=True)
class Bend:
    """Where a long edge passes a column, level, from left to right."""

    left: float
    right: float
    y: float


@dataclass(frozen=True)
class Layout:
    """Places of nodes by index, and the bends of each edge in the edge's own direction."""

    places: tuple[Place, ...]
    bends: dict[Edge, tuple[Bend, ...]]
    reversed_edges: frozenset[Edge]
    width: float
    height: float
    crossings: int


def lay_out(sizes: Sequence[Size], edges: Sequence[Edge]) -> Layout:
    """Place every node; an edge is a pair of indexes, once each, and never a loop."""
    groups = components(len(sizes), edges)
    parts = [_Part(group, sizes, edges) for group in groups if len(group) > 1]
    places: dict[int, Place] = {}
    bends: dict[Edge, tuple[Bend, ...]] = {}
    top = width = 0.0
    for part in parts:
        places |= part.places(top)
        bends |= part.bends(top)
        top += part.height + GROUP_GAP
        width = max(width, part.width)
    lonely = [group[0] for group in groups if len(group) == 1]
    places |= _grid(lonely, sizes, top, width or GRID_WIDTH)
    return Layout(
        places=tuple(places[node] for node in range(len(sizes))),
        bends=bends,
        reversed_edges=frozenset(edge for part in parts for edge in part.back),
        width=max((places[node].x + size.width for node, size in enumerate(sizes)), default=0.0),
        height=max(
            (places[node].y + size.height / 2 for node, size in enumerate(sizes)), default=0
        ),
        crossings=sum(part.ranks.crossings() for part in parts),
    )


class _Part:
    """One connected group of nodes with its own columns."""

    def __init__(self, group: Sequence[int], sizes: Sequence[Size], edges: Sequence[Edge]) -> None:
        own = {node: index for index, node in enumerate(group)}
        inner = [(own[a], own[b]) for a, b in edges if a in own]
        turned = back_edges(len(group), inner)
        flow = list(dict.fromkeys((b, a) if (a, b) in turned else (a, b) for a, b in inner))
        self.group = group
        self.inner = inner
        self.turned = turned
        self.sizes = [sizes[node] for node in group]
        self.ranks = rank(columns(len(group), flow), flow)
        settle_order(self.ranks)
        self.heights = _Heights(self.ranks, self.sizes).settled()
        self.lefts, self.rights = self._column_edges()

    @property
    def back(self) -> set[Edge]:
        return {(self.group[a], self.group[b]) for a, b in self.turned}

    @property
    def width(self) -> float:
        return self.rights[-1]

    @property
    def height(self) -> float:
        return max(self.heights[node] + size.height / 2 for node, size in enumerate(self.sizes))

    def places(self, top: float) -> dict[int, Place]:
        return {
            self.group[vertex]: Place(self.lefts[column], top + self.heights[vertex], column)
            for column, vertices in enumerate(self.ranks.columns)
            for vertex in vertices
            if vertex < len(self.group)
        }

    def bends(self, top: float) -> dict[Edge, tuple[Bend, ...]]:
        column_of = {v: c for c, vertices in enumerate(self.ranks.columns) for v in vertices}
        found = {}
        for a, b in self.inner:
            is_turned = (a, b) in self.turned
            chain = self.ranks.chains[(b, a) if is_turned else (a, b)][1:-1]
            way = tuple(
                Bend(self.lefts[column_of[v]], self.rights[column_of[v]], top + self.heights[v])
                for v in chain
            )
            found[self.group[a], self.group[b]] = way[::-1] if is_turned else way
        return found

    def _column_edges(self) -> tuple[list[float], list[float]]:
        lefts, rights, x = [], [], 0.0
        for vertices in self.ranks.columns:
            widths = [self.sizes[vertex].width for vertex in vertices if vertex < len(self.group)]
            lefts.append(x)
            rights.append(x + max(widths, default=0.0))
            x = rights[-1] + GAP_X
        return lefts, rights


class _Heights:
    """The middle heights of all vertices; in a column nobody ever overlaps."""

    def __init__(self, ranks: Ranks, sizes: Sequence[Size]) -> None:
        self.ranks = ranks
        self.tall = {
            vertex: sizes[vertex].height if vertex < len(sizes) else BEND_HEIGHT
            for vertex in ranks.before
        }
        self.y: dict[int, float] = dict.fromkeys(ranks.before, 0.0)

    def settled(self) -> dict[int, float]:
        for column in self.ranks.columns:
            self._push_apart(column)
        for round_ in range(ROUNDS):
            columns_now = self.ranks.columns if round_ % 2 == 0 else self.ranks.columns[::-1]
            for column in columns_now:
                self._pull(column)
                self._push_apart(column)
        for chain in self.ranks.chains.values():
            self._straighten(chain[1:-1])
        top = min(y - self.tall[vertex] / 2 for vertex, y in self.y.items())
        return {vertex: y - top for vertex, y in self.y.items()}

    def _pull(self, column: Sequence[int]) -> None:
        for vertex in column:
            near = self.ranks.before[vertex] + self.ranks.after[vertex]
            if near:
                mean = sum(self.y[other] for other in near) / len(near)
                self.y[vertex] = (self.y[vertex] + mean) / 2

    def _push_apart(self, column: Sequence[int]) -> None:
        """Half way between pushing all conflicts down and pushing them all up."""
        down = [self.y[vertex] for vertex in column]
        up = list(down)
        for index in range(1, len(column)):
            least = self._distance(column[index - 1], column[index])
            down[index] = max(down[index], down[index - 1] + least)
        for index in range(len(column) - 2, -1, -1):
            least = self._distance(column[index], column[index + 1])
            up[index] = min(up[index], up[index + 1] - least)
        for vertex, low, high in zip(column, down, up, strict=True):
            self.y[vertex] = (low + high) / 2

    def _straighten(self, bends: Sequence[int]) -> None:
        """Bring the bends of one edge to one height, if none of them must pass a neighbour."""
        rooms = [self._room(bend) for bend in bends]
        low = max((room[0] for room in rooms), default=0)
        high = min((room[1] for room in rooms), default=0)
        if not bends or low > high:
            return
        mean = sum(self.y[bend] for bend in bends) / len(bends)
        for bend in bends:
            self.y[bend] = min(max(mean, low), high)

    def _room(self, vertex: int) -> tuple[float, float]:
        column = next(column for column in self.ranks.columns if vertex in column)
        index = column.index(vertex)
        low, high = float("-inf"), float("inf")
        if index:
            low = self.y[column[index - 1]] + self._distance(column[index - 1], vertex)
        if index + 1 < len(column):
            high = self.y[column[index + 1]] - self._distance(vertex, column[index + 1])
        return low, high

    def _distance(self, above: int, below: int) -> float:
        return (self.tall[above] + self.tall[below]) / 2 + GAP_Y


def _grid(
    nodes: Sequence[int], sizes: Sequence[Size], top: float, width: float
) -> dict[int, Place]:
    """Rows of nodes that no edge reaches, under the rest."""
    if not nodes:
        return {}
    wide = max(sizes[node].width for node in nodes) + GAP_X / 2
    tall = max(sizes[node].height for node in nodes)
    per_row = max(1, int((width + GAP_X / 2) // wide))
    return {
        node: Place(
            (index % per_row) * wide,
            top + tall / 2 + (index // per_row) * (tall + GAP_Y),
            index % per_row,
        )
        for index, node in enumerate(nodes)
    }
