"""Where the day is tight: one strip per component, the largest use of each quarter of an hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from project.ui.numbers import DAY_S, clock, pct
from project.ui.svg import fit, join, maxima, n

CELLS = 96
STEPS = (0.04, 0.12, 0.25, 0.4, 0.6, 0.8)
LABEL_WIDTH, ROW_HEIGHT = 124, 21


@dataclass(frozen=True)
class HeatRow:
    """Shares of a component's tightest limit, evenly over the day."""

    name: str
    values: Sequence[float]


def heat(rows: Sequence[HeatRow]) -> SafeString:
    """Draw it for wide pages and for phones, where it scrolls."""
    return join((_drawing(rows, 1326, 3, "not-m"), _drawing(rows, 700, 6, "only-m")))


def _drawing(rows: Sequence[HeatRow], width: int, hours: int, css_class: str) -> SafeString:
    cell_width = (width - LABEL_WIDTH) / CELLS
    return format_html(
        '<svg class="viz heat {}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        css_class,
        width,
        len(rows) * ROW_HEIGHT + 16,
        " ".join(_sentence(row) for row in rows) or "No component was measured.",
        join(_strip(row, index * ROW_HEIGHT, cell_width) for index, row in enumerate(rows)),
        join(_hour(hour, len(rows) * ROW_HEIGHT + 12, cell_width) for hour in range(0, 25, hours)),
    )


def heat_key() -> SafeString:
    cells = join(
        format_html('<rect class="h{}" x="{}" width="25" height="10"/>', step, step * 26)
        for step in range(len(STEPS) + 1)
    )
    return format_html(
        '<p class="row heatkey" aria-hidden="true"><span>0%</span>'
        '<svg viewBox="0 0 182 10">{}</svg><span>80% of limit and above</span></p>',
        cells,
    )


def step_of(share: float) -> int:
    return sum(share >= step for step in STEPS)


def _strip(row: HeatRow, top: int, cell_width: float) -> SafeString:
    steps = [step_of(share) for share in maxima(row.values, CELLS)]
    shown = fit(row.name, 12, LABEL_WIDTH - 8)
    return format_html(
        '<g><title>{}</title><text class="s" x="0" y="{}">{}</text>{}</g>',
        row.name,
        top + 13,
        shown,
        join(_cells(step, steps, top, cell_width) for step in sorted(set(steps))),
    )


def _cells(step: int, steps: Sequence[int], top: int, cell_width: float) -> SafeString:
    # One path for all cells of a colour: a tenth of the size of a rectangle each.
    width = n(cell_width - 0.6)
    data = "".join(
        f"M{n(LABEL_WIDTH + index * cell_width)} {top}h{width}v18h-{width}z"
        for index, own in enumerate(steps)
        if own == step
    )
    return format_html('<path class="h{}" d="{}"/>', step, data)


def _hour(hour: int, y: int, cell_width: float) -> SafeString:
    return format_html(
        '<text class="m" x="{}" y="{}" text-anchor="{}">{}</text>',
        n(LABEL_WIDTH + hour * cell_width * 4),
        y,
        {0: "start", 24: "end"}.get(hour, "middle"),
        clock(hour * 3600),
    )


def _sentence(row: HeatRow) -> str:
    if not len(row.values):
        return f"{row.name}: no value."
    cells = maxima(row.values, CELLS)
    peak = max(cells)
    return f"{row.name}: at most {pct(peak)} at {clock(cells.index(peak) * DAY_S // CELLS)}."
