"""One component of the diagram: glyph, name, kind, the bar of its tightest limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from project.ui.components import DiagramNode
from project.ui.icons import glyph_url
from project.ui.layout import Place, Size
from project.ui.numbers import NO_VALUE, pct
from project.ui.svg import fit, level, n, text_width

WIDTH, HEIGHT = 134, 78
USERS_HEIGHT = 42
PADDING = 10
NAME_LEFT = 39
LEAST_BAR = 1.5


@dataclass(frozen=True)
class Spot:
    """Where a node stands, and who its neighbours are, by index, for the arrow keys."""

    index: int
    place: Place
    size: Size
    callees: Sequence[int]
    callers: Sequence[int]

    @property
    def x(self) -> float:
        return self.place.x

    @property
    def top(self) -> float:
        return self.place.y - self.size.height / 2


def node_size() -> Size:
    return Size(WIDTH, HEIGHT)


def users_size(label: str) -> Size:
    count, unit = users_lines(label)
    widest = max(text_width(count, 12.5, bold=True), text_width(unit, 11))
    return Size(max(62, widest + 18), USERS_HEIGHT)


def users_lines(label: str) -> tuple[str, str]:
    count, _, unit = label.partition(" ")
    return count, unit


def draw_node(node: DiagramNode, spot: Spot) -> SafeString:
    # In a file of its own there is no page to go to.
    return format_html(
        '<a class="{}" href="{}" {} aria-label="{}"><title>{}</title>{}{}{}{}</a>'
        if node.href
        else '<g class="{0} still" role="img" aria-label="{3}"><title>{4}</title>{5}{6}{7}{8}</g>',
        _css_class(node),
        node.href,
        _keys(spot),
        _sentence(node),
        node.name,
        _boxes(spot, 8),
        _heading(node, spot),
        _gauge(node, spot),
        _flag(spot) if node.first_limit else "",
    )


def draw_users(label: str, href: str, spot: Spot) -> SafeString:
    count, unit = users_lines(label)
    middle = spot.x + spot.size.width / 2
    words = format_html(
        '<text class="nm" x="{0}" y="{1}" text-anchor="middle">{2}</text>'
        '<text class="ty" x="{0}" y="{3}" text-anchor="middle">{4}</text>',
        n(middle),
        n(spot.place.y - 3),
        count,
        n(spot.place.y + 11),
        unit,
    )
    if not href:
        return format_html('<g class="still">{}{}</g>', _boxes(spot, USERS_HEIGHT / 2), words)
    return format_html(
        '<a class="node" href="{}" {} aria-label="Users, {}">{}{}</a>',
        href,
        _keys(spot),
        label,
        _boxes(spot, USERS_HEIGHT / 2),
        words,
    )


def _css_class(node: DiagramNode) -> str:
    flags = {"sel": node.selected, "first": node.first_limit, "unknown": not node.modelled}
    return " ".join(["node", *(name for name, is_set in flags.items() if is_set)])


def _keys(spot: Spot) -> SafeString:
    return format_html(
        'data-id="{}" data-layer="{}" data-y="{}" data-out="{}" data-in="{}"',
        spot.index,
        spot.place.column,
        n(spot.place.y),
        " ".join(map(str, spot.callees)),
        " ".join(map(str, spot.callers)),
    )


def _sentence(node: DiagramNode) -> str:
    parts = [node.name, node.kind_label]
    if not node.modelled:
        parts.append("not modelled")
    elif node.use is None:
        parts.append(NO_VALUE)
    else:
        percent = pct(node.use).removesuffix("%")
        limit = f"{node.limit_label} limit".strip()
        parts.append(f"{percent} percent of {limit} at peak")
    if node.first_limit:
        parts.append("first limit")
    return ", ".join(part for part in parts if part)


def _boxes(spot: Spot, radius: float) -> SafeString:
    size = spot.size
    ring = format_html(
        '<rect class="ring" x="{}" y="{}" width="{}" height="{}" rx="{}"/>',
        n(spot.x - 4),
        n(spot.top - 4),
        n(size.width + 8),
        n(size.height + 8),
        n(radius + 3),
    )
    return ring + format_html(
        '<rect class="box" x="{}" y="{}" width="{}" height="{}" rx="{}"/>',
        n(spot.x),
        n(spot.top),
        n(size.width),
        n(size.height),
        n(radius),
    )


def _heading(node: DiagramNode, spot: Spot) -> SafeString:
    room = WIDTH - NAME_LEFT - 3
    return format_html(
        '<image href="{}" x="{}" y="{}" width="24" height="24"/>'
        '<text class="nm" x="{}" y="{}">{}</text><text class="ty" x="{}" y="{}">{}</text>',
        glyph_url(node.kind),
        n(spot.x + PADDING),
        n(spot.top + 10),
        n(spot.x + NAME_LEFT),
        n(spot.top + 20),
        fit(node.name, 12.5, room, bold=True),
        n(spot.x + NAME_LEFT),
        n(spot.top + 34),
        fit(node.kind_label, 11, room),
    )


def _gauge(node: DiagramNode, spot: Spot) -> SafeString:
    """The bar, the per cent and the name of the limit; full and red above the limit."""
    if not node.modelled:
        return _text("ut", spot.x + PADDING, spot.top + 62, "not modelled")
    percent = NO_VALUE if node.use is None else pct(node.use)
    room = WIDTH - 2 * PADDING - text_width(percent, 12, bold=True) - 6
    return format_html(
        '<rect class="track" x="{0}" y="{1}" width="{2}" height="6" rx="1.5"/>{3}{4}'
        '<text class="ut" x="{5}" y="{6}" text-anchor="end">{7}</text>',
        n(spot.x + PADDING),
        n(spot.top + 46),
        WIDTH - 2 * PADDING,
        _bar(node, spot),
        _text("pc" if node.use is not None else "ut", spot.x + PADDING, spot.top + 68, percent),
        n(spot.x + WIDTH - PADDING),
        n(spot.top + 68),
        fit(node.limit_label, 11, room),
    )


def _bar(node: DiagramNode, spot: Spot) -> SafeString:
    if not node.use:
        return SafeString("")
    full = WIDTH - 2 * PADDING
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="6" rx="1.5"/>',
        level(node.use),
        n(spot.x + PADDING),
        n(spot.top + 46),
        n(max(LEAST_BAR, full * min(1.0, node.use))),
    )


def _flag(spot: Spot) -> SafeString:
    left, top = spot.x + WIDTH - 72, spot.top - 9
    return format_html(
        '<g class="flag"><rect x="{}" y="{}" width="64" height="17" rx="8.5"/>'
        '<text x="{}" y="{}" text-anchor="middle">First limit</text></g>',
        n(left),
        n(top),
        n(left + 32),
        n(top + 12.5),
    )


def _text(css_class: str, x: float, y: float, words: str) -> SafeString:
    return format_html('<text class="{}" x="{}" y="{}">{}</text>', css_class, n(x), n(y), words)
