"""Cost against users, both axes logarithmic; above what holds the line is dashed on a tint."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.html import format_html
from django.utils.safestring import SafeString

from project.ui.labels import Label, Placer
from project.ui.numbers import Value, compact, exact, money, users
from project.ui.svg import Point, decades, join, line, log_share, n

LEFT, RIGHT, TOP, BOTTOM, HEIGHT = 46, 12, 10, 26, 272


@dataclass(frozen=True)
class Curve:
    """Points (users, dollars a month) in order of users; all above zero."""

    points: tuple[Point, ...]
    holds: float | None
    today: float | None
    unit: str

    @property
    def xs(self) -> tuple[float, float]:
        return self.points[0][0], self.points[-1][0]

    @property
    def ys(self) -> tuple[float, float]:
        low = 10.0 ** math.floor(math.log10(min(y for _, y in self.points)))
        high = 10.0 ** math.ceil(math.log10(max(y for _, y in self.points)))
        return low, high if high > low else low * 10

    def at(self, x: float) -> float | None:
        """The cost at x, straight between two points on the logarithmic paper."""
        for (x0, y0), (x1, y1) in pairwise(self.points):
            if x0 <= x <= x1:
                return float(y0 * (y1 / y0) ** log_share(x, x0, x1))
        return None


def read_points(points: Sequence[Sequence[Value]]) -> tuple[Point, ...]:
    """Keep what can stand on a logarithmic axis, and one cost of each size: the last given."""
    pairs = [(exact(x), exact(y)) for x, y in points]
    found = {float(x): float(y) for x, y in pairs if x and y and x > 0 and y > 0}
    return tuple(sorted(found.items()))


def draw(curve: Curve) -> SafeString:
    if len(curve.points) < 2:
        return format_html('<p class="muted">{}</p>', "no value")
    return join((_drawing(curve, 620, "not-m"), _drawing(curve, 340, "only-m")))


def sentence(curve: Curve) -> str:
    (x0, y0), (x1, y1) = curve.points[0], curve.points[-1]
    text = (
        f"Monthly cost from {money(y0)} at {users(x0)} to {money(y1)} at {users(x1)} {curve.unit}."
    )
    if curve.holds:
        text += f" The design holds {users(curve.holds)}; above it, with limits raised."
    return text


@dataclass
class _Canvas:
    curve: Curve
    width: int
    placer: Placer

    @property
    def right(self) -> float:
        return self.width - RIGHT

    @property
    def bottom(self) -> float:
        return HEIGHT - BOTTOM

    def x(self, value: float) -> float:
        return LEFT + log_share(value, *self.curve.xs) * (self.right - LEFT)

    def y(self, value: float) -> float:
        return self.bottom - log_share(value, *self.curve.ys) * (self.bottom - TOP)


def _drawing(curve: Curve, width: int, css_class: str) -> SafeString:
    canvas = _Canvas(curve, width, Placer(LEFT, width))
    return format_html(
        '<svg class="viz curve {}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}{}</svg>',
        css_class,
        width,
        HEIGHT,
        sentence(curve),
        _limit_side(canvas),
        _grid(canvas),
        _lines(canvas),
        _today(canvas),
    )


def _grid(canvas: _Canvas) -> SafeString:
    low, high = canvas.curve.xs
    across = [value for value in decades(low, high) if low <= value <= high]
    return join([_column(canvas, value, across[-1]) for value in across]) + join(
        _row(canvas, value) for value in decades(*canvas.curve.ys)
    )


def _column(canvas: _Canvas, value: float, last: float) -> SafeString:
    x = canvas.x(value)
    is_edge = value == last and x > canvas.right - 60
    has_unit = value == last and canvas.width > 600
    text = f"{compact(value)} {canvas.curve.unit}" if has_unit else compact(value)
    label = Label(text, x + (RIGHT if is_edge else 0), HEIGHT - 8, "end" if is_edge else "middle")
    canvas.placer.taken.append(label.box())
    return format_html(
        '<path class="gridline" d="M{0} {1}V{2}"/>{3}', n(x), TOP, n(canvas.bottom), label.svg("m")
    )


def _row(canvas: _Canvas, value: float) -> SafeString:
    y = canvas.y(value)
    return format_html(
        '<path class="gridline" d="M{0} {1}H{2}"/>'
        '<text class="m" x="{3}" y="{4}" text-anchor="end">{5}</text>',
        LEFT,
        n(y),
        n(canvas.right),
        LEFT - 6,
        n(y + 4),
        f"${compact(value)}",
    )


def _lines(canvas: _Canvas) -> SafeString:
    """The line up to what holds, and dashed from there."""
    curve = canvas.curve
    holds = curve.holds if curve.holds is not None else math.inf
    turn = curve.at(holds)
    seam = [(holds, turn)] if turn is not None else []
    inside = [point for point in curve.points if point[0] <= holds] + seam
    beyond = seam + [point for point in curve.points if point[0] > holds]
    return format_html(
        '<path class="series n1" d="{}"/><path class="series n1 dashed" d="{}"/>',
        line((canvas.x(x), canvas.y(y)) for x, y in inside),
        line((canvas.x(x), canvas.y(y)) for x, y in beyond),
    )


def _limit_side(canvas: _Canvas) -> SafeString:
    curve = canvas.curve
    low, high = curve.xs
    if curve.holds is None or curve.holds >= high:
        return SafeString("")
    x = canvas.x(max(curve.holds, low))
    label = canvas.placer.beside(f"Holds {compact(curve.holds)}", x, (TOP + 12,), TOP, bold=True)
    return format_html(
        '<rect class="beyond" x="{0}" y="{1}" width="{2}" height="{3}"/>'
        '<path class="limit-line" d="M{0} {1}V{4}"/>{5}',
        n(x),
        TOP,
        n(canvas.right - x),
        n(canvas.bottom - TOP),
        n(canvas.bottom),
        label.svg("l b halo") if label else "",
    )


def _today(canvas: _Canvas) -> SafeString:
    today = canvas.curve.today
    cost = canvas.curve.at(today) if today else None
    if today is None or cost is None:
        return SafeString("")
    x, y = canvas.x(today), canvas.y(cost)
    text = f"Today {compact(today)} \u00b7 {money(cost)}"
    spots = (
        Label(text, x - 8, y - 9, "end", True),
        Label(text, x + 8, y - 9, "start", True),
        Label(text, x + 8, y + 18, "start", True),
    )
    label = next((spot for spot in spots if canvas.placer.put(spot)), None)
    return format_html(
        '<circle class="point" cx="{}" cy="{}" r="4.5"/>{}',
        n(x),
        n(y),
        label.svg("s b halo") if label else "",
    )
