from __future__ import annotations

import random
import time
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from project.ui.layers import back_edges, columns
from project.ui.layout import Layout, Size, lay_out

NODE = Size(134, 78)
Edge = tuple[int, int]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[Edge]]:
    """Any graph without loops: cycles, islands and lonely nodes included."""
    count = draw(st.integers(1, 14))
    node = st.integers(0, count - 1)
    edges = draw(st.lists(st.tuples(node, node), max_size=24, unique=True))
    return count, [edge for edge in edges if edge[0] != edge[1]]


def overlapping(layout: Layout, sizes: list[Size]) -> list[tuple[int, int]]:
    boxes = [
        (place.x, place.y - size.height / 2, place.x + size.width, place.y + size.height / 2)
        for place, size in zip(layout.places, sizes, strict=True)
    ]
    return [
        (a, b)
        for a, b in combinations(range(len(boxes)), 2)
        if boxes[a][0] < boxes[b][2] - 1e-6
        and boxes[b][0] < boxes[a][2] - 1e-6
        and boxes[a][1] < boxes[b][3] - 1e-6
        and boxes[b][1] < boxes[a][3] - 1e-6
    ]


@given(graphs())
def test_no_two_nodes_overlap(graph: tuple[int, list[Edge]]) -> None:
    count, edges = graph
    sizes = [NODE] * count

    layout = lay_out(sizes, edges)

    assert overlapping(layout, sizes) == []
    assert min(place.y for place in layout.places) >= NODE.height / 2 - 1e-6
    assert max(place.x for place in layout.places) + NODE.width <= layout.width + 1e-6


@given(graphs())
def test_every_edge_has_its_way(graph: tuple[int, list[Edge]]) -> None:
    count, edges = graph

    layout = lay_out([NODE] * count, edges)

    assert set(layout.bends) == set(edges)
    for source, target in edges:
        backwards = (source, target) in layout.reversed_edges
        goes_right = layout.places[source].x < layout.places[target].x
        assert goes_right != backwards


@given(graphs())
def test_bends_pass_no_node(graph: tuple[int, list[Edge]]) -> None:
    count, edges = graph

    layout = lay_out([NODE] * count, edges)

    for bends in layout.bends.values():
        for bend in bends:
            for place in layout.places:
                if place.x == bend.left:
                    assert abs(place.y - bend.y) > NODE.height / 2


@given(graphs())
def test_the_same_graph_gives_the_same_picture(graph: tuple[int, list[Edge]]) -> None:
    count, edges = graph
    assert lay_out([NODE] * count, edges) == lay_out([NODE] * count, edges)


def test_a_cycle_is_broken_where_it_closes() -> None:
    assert back_edges(3, [(0, 1), (1, 2), (2, 0)]) == {(2, 0)}


def test_a_chain_longer_than_the_stack_is_walked() -> None:
    edges = [(node, node + 1) for node in range(3000)]
    assert back_edges(3001, edges) == set()
    assert columns(3001, edges)[-1] == 3000


def test_a_node_stands_right_of_all_its_callers() -> None:
    assert columns(4, [(0, 1), (1, 2), (0, 2), (2, 3)]) == [0, 1, 2, 3]


def test_a_source_stands_beside_what_it_calls() -> None:
    """A schedule that starts the last function is not drawn at the far left."""
    assert columns(4, [(0, 1), (1, 2), (3, 2)]) == [0, 1, 2, 1]


def test_crossings_are_swept_away() -> None:
    layout = lay_out([NODE] * 4, [(0, 3), (1, 2), (0, 1)])
    assert layout.crossings == 0


def test_a_large_design_is_laid_out_at_once() -> None:
    chance = random.Random(3)
    edges = {
        (chance.randint(max(0, node - 9), node - 1), node) for node in range(1, 120) for _ in "ab"
    }
    started_at = time.process_time()

    layout = lay_out([NODE] * 120, sorted(edges))

    assert time.process_time() - started_at < 0.25  # About 13 ms on a quiet machine.
    assert overlapping(layout, [NODE] * 120) == []


def test_no_components_make_an_empty_picture() -> None:
    assert lay_out([], []).places == ()
