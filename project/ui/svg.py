"""Small things that all pictures share.

A picture holds no style: widths are attributes, colours come from classes, so that the pages need
no exception in their content policy and both themes share one drawing.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

# Widths of Inter at weight 400, measured, in ems to the nearest twentieth.
WIDTHS = {
    0.25: "Iijl",
    0.30: " !',.:;`",
    0.35: "()/[]\\ft|",
    0.40: "1r",
    0.45: '"-^_{}',
    0.50: "*?",
    0.55: "7JLacksvxyz",
    0.60: "235689EFbdeghnopqu",
    0.65: "04#$&+<=>BKPRSTZ~",
    0.70: "ADVXY",
    0.75: "CGHNOQU",
    0.80: "w",
    0.90: "Mm",
    1.00: "%@W",
}
EMS = {char: width for width, chars in WIDTHS.items() for char in chars}
UNKNOWN_EMS = 0.8
BOLD_STRETCH = 1.04
ELLIPSIS = "\u2026"
Point = tuple[float, float]


def n(value: float) -> str:
    """A coordinate with one decimal, as short as it can be."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def line(points: Iterable[Point]) -> str:
    """Path data through the points; empty where there are none."""
    joined = "L".join(f"{n(x)} {n(y)}" for x, y in points)
    return f"M{joined}" if joined else ""


def join(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def text_width(text: str, size_px: float, *, bold: bool = False) -> float:
    """About the width in the typeface of the site; errs to the wide side."""
    ems = sum(EMS.get(char, UNKNOWN_EMS) for char in text)
    return ems * size_px * (BOLD_STRETCH if bold else 1.0)


def fit(text: str, size_px: float, width_px: float, *, bold: bool = False) -> str:
    """Cut the text to the width, with an ellipsis where something was cut."""
    if text_width(text, size_px, bold=bold) <= width_px:
        return text
    kept = text
    while kept and text_width(kept + ELLIPSIS, size_px, bold=bold) > width_px:
        kept = kept[:-1]
    return kept.rstrip() + ELLIPSIS


def level(share: float | None) -> str:
    """The class of a share of a limit: calm, to watch from 60%, the limit from 80%."""
    if share is None or share < 0.6:
        return "u-ok"
    return "u-watch" if share < 0.8 else "u-limit"


def maxima(values: Sequence[float], buckets: int) -> list[float]:
    """The largest of each bucket, for a mean would hide the peak."""
    count = len(values)
    if not count:
        return []
    edges = [index * count // buckets for index in range(buckets + 1)]
    return [max(values[start : max(end, start + 1)]) for start, end in itertools.pairwise(edges)]


def log_share(value: float, low: float, high: float) -> float:
    """Where a value stands between low and high on a logarithmic axis, kept within both."""
    inside = min(max(value, low), high)
    return math.log(inside / low) / math.log(high / low)


def decades(low: float, high: float) -> list[float]:
    first, last = round(math.log10(low)), round(math.log10(high))
    return [10.0**power for power in range(first, last + 1)]
