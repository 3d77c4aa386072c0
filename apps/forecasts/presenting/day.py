"""The day at the asked size: series against their limits, and how long people wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.forecasts.presenting.digits import rounded
from apps.forecasts.presenting.limits import LimitRow
from apps.forecasts.presenting.names import Directory
from apps.forecasts.rendering.numbers import amount

MOST_HEAT = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What the day chart and the heat strip draw."""

    peak_at: str
    peak_rps: float
    requests: float
    requests_per_s: list[float]
    series: list[dict[str, Any]]
    peak: dict[str, Any] | None

    @property
    def heat(self) -> list[dict[str, Any]]:
        return self.series[:MOST_HEAT]


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How long people wait at the asked size; None where nobody waits or it does not hold."""

    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    as_met_ms: float | None
    target_ms: float | None
    refused_share: float
    cold_start_share: float

    @property
    def misses_target(self) -> bool:
        if self.as_met_ms is None or self.target_ms is None:
            return False
        return self.as_met_ms > self.target_ms


def latency_of(summary: Mapping[str, Any], digits: int) -> Latency:
    latency, targets = summary["latency_ms"], summary["targets"]["p95_ms"]
    return Latency(
        p50_ms=rounded(latency["p50"], digits),
        p95_ms=rounded(latency["p95"], digits),
        p99_ms=rounded(latency["p99"], digits),
        as_met_ms=rounded(latency["p95_as_met"], digits),
        target_ms=min((ms for ms in targets.values() if ms), default=None),
        refused_share=rounded(summary["refused_share"], digits) or 0.0,
        cold_start_share=rounded(summary["cold_start_share"], digits) or 0.0,
    )


def day_of(
    summary: Mapping[str, Any],
    names: Directory,
    rows: tuple[LimitRow, ...],
    headroom: float | None,
    digits: int,
) -> Day:
    day = summary["day"]
    return Day(
        peak_at=day["peak_at"],
        peak_rps=rounded(day["peak_rps"], digits) or 0.0,
        requests=rounded(day["requests"], digits) or 0.0,
        requests_per_s=day["requests_per_s"],
        series=_series(day["limits"], names),
        peak=_peak(rows, headroom),
    )


def _peak(rows: tuple[LimitRow, ...], headroom: float | None) -> dict[str, Any] | None:
    """Return where the room is measured: at the peak of the first limit; none for a target."""
    row = next((row for row in rows if row.is_first), None)
    if row is None or headroom is None:
        return None
    return {
        "at_s": seconds(row.at),
        "use": row.use,
        "label": f"{amount(headroom)}× headroom",
        "detail": f"{row.measure} at {row.at}",
    }


def seconds(clock: str) -> float:
    """Return a time of day in seconds.

    Examples
    --------
    >>> seconds("20:30")
    73800.0
    """
    hours, _, minutes = clock.partition(":")
    return 3600.0 * int(hours) + 60.0 * int(minutes)


def _series(limits: list[dict[str, Any]], names: Directory) -> list[dict[str, Any]]:
    """Return the busiest limit of each component, so that a name stands for one line."""
    first: dict[str, dict[str, Any]] = {}
    for limit in limits:
        first.setdefault(
            limit["component"],
            {"name": names[limit["component"]].name, "values": limit["values"]},
        )
    return list(first.values())
