"""From a forecast's summary to what pages show. Pure: no request, no database, no template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.forecasts.presenting import (
    cost,
    day,
    economics,
    faults,
    grounds,
    limits,
    ranges,
    verdict,
)
from apps.forecasts.presenting.cost import Cost, SizeRow
from apps.forecasts.presenting.day import Day, Latency
from apps.forecasts.presenting.digits import ASSUMED, CALIBRATED, between, rounded
from apps.forecasts.presenting.economics import Economics
from apps.forecasts.presenting.faults import FaultRow, Offer
from apps.forecasts.presenting.grounds import Assumption, Driver, Targets, Unknown
from apps.forecasts.presenting.limits import LimitRow, ScalingRow, Today
from apps.forecasts.presenting.names import Directory
from apps.forecasts.presenting.ranges import Ranges
from apps.forecasts.presenting.verdict import Failure, FirstLimit, Fix, Verdict

Summary = Mapping[str, Any]
Rows = tuple[LimitRow, ...]

__all__ = ["Directory", "Report", "digits_of", "report_of", "without_unmet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that the report page shows, in the order in which it shows it."""

    verdict: Verdict
    first: FirstLimit | None
    today: Today
    next: tuple[LimitRow, ...]
    marks: list[dict[str, Any]]
    fix: Fix | None
    failure: Failure | None
    cost: Cost
    economics: Economics | None
    latency: Latency
    day: Day
    ranges: Ranges
    drivers: tuple[Driver, ...]
    cost_drivers: tuple[Driver, ...]
    unknown: Unknown
    targets: Targets
    limits: tuple[LimitRow, ...]
    components: tuple[LimitRow, ...]
    headroom: list[dict[str, Any]]
    sizes: tuple[SizeRow, ...]
    points: list[tuple[float, float]]
    today_usd: float | None
    bars: list[dict[str, Any]]
    scaling: tuple[ScalingRow, ...]
    assumptions: tuple[Assumption, ...]
    first_assumptions: tuple[Assumption, ...]
    time_assumptions: tuple[Assumption, ...]
    cost_assumptions: tuple[Assumption, ...]
    facts_dates: str
    commands: tuple[str, ...]
    region: str
    lambda_concurrency: int | None
    facts_version: str
    seed: int
    faults: tuple[FaultRow, ...]
    offers: tuple[Offer, ...]

    @property
    def assumptions_note(self) -> str:
        return f"{len(self.assumptions)} values that nobody has set" if self.assumptions else ""

    @property
    def bill_note(self) -> str:
        return f"On-demand prices of {self.region}, without tax, free tier and support."


def report_of(summary: Mapping[str, Any], names: Directory) -> Report:
    """Return a summary as the report page shows it.

    Parameters
    ----------
    summary : mapping
        A forecast as JSON, `headroom/forecast/1`.
    names : Directory
        The components of the design that was forecast.
    """
    summary = without_unmet(summary)
    rows = limits.limit_rows(summary, names, digits_of(summary))
    return Report(
        **_verdict(summary, names, rows),
        **_measures(summary, names, rows),
        **_grounds(summary, names, rows),
    )


def _verdict(summary: Summary, names: Directory, rows: Rows) -> dict[str, Any]:
    """Return how many users, what ends it, and what follows."""
    digits, following = digits_of(summary), limits.next_rows(summary, rows)
    first = verdict.first_limit_of(summary, names, digits)
    return {
        "verdict": verdict.verdict_of(summary, names, digits),
        "first": first,
        "today": limits.today_of(summary, names, digits),
        "next": following,
        "marks": limits.ruler_marks(following, first.where.name if first else ""),
        "fix": verdict.fix_of(summary, names, digits),
        "failure": verdict.failure_of(summary),
        "ranges": ranges.ranges_of(summary, digits),
        "drivers": grounds.drivers_of(summary, names, digits),
        "cost_drivers": grounds.cost_drivers_of(summary, names, digits),
    }


def _measures(summary: Summary, names: Directory, rows: Rows) -> dict[str, Any]:
    """Return the day, the limits, the sizes and the bill."""
    digits, points = digits_of(summary), cost.cost_points(summary)
    tight, bill = limits.tightest(rows), cost.cost_of(summary, names, digits)
    headroom = verdict.headroom_of(summary, digits)
    return {
        "cost": bill,
        "economics": economics.economics_of(summary, names, digits),
        "latency": day.latency_of(summary, digits),
        "day": day.day_of(summary, names, rows, headroom, digits),
        "limits": rows,
        "components": tight,
        "headroom": limits.headroom_rows(tight),
        "sizes": cost.size_rows(summary, names, digits),
        "points": points,
        "today_usd": rounded(between(points, summary["today"]["users"]), digits),
        "bars": cost.cost_bars(bill.rows, digits),
        "scaling": limits.scaling_rows(summary, rows, digits),
        "faults": faults.fault_rows(summary, names),
        "offers": faults.offers_of(summary, names),
    }


def _grounds(summary: Summary, names: Directory, rows: Rows) -> dict[str, Any]:
    """Return what all of it rests on."""
    assumptions = grounds.assumptions_of(summary, names)
    first = (summary["first_limit"] or {}).get("component")
    return {
        "unknown": grounds.unknown_of(summary, names, rows),
        "targets": grounds.targets_of(summary, names),
        "assumptions": assumptions,
        "first_assumptions": grounds.about(first, assumptions) if first else assumptions,
        "time_assumptions": grounds.of_times(assumptions),
        "cost_assumptions": grounds.of_cost(assumptions),
        "facts_dates": grounds.source_dates(summary),
        "commands": tuple(dict.fromkeys(row.check_command for row in rows if row.check_command)),
        "region": summary["region"],
        "lambda_concurrency": summary["account"]["lambda_concurrency"],
        "facts_version": summary["facts_version"],
        "seed": summary["seed"],
    }


def without_unmet(summary: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a summary without the limit that comes nearest, where none is met at all."""
    if summary["holds_users"]["expected"] is not None:
        return summary
    nothing = {"how": None, "effect": None, "recovers": None}
    return {**summary, "first_limit": None, "fix": None, "failure": nothing}


def digits_of(summary: Mapping[str, Any]) -> int:
    """Return the significant digits that results of these inputs deserve."""
    return ASSUMED if summary["assumptions"] else CALIBRATED
