"""Order within the columns: as few crossings as a few sweeps can find."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from project.ui.layers import Edge

SWEEPS = 8


@dataclass
class Ranks:
    """Columns of vertices. Vertices from the count of nodes on are bends of long edges."""

    columns: list[list[int]]
    before: dict[int, list[int]] = field(default_factory=dict)
    after: dict[int, list[int]] = field(default_factory=dict)
    # For each edge the vertices it runs through, both ends included.
    chains: dict[Edge, list[int]] = field(default_factory=dict)

    def crossings(self) -> int:
        return sum(self._crossings_after(index) for index in range(len(self.columns) - 1))

    def _crossings_after(self, index: int) -> int:
        place = _places(self.columns[index + 1])
        ends: list[int] = []
        crossed = 0
        for vertex in self.columns[index]:
            reached = sorted(place[target] for target in self.after[vertex])
            crossed += sum(len(ends) - bisect_right(ends, end) for end in reached)
            for end in reached:
                insort(ends, end)
        return crossed


def rank(columns_of: Sequence[int], edges: Iterable[Edge]) -> Ranks:
    """Put every node in its column and a bend in each column that an edge only passes."""
    count = len(columns_of)
    ranks = Ranks([[] for _ in range(max(columns_of, default=-1) + 1)])
    for node, column in enumerate(columns_of):
        ranks.columns[column].append(node)
    ranks.before = {node: [] for node in range(count)}
    ranks.after = {node: [] for node in range(count)}
    for edge in edges:
        _thread(ranks, edge, columns_of)
    return ranks


def settle_order(ranks: Ranks) -> None:
    """Sweep to and fro, each vertex to the middle of its neighbours; keep the best order."""
    best = (ranks.crossings(), [list(column) for column in ranks.columns])
    for sweep in range(SWEEPS):
        _sweep(ranks, forward=sweep % 2 == 0)
        crossed = ranks.crossings()
        if crossed < best[0]:
            best = (crossed, [list(column) for column in ranks.columns])
    ranks.columns = best[1]


def _thread(ranks: Ranks, edge: Edge, columns_of: Sequence[int]) -> None:
    source, target = edge
    chain = [source]
    for column in range(columns_of[source] + 1, columns_of[target]):
        bend = len(ranks.before)
        ranks.columns[column].append(bend)
        ranks.before[bend], ranks.after[bend] = [], []
        chain.append(bend)
    chain.append(target)
    ranks.chains[edge] = chain
    for left, right in pairwise(chain):
        ranks.after[left].append(right)
        ranks.before[right].append(left)


def _sweep(ranks: Ranks, *, forward: bool) -> None:
    indexes = range(1, len(ranks.columns)) if forward else range(len(ranks.columns) - 2, -1, -1)
    neighbours = ranks.before if forward else ranks.after
    for index in indexes:
        column = ranks.columns[index]
        beside = _places(ranks.columns[index - 1 if forward else index + 1])
        own = _places(column)

        def middle(
            vertex: int, beside: dict[int, int] = beside, own: dict[int, int] = own
        ) -> float:
            near = neighbours[vertex]
            return sum(beside[other] for other in near) / len(near) if near else own[vertex]

        column.sort(key=middle)


def _places(column: Iterable[int]) -> dict[int, int]:
    return {vertex: place for place, vertex in enumerate(column)}
