"""Bars against a limit, and sparklines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from project.ui.numbers import Value, exact, pct
from project.ui.svg import Point, level, line

# A used resource shows at least a sliver, so that it does not look unused.
LEAST_PERCENT = 0.6
SPARK_LIMIT = SafeString('<path class="lim" d="M2 2H102"/>')


@dataclass(frozen=True)
class CostRow:
    """One bar of a bill; `usd` is None where no price is known."""

    name: str
    usd: Value
    href: str = ""


@dataclass(frozen=True)
class CostBar:
    """A cost row as drawn: its share of the whole, and its picture against the largest."""

    row: CostRow
    share: float | None
    picture: SafeString


@dataclass(frozen=True)
class HeadroomRow:
    """One component against its tightest limit."""

    name: str
    detail: str = ""
    use: Value = None
    holds: Value = None
    first: bool = False
    href: str = ""
    # In place of `holds` where there is no number, such as "> 100M".
    holds_text: str = ""

    @property
    def label(self) -> str:
        """What a screen reader says of the bar."""
        return f"{self.name}: {pct(self.use)} of limit"


def bar(value: Value, limit: Value, label: str, tick: Value = None) -> SafeString:
    """A bar that is full at the limit; `tick` marks another value, such as the forecast peak."""
    share = share_of(value, limit)
    return format_html(
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img"'
        ' aria-label="{}"><rect class="track" width="100" height="8" rx="1"/>{}{}</svg>',
        label,
        _filling(share, level(share)),
        _tick(share_of(tick, limit)),
    )


def progress_bar(share: Value) -> SafeString:
    return format_html(
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="8" rx="1"/>{}</svg>',
        _filling(share_of(share, 1), "u-ok"),
    )


def cost_bar(value: Value, most: Value) -> SafeString:
    return format_html(
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        "{}</svg>",
        _filling(share_of(value, most), "cb"),
    )


def cost_bars(rows: Sequence[CostRow]) -> list[CostBar]:
    amounts = [amount for row in rows if (amount := exact(row.usd)) is not None]
    total, most = sum(amounts), max(amounts, default=None)
    return [CostBar(row, share_of(row.usd, total), cost_bar(row.usd, most)) for row in rows]


def share_of(value: Value, limit: Value) -> float | None:
    part, whole = exact(value), exact(limit)
    if part is None or not whole:
        return None
    return float(part / whole)


def spark(points: Sequence[float], limit: float | None = None, level: str = "") -> SafeString:
    """The course of a value; the dotted line is its limit."""
    top = limit or max(points, default=0) or 1
    places = _spark_points(points, top)
    if not places:
        return format_html('<span class="muted">{}</span>', "no value")
    end_x, end_y = places[-1]
    return format_html(
        '<svg class="spark {}" viewBox="0 0 104 26" aria-hidden="true">{}'
        '<path class="area" d="{}V24H{}Z"/><path class="line" d="{}"/>'
        '<circle cx="{}" cy="{}" r="2"/></svg>',
        level,
        SPARK_LIMIT if limit else "",
        line(places),
        f"{places[0][0]:.1f}",
        line(places),
        f"{end_x:.1f}",
        f"{end_y:.1f}",
    )


def _spark_points(points: Sequence[float], top: float) -> list[Point]:
    step = 100 / max(1, len(points) - 1)
    return [
        (2 + index * step, 24 - max(0.5, min(22.0, value / top * 22)))
        for index, value in enumerate(points)
    ]


def _filling(share: float | None, css_class: str) -> SafeString | str:
    if not share or share < 0:
        return ""
    width = max(LEAST_PERCENT, min(100.0, share * 100))
    return format_html('<rect class="{}" width="{}" height="8" rx="1"/>', css_class, f"{width:.1f}")


def _tick(share: float | None) -> SafeString | str:
    if share is None:
        return ""
    place = f"{max(0.0, min(100.0, share * 100)):.1f}"
    return format_html(
        '<path class="tick" d="M{} -2V10" vector-effect="non-scaling-stroke"/>', place
    )
