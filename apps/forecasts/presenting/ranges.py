"""Low, middle and high of what rests on assumptions, and how many samples say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.forecasts.presenting.digits import rounded


@dataclass(frozen=True, slots=True)
class Span:
    """A result at the expected values, and P10, P50 and P90 of it; None lies beyond all sizes."""

    expected: float | None
    low: float | None
    middle: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Ranges:
    """The users held and the costs of a month, from the same joint samples."""

    count: int
    users: Span
    usd: Span


def ranges_of(summary: Mapping[str, Any], digits: int) -> Ranges:
    holds, cost = summary["holds_users"], summary["cost"]
    return Ranges(
        count=summary["samples"]["count"],
        users=_span(holds, holds["expected"], digits),
        usd=_span(cost, cost["monthly_usd"], digits),
    )


def _span(body: Mapping[str, Any], expected: float | None, digits: int) -> Span:
    low, middle, high = (rounded(body[name], digits) for name in ("low", "median", "high"))
    return Span(rounded(expected, digits), low, middle, high)
