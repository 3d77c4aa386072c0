"""The day against the limits: shares of limits over 24 hours, the limit, the room at the peak."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from project.ui.labels import Label, Placer
from project.ui.numbers import DAY_S, clock, compact, pct
from project.ui.svg import Point, join, line, maxima, n

LEFT, RIGHT = 46, 16
STRIP_TOP, STRIP_BOTTOM = 8, 66
TOP, BOTTOM, HEIGHT = 88, 300, 324
NAMED = 4
QUARTERS = 96
GREY = 0
LEAST_TOP = 1.1


@dataclass(frozen=True)
class Series:
    """Shares of the tightest limit of one component, evenly over the day."""

    name: str
    values: Sequence[float]


@dataclass(frozen=True)
class Peak:
    """Where the room is measured: the busiest moment of the first limit."""

    at_s: float
    use: float
    label: str
    detail: str = ""


@dataclass(frozen=True)
class Day:
    series: tuple[Series, ...]
    requests_per_s: Sequence[float] = ()
    peak: Peak | None = None

    @property
    def top(self) -> float:
        """The end of the axis: always above the limit, in steps of 20%."""
        most = max((max(one.values, default=0) for one in self.series), default=0)
        return max(LEAST_TOP, (int(most * 5) + 1) / 5)


@dataclass(frozen=True)
class Entry:
    """An entry of the legend: the place of the line decides its colour and dash."""

    place: int
    name: str


@dataclass(frozen=True)
class Quarter:
    """One row of the table of values: the largest of a quarter of an hour."""

    start_s: int
    requests_per_s: float | None
    shares: tuple[float | None, ...]


def legend(day: Day) -> list[Entry]:
    named = [Entry(index + 1, one.name) for index, one in enumerate(day.series[:NAMED])]
    others = len(day.series) - NAMED
    return [*named, Entry(GREY, f"{others} more")] if others > 0 else named


def quarters(day: Day) -> list[Quarter]:
    requests = _quarterly(day.requests_per_s)
    columns = [_quarterly(one.values) for one in day.series]
    return [
        Quarter(index * DAY_S // QUARTERS, requests[index], tuple(one[index] for one in columns))
        for index in range(QUARTERS)
    ]


def draw(day: Day) -> SafeString:
    return join((_drawing(day, 640, 288, "not-m"), _drawing(day, 350, 144, "only-m")))


def sentence(day: Day) -> str:
    peaks = [f"{one.name} at most {pct(max(one.values, default=None))}" for one in day.series]
    shares = "Share of limit used over the day: " + ", ".join(peaks[:NAMED]) + "."
    return f"{shares} {day.peak.label}, {day.peak.detail}." if day.peak else shares


def _quarterly(values: Sequence[float]) -> Sequence[float | None]:
    return maxima(values, QUARTERS) or [None] * QUARTERS


@dataclass
class _Canvas:
    day: Day
    width: int
    buckets: int

    @property
    def right(self) -> float:
        return self.width - RIGHT

    def x(self, second: float) -> float:
        return LEFT + second / DAY_S * (self.right - LEFT)

    def y(self, share: float) -> float:
        return BOTTOM - min(share, self.day.top) / self.day.top * (BOTTOM - TOP)

    def points(self, values: Sequence[float]) -> list[tuple[float, float]]:
        """Seconds and values, thinned by their maxima to what can be seen."""
        kept = maxima(values, min(self.buckets, len(values)))
        step_s = DAY_S / max(1, len(kept))
        return [((index + 0.5) * step_s, value) for index, value in enumerate(kept)]


def _drawing(day: Day, width: int, buckets: int, css_class: str) -> SafeString:
    canvas = _Canvas(day, width, buckets)
    # Grey ones first, so that the named lie on top of them.
    order = [*range(NAMED, len(day.series)), *reversed(range(min(NAMED, len(day.series))))]
    return format_html(
        '<svg class="viz day {}" viewBox="0 {} {} {}" role="img" aria-label="{}"'
        ' data-left="{}" data-right="{}">{}{}{}{}{}{}</svg>',
        css_class,
        0 if len(day.requests_per_s) else TOP - 20,
        width,
        HEIGHT if len(day.requests_per_s) else HEIGHT - TOP + 20,
        sentence(day),
        LEFT,
        n(canvas.right),
        _strip(canvas) if len(day.requests_per_s) else "",
        _hours(canvas),
        _shares(canvas),
        join(_line(canvas, index) for index in order),
        _limit(canvas),
        _gauge(canvas, day.peak) if day.peak else "",
    )


def _strip(canvas: _Canvas) -> SafeString:
    values = canvas.points(canvas.day.requests_per_s)
    most = max((value for _, value in values), default=0) or 1
    places: list[Point] = [
        (canvas.x(second), STRIP_BOTTOM - value / most * (STRIP_BOTTOM - STRIP_TOP))
        for second, value in values
    ]
    return format_html(
        '<path class="strip-area" d="{0}V{1}H{2}Z"/><path class="strip" d="{0}"/>{3}{4}',
        line(places),
        STRIP_BOTTOM,
        n(places[0][0]),
        _axis_text(f"{compact(most)}/s", STRIP_TOP + 4),
        _axis_text("0", STRIP_BOTTOM + 2),
    )


def _axis_text(text: str, y: float) -> SafeString:
    return format_html(
        '<text class="m" x="{}" y="{}" text-anchor="end">{}</text>', LEFT - 6, n(y), text
    )


def _hours(canvas: _Canvas) -> SafeString:
    step = 3 if canvas.width > 600 else 6
    return join(_hour(canvas, hour) for hour in range(0, 25, step))


def _hour(canvas: _Canvas, hour: int) -> SafeString:
    return format_html(
        '<path class="gridline" d="M{0} {1}V{2}"/>'
        '<text class="m" x="{0}" y="{3}" text-anchor="middle">{4}</text>',
        n(canvas.x(hour * 3600)),
        TOP,
        BOTTOM,
        BOTTOM + 16,
        clock(hour * 3600),
    )


def _shares(canvas: _Canvas) -> SafeString:
    top = canvas.day.top
    step = next(step for step in (0.2, 0.5, 1, 2, 5, 10, 50, 1e9) if top / step <= 8)
    marks = [index * step for index in range(int(top / step + 1e-9) + 1)]
    return join(_share(canvas, mark) for mark in marks)


def _share(canvas: _Canvas, mark: float) -> SafeString:
    y = canvas.y(mark)
    rule = format_html('<path class="gridline" d="M{} {}H{}"/>', LEFT, n(y), n(canvas.right))
    return rule + _axis_text(pct(mark, 0), y + 4)


def _line(canvas: _Canvas, index: int) -> SafeString:
    one = canvas.day.series[index]
    places = [(canvas.x(second), canvas.y(share)) for second, share in canvas.points(one.values)]
    return format_html(
        '<path class="series n{}" d="{}"><title>{}</title></path>',
        index + 1 if index < NAMED else GREY,
        line(places),
        one.name,
    )


def _limit(canvas: _Canvas) -> SafeString:
    y = canvas.y(1)
    return format_html(
        '<path class="limit-line" d="M{0} {1}H{2}"/>'
        '<text class="l b halo" x="{3}" y="{4}">Limit</text>',
        LEFT,
        n(y),
        n(canvas.right),
        LEFT + 4,
        n(y - 5),
    )


def _gauge(canvas: _Canvas, peak: Peak) -> SafeString:
    """Measure the room between the peak and the limit, where there is room to measure."""
    x, limit, top = canvas.x(peak.at_s), canvas.y(1), canvas.y(peak.use)
    if top - limit < 12:
        return SafeString("")
    return format_html(
        '<path class="gauge" d="M{0} {1}V{2}"/>'
        '<path class="gauge-cap" d="M{3} {1}h8M{3} {2}h8"/>{4}',
        n(x),
        n(limit),
        n(top - 3),
        n(x - 4),
        _gauge_words(canvas, peak, x, (limit + top) / 2),
    )


def _gauge_words(canvas: _Canvas, peak: Peak, x: float, y: float) -> SafeString:
    """Beside the gauge, on the side that has room; on a phone perhaps without the detail."""
    middle = max(y, canvas.y(1) + 20)
    for detail in (peak.detail, ""):
        for anchor, shift in (("start", 8), ("end", -8)):
            placer = Placer(LEFT, canvas.width)
            head = Label(peak.label, x + shift, middle - 2, anchor, True)
            below = Label(detail, x + shift, middle + 13, anchor)
            if placer.put(head) and placer.put(below):
                return head.svg("s b halo") + below.svg("halo")
    return SafeString("")
