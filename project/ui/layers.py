"""Columns of the diagram: who stands left of whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

Edge = tuple[int, int]


def back_edges(count: int, edges: Sequence[Edge]) -> set[Edge]:
    """The edges that close a cycle, as a walk from node 0 on finds them."""
    targets = _targets(edges)
    done: set[int] = set()
    back: set[Edge] = set()
    for start in range(count):
        if start not in done:
            back |= _walk(start, targets, done)
    return back


def columns(count: int, edges: Sequence[Edge]) -> list[int]:
    """The column of each node of a graph without cycles: the longest way to it.

    A node that nobody calls moves next to the first that it calls, for a schedule belongs beside
    its function and not at the far left.
    """
    column = _longest_ways(count, edges)
    called = {target for _, target in edges}
    targets = _targets(edges)
    for node in range(count):
        if node not in called and targets[node]:
            column[node] = min(column[target] for target in targets[node]) - 1
    least = min(column, default=0)
    return [value - least for value in column]


def components(count: int, edges: Iterable[Edge]) -> list[list[int]]:
    """Groups of connected nodes, in the order of their first node."""
    near: defaultdict[int, list[int]] = defaultdict(list)
    for source, target in edges:
        near[source].append(target)
        near[target].append(source)
    seen: set[int] = set()
    groups = []
    for node in range(count):
        if node not in seen:
            groups.append(sorted(_reach(node, near, seen)))
    return groups


def _targets(edges: Iterable[Edge]) -> defaultdict[int, list[int]]:
    targets: defaultdict[int, list[int]] = defaultdict(list)
    for source, target in edges:
        targets[source].append(target)
    return targets


def _walk(start: int, targets: defaultdict[int, list[int]], done: set[int]) -> set[Edge]:
    # Without recursion: a chain may be longer than Python's stack.
    back: set[Edge] = set()
    on_path = {start}
    path = [(start, iter(targets[start]))]
    while path:
        node, rest = path[-1]
        target = next(rest, None)
        if target is None:
            path.pop()
            on_path.discard(node)
            done.add(node)
        elif target in on_path:
            back.add((node, target))
        elif target not in done:
            on_path.add(target)
            path.append((target, iter(targets[target])))
    return back


def _longest_ways(count: int, edges: Sequence[Edge]) -> list[int]:
    targets = _targets(edges)
    waiting = [0] * count
    for _, target in edges:
        waiting[target] += 1
    column = [0] * count
    ready = [node for node in range(count) if not waiting[node]]
    for node in ready:
        for target in targets[node]:
            column[target] = max(column[target], column[node] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return column


def _reach(start: int, near: defaultdict[int, list[int]], seen: set[int]) -> list[int]:
    seen.add(start)
    found = [start]
    for node in found:
        fresh = [other for other in near[node] if other not in seen]
        seen.update(fresh)
        found.extend(dict.fromkeys(fresh))
    return found
