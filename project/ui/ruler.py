"""The ruler of the verdict: users on a logarithmic line, today, what holds, the next limits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.html import format_html
from django.utils.safestring import SafeString

from project.ui.labels import Label, Placer
from project.ui.numbers import compact, times, users
from project.ui.svg import decades, join, log_share, n

LOWEST, HIGHEST = 1e3, 1e7
PAD, TOP, THICK, HEIGHT = 8, 36, 12, 68
WIDTHS = ((1326, "at-wide"), (700, "at-mid"), (350, "at-narrow"))
# Baselines for names above the line, the nearest first.
ROWS = (28, 14)
SCALE_ROW = TOP + THICK + 18


@dataclass(frozen=True)
class Limit:
    name: str
    users: float


@dataclass(frozen=True)
class Ruler:
    """What the ruler shows; `holds` is None where nothing binds."""

    today: float | None
    holds: float | None
    first: str = ""
    limits: tuple[Limit, ...] = ()
    unit: str = "users a day"

    @property
    def low(self) -> float:
        return min(
            LOWEST, *(math.pow(10, math.floor(math.log10(value))) for value in self._marks())
        )

    @property
    def high(self) -> float:
        return max(
            HIGHEST, *(math.pow(10, math.ceil(math.log10(value))) for value in self._marks())
        )

    def _marks(self) -> list[float]:
        marks = [value for value in (self.today, self.holds) if value and value >= 1]
        return marks or [LOWEST]


def draw(ruler: Ruler) -> SafeString:
    """Draw it for three widths of the page: the smaller, the fewer names find room."""
    return join(_drawing(ruler, width, css_class) for width, css_class in WIDTHS)


def sentence(ruler: Ruler) -> str:
    parts = [f"{ruler.unit.capitalize()} on a logarithmic scale."]
    if ruler.today:
        parts.append(f"Today {users(ruler.today)}.")
    if ruler.holds is None:
        parts.append("No limit found.")
    else:
        parts.append(f"First limit {users(ruler.holds)}, {ruler.first}.")
    if ruler.limits:
        next_ones = ", ".join(f"{limit.name} {users(limit.users)}" for limit in ruler.limits)
        parts.append(f"Then {next_ones}.")
    return " ".join(parts)


@dataclass
class _Canvas:
    ruler: Ruler
    width: int
    placer: Placer

    def x(self, value: float) -> float:
        share = log_share(value, self.ruler.low, self.ruler.high)
        return PAD + share * (self.width - 2 * PAD)

    def draw_limits(self, limits: Sequence[Limit]) -> list[SafeString]:
        return [
            _mark(self, limit.users, f"{limit.name} {compact(limit.users)}", "lt", "m", ROWS)
            for limit in limits
        ]


def _drawing(ruler: Ruler, width: int, css_class: str) -> SafeString:
    canvas = _Canvas(ruler, width, Placer(0, width))
    # Order of drawing is order of rank: who comes first finds a place for its name.
    marks = join((_scale(canvas), _first_limit(canvas), _today(canvas), _room_label(canvas)))
    next_limits = _next_limits(canvas)
    return format_html(
        '<svg class="viz ruler {}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}</svg>',
        css_class,
        width,
        HEIGHT,
        sentence(ruler),
        _line(canvas),
        next_limits,
        marks,
    )


def _visible(ruler: Ruler) -> list[Limit]:
    return [limit for limit in ruler.limits if ruler.low <= limit.users <= ruler.high]


def _line(canvas: _Canvas) -> SafeString:
    ruler = canvas.ruler
    end = canvas.x(ruler.holds if ruler.holds is not None else ruler.high)
    now = min(canvas.x(ruler.today), end) if ruler.today else PAD
    return format_html(
        '<rect class="track" x="{0}" y="{1}" width="{2}" height="{3}" rx="2"/>'
        '<rect class="fill" x="{0}" y="{1}" width="{4}" height="{3}" rx="2"/>'
        '<rect class="room" x="{5}" y="{1}" width="{6}" height="{3}"/>',
        PAD,
        TOP,
        n(canvas.width - 2 * PAD),
        THICK,
        n(now - PAD),
        n(now),
        n(end - now),
    )


def _scale(canvas: _Canvas) -> SafeString:
    values = decades(canvas.ruler.low, canvas.ruler.high)
    return join(_decade(canvas, value, values) for value in values)


def _decade(canvas: _Canvas, value: float, values: Sequence[float]) -> SafeString:
    is_last = value == values[-1]
    anchor = "start" if value == values[0] else "end" if is_last else "middle"
    has_unit = is_last and canvas.width > 600
    text = f"{compact(value)} {canvas.ruler.unit}" if has_unit else compact(value)
    x = canvas.x(value)
    canvas.placer.put(Label(text, x, SCALE_ROW, anchor))
    return format_html(
        '<path class="g" d="M{0} {1}v6"/><text class="m" x="{0}" y="{2}" text-anchor="{3}">'
        "{4}</text>",
        n(x),
        TOP + THICK,
        SCALE_ROW,
        anchor,
        text,
    )


def _first_limit(canvas: _Canvas) -> SafeString:
    holds = canvas.ruler.holds
    if holds is None:
        return SafeString("")
    text = f"{canvas.ruler.first} {compact(holds)}".strip()
    return _mark(canvas, holds, text, "lim", "l b", (ROWS[1], ROWS[0]))


def _today(canvas: _Canvas) -> SafeString:
    today = canvas.ruler.today
    if not today:
        return SafeString("")
    return _mark(canvas, today, f"Today {compact(today)}", "now", "s b", ROWS)


def _next_limits(canvas: _Canvas) -> SafeString:
    """Name as many as possible; nobody can say beforehand from which end to begin."""
    limits = _visible(canvas.ruler)
    tries = [
        replace(canvas, placer=canvas.placer.copy()).draw_limits(order)
        for order in (limits, limits[::-1])
    ]
    return join(max(tries, key=lambda drawn: sum("<text" in mark for mark in drawn)))


def _room_label(canvas: _Canvas) -> SafeString:
    today, holds = canvas.ruler.today, canvas.ruler.holds
    if not today or not holds or holds <= today:
        return SafeString("")
    middle = (canvas.x(today) + canvas.x(holds)) / 2
    label = Label(f"{times(holds / today)} headroom", middle, SCALE_ROW, "middle")
    return label.svg("s") if canvas.placer.put(label) else SafeString("")


def _mark(
    canvas: _Canvas, value: float, text: str, line_class: str, text_class: str, rows: Sequence[int]
) -> SafeString:
    """Draw a line at the value, as tall as its name needs; without room it stays unnamed."""
    x = canvas.x(value)
    label = canvas.placer.beside(text, x, rows, TOP + THICK, bold="b" in text_class.split())
    reach = label.y - 10 if label else TOP - 4
    drawn = label.svg(text_class) if label else SafeString("")
    return format_html(
        '<path class="{}" d="M{} {}V{}"/>{}', line_class, n(x), reach, TOP + THICK + 4, drawn
    )
