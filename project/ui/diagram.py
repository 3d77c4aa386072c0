"""The diagram of a design as SVG: every component a link, so that it works without a script."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString

from project.ui.components import USERS, Diagram, DiagramEdge, DiagramNode, merged
from project.ui.layout import Layout, Size, lay_out
from project.ui.nodes import Spot, draw_node, draw_users, node_size, users_size
from project.ui.numbers import compact
from project.ui.svg import join, n
from project.ui.wires import Wire, loop, wires

# Room for the ring of focus and for the flag.
MARGIN = 12
# A picture up to this width may shrink a little to fit its page; a wider one scrolls instead.
FITS_PX = 1240
KEY = (("sync", "waits for the answer"), ("async", "asynchronous"), ("stream", "stream"))


@dataclass(frozen=True)
class _Plan:
    """The diagram with indexes for ids. The pill of the users, if drawn, comes first."""

    nodes: tuple[DiagramNode | None, ...]
    edges: tuple[DiagramEdge, ...]
    ends: tuple[tuple[int, int], ...]
    sizes: tuple[Size, ...]
    layout: Layout

    def spots(self) -> list[Spot]:
        """In reading order, column by column."""
        busiest = sorted(zip(self.edges, self.ends, strict=True), key=lambda pair: -_rate(pair[0]))
        spots = [
            Spot(
                index,
                self.layout.places[index],
                size,
                [target for _, (source, target) in busiest if source == index],
                [source for _, (source, target) in busiest if target == index],
            )
            for index, size in enumerate(self.sizes)
        ]
        return sorted(spots, key=lambda spot: (spot.x, spot.place.y))


# The same picture is looked at many times between two changes; a large one has some 100 kB.
@lru_cache(maxsize=64)
def draw(diagram: Diagram) -> SafeString:
    plan = _plan(diagram)
    width = plan.layout.width + 2 * MARGIN
    return format_html(
        '<svg class="graph{0}" width="{1}" height="{2}" viewBox="{3} {3} {1} {2}" role="group"'
        ' aria-label="{4}">{5}{6}</svg>',
        " fits" if width <= FITS_PX else "",
        n(width),
        n(plan.layout.height + 2 * MARGIN),
        -MARGIN,
        diagram.sentence(),
        _draw_edges(plan),
        join(_draw_spot(diagram, plan, spot) for spot in plan.spots()),
    )


def key() -> SafeString:
    """What the lines of the diagram mean."""
    items = join(
        format_html(
            '<li><svg viewBox="0 0 26 8" aria-hidden="true"><path class="{}" d="M0 4H26"/></svg>'
            "{}</li>",
            mode,
            words,
        )
        for mode, words in KEY
    )
    return format_html('<ul class="graph-key">{}</ul>', items)


def _plan(diagram: Diagram) -> _Plan:
    has_users = bool(diagram.users_label) and any(edge.source == USERS for edge in diagram.edges)
    nodes = (None, *diagram.nodes) if has_users else diagram.nodes
    edges = merged(edge for edge in diagram.edges if has_users or edge.source != USERS)
    index = {node.id if node else USERS: place for place, node in enumerate(nodes)}
    ends = tuple((index[edge.source], index[edge.target]) for edge in edges)
    sizes = tuple(node_size() if node else users_size(diagram.users_label) for node in nodes)
    layout = lay_out(sizes, [pair for pair in ends if pair[0] != pair[1]])
    return _Plan(nodes, edges, ends, sizes, layout)


def _draw_spot(diagram: Diagram, plan: _Plan, spot: Spot) -> SafeString:
    node = plan.nodes[spot.index]
    if node is None:
        return draw_users(diagram.users_label, diagram.users_href, spot)
    return draw_node(node, spot)


def _draw_edges(plan: _Plan) -> SafeString:
    straight = [pair for pair in plan.ends if pair[0] != pair[1]]
    found = dict(zip(straight, wires(plan.layout, plan.sizes, straight), strict=True))
    chosen = {index for index, node in enumerate(plan.nodes) if node and node.selected}
    drawn = [
        (bool(chosen & set(pair)), _edge(edge, found.get(pair) or _loop(plan, pair[0])))
        for edge, pair in zip(plan.edges, plan.ends, strict=True)
    ]
    # Those of the selected component lie on top.
    return _group(part for is_hot, part in drawn if not is_hot) + _group(
        (part for is_hot, part in drawn if is_hot), " hot"
    )


def _group(parts: Iterable[tuple[str, SafeString]], extra: str = "") -> SafeString:
    return join(
        format_html('<g class="edge {}{}">{}</g>', mode, extra, drawn) for mode, drawn in parts
    )


def _loop(plan: _Plan, index: int) -> Wire:
    place, size = plan.layout.places[index], plan.sizes[index]
    return loop(place.x + size.width, place.y - size.height / 2)


def _edge(edge: DiagramEdge, wire: Wire) -> tuple[str, SafeString]:
    drawn = format_html(
        '<path d="{}" stroke-width="{}"/><path class="head" d="{}"/>{}',
        wire.path,
        n(1 + math.log10(max(1.0, _rate(edge))) * 0.55),
        wire.head,
        _rate_label(edge, wire),
    )
    return edge.mode, drawn


def _rate_label(edge: DiagramEdge, wire: Wire) -> SafeString | str:
    if wire.label is None or edge.rate_per_s is None:
        return ""
    x, y, anchor = wire.label
    return format_html(
        '<text x="{}" y="{}" text-anchor="{}">{}/s</text>',
        n(x),
        n(y),
        anchor,
        compact(edge.rate_per_s),
    )


def _rate(edge: DiagramEdge) -> float:
    return edge.rate_per_s or 0.0
