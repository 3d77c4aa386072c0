"""How the edges of the diagram run: level, upright, with round corners."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from project.ui.layers import Edge
from project.ui.layout import Layout, Size
from project.ui.svg import n

PORT_STEP, PORT_MARGIN = 14.0, 11.0
FIRST_LANE, LANE_STEP, LANES = 12.0, 6.0, 5
RADIUS = 8.0
SNAP = 26.0
HEAD_LENGTH, HEAD_HALF = 7.0, 3.5
# Below this distance of two ports a label between them has no room.
LABEL_ROOM = 13.0


@dataclass(frozen=True)
class Wire:
    """Path data of the line and of its head, and where its label stands, if it has room."""

    path: str
    head: str
    label: tuple[float, float, str] | None


@dataclass
class _Stop:
    """A level piece of an edge: a port of a node (no length) or a bend."""

    left: float
    right: float
    y: float


@dataclass
class _Run:
    """An edge from its left end to its right end, whatever its direction."""

    stops: list[_Stop]
    ends: Edge
    is_reversed: bool


Side = list[_Run]


def wires(layout: Layout, sizes: Sequence[Size], edges: Sequence[Edge]) -> list[Wire]:
    """Return a wire for each edge, in the order of the edges."""
    runs = [_run(layout, sizes, edge) for edge in edges]
    starts, arrivals = _ports(runs, sizes)
    _snap(starts, arrivals)
    lanes = _lanes(runs)
    return [_wire(run, lanes, starts, arrivals) for run in runs]


def loop(x: float, top: float) -> Wire:
    """A component that calls itself: a small bow over its right corner."""
    path = f"M{n(x - 44)} {n(top)}v-6q0 -8 8 -8h8q8 0 8 8v1"
    tip = x - 20
    head = f"M{n(tip - HEAD_HALF)} {n(top - HEAD_LENGTH)}h{n(2 * HEAD_HALF)}L{n(tip)} {n(top)}Z"
    return Wire(path, head, None)


def _run(layout: Layout, sizes: Sequence[Size], edge: Edge) -> _Run:
    is_reversed = edge in layout.reversed_edges
    left, right = edge[::-1] if is_reversed else edge
    bends = layout.bends[edge][::-1] if is_reversed else layout.bends[edge]
    start, end = layout.places[left], layout.places[right]
    start_x = start.x + sizes[left].width
    stops = [_Stop(start_x, start_x, start.y)]
    stops += [_Stop(bend.left, bend.right, bend.y) for bend in bends]
    stops.append(_Stop(end.x, end.x, end.y))
    return _Run(stops, (left, right), is_reversed)


def _ports(runs: Sequence[_Run], sizes: Sequence[Size]) -> tuple[dict[int, Side], dict[int, Side]]:
    """Spread the ends of edges on both sides of their nodes, in the order of the neighbours."""
    starts: defaultdict[int, Side] = defaultdict(list)
    arrivals: defaultdict[int, Side] = defaultdict(list)
    for run in runs:
        starts[run.ends[0]].append(run)
        arrivals[run.ends[1]].append(run)
    for node, side in starts.items():
        side.sort(key=lambda run: run.stops[1].y)
        _spread([run.stops[0] for run in side], sizes[node])
    for node, side in arrivals.items():
        side.sort(key=lambda run: run.stops[-2].y)
        _spread([run.stops[-1] for run in side], sizes[node])
    return starts, arrivals


def _spread(ports: Sequence[_Stop], size: Size) -> None:
    step = _port_step(len(ports), size.height)
    for index, port in enumerate(ports):
        port.y += (index - (len(ports) - 1) / 2) * step


def _port_step(count: int, height: float) -> float:
    return min(PORT_STEP, (height - 2 * PORT_MARGIN) / max(1, count - 1))


def _snap(starts: dict[int, Side], arrivals: dict[int, Side]) -> None:
    """Make nearly straight edges straight where an end is alone on its side."""
    for side in starts.values():
        first, second = side[0].stops[:2]
        if len(side) == 1 and abs(first.y - second.y) < SNAP:
            first.y = second.y
    for side in arrivals.values():
        before, last = side[0].stops[-2:]
        if len(side) == 1 and abs(before.y - last.y) < SNAP:
            last.y = before.y


def _lanes(runs: Sequence[_Run]) -> dict[int, float]:
    """Where each hop turns: hops that would share an upright get lanes of their own.

    Returns the distance from the left stop, by the identity of that stop.
    """
    gaps: defaultdict[float, list[tuple[_Stop, _Stop]]] = defaultdict(list)
    for run in runs:
        for left, right in pairwise(run.stops):
            if abs(left.y - right.y) > 1:
                gaps[round(right.left)].append((left, right))
    turns: dict[int, float] = {}
    for hops in gaps.values():
        turns |= _lanes_of_gap(hops)
    return turns


def _lanes_of_gap(hops: Sequence[tuple[_Stop, _Stop]]) -> dict[int, float]:
    # Of hops that go down the upper turns later, of those that go up the lower: so the upright of
    # one does not cut the level part of the other.
    order = sorted(hops, key=lambda hop: -hop[0].y if hop[1].y > hop[0].y else hop[0].y)
    taken: list[list[tuple[float, float]]] = [[] for _ in range(LANES)]
    turns = {}
    for left, right in order:
        low, high = sorted((left.y, right.y))
        lane = next(
            (lane for lane in range(LANES) if all(high < a or b < low for a, b in taken[lane])),
            LANES - 1,
        )
        taken[lane].append((low - 6, high + 6))
        turns[id(left)] = FIRST_LANE + lane * LANE_STEP
    return turns


def _wire(
    run: _Run, turns: dict[int, float], starts: dict[int, Side], arrivals: dict[int, Side]
) -> Wire:
    first, last = run.stops[0], run.stops[-1]
    # The line ends where the head begins.
    short = HEAD_LENGTH - 1
    start_x = first.right + (short if run.is_reversed else 0)
    end_x = last.left - (0 if run.is_reversed else short)
    path = f"M{n(start_x)} {n(first.y)}"
    for left, right in pairwise(run.stops):
        reach = end_x if right is last else right.right
        path += _hop(left.right + turns.get(id(left), 0), left.y, reach, right.y)
    side = starts[run.ends[0]] if run.is_reversed else arrivals[run.ends[1]]
    return Wire(path, _head(run), _label(run, side))


def _hop(turn_x: float, y: float, next_x: float, next_y: float) -> str:
    if abs(y - next_y) <= 1:
        return f"L{n(next_x)} {n(next_y)}"
    radius = min(RADIUS, abs(next_y - y) / 2)
    bow = radius if next_y > y else -radius
    return (
        f"H{n(turn_x - radius)}q{n(radius)} 0 {n(radius)} {n(bow)}"
        f"V{n(next_y - bow)}q0 {n(bow)} {n(radius)} {n(bow)}H{n(next_x)}"
    )


def _head(run: _Run) -> str:
    if run.is_reversed:
        x, y, back = run.stops[0].right + 1, run.stops[0].y, HEAD_LENGTH
    else:
        x, y, back = run.stops[-1].left - 1, run.stops[-1].y, -HEAD_LENGTH
    return f"M{n(x + back)} {n(y - HEAD_HALF)}L{n(x)} {n(y)}L{n(x + back)} {n(y + HEAD_HALF)}Z"


def _label(run: _Run, side: Side) -> tuple[float, float, str] | None:
    """At the target's end, above the line; below it for the last of several."""
    port = run.stops[0] if run.is_reversed else run.stops[-1]
    place = side.index(run)
    is_first, is_last = place == 0, place == len(side) - 1
    if len(side) > 1 and not is_first and not is_last and _step(side, run) < LABEL_ROOM:
        return None
    y = port.y + (14 if is_last and not is_first else -6)
    return (port.right + 9, y, "start") if run.is_reversed else (port.left - 9, y, "end")


def _step(side: Side, run: _Run) -> float:
    index = 0 if run.is_reversed else -1
    ports = [one.stops[index].y for one in side]
    return ports[1] - ports[0]
