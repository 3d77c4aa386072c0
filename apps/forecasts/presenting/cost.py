"""The bill: a month at the asked size and at the most users, its lines, and the table of sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.forecasts.presenting.digits import between, rounded
from apps.forecasts.presenting.names import NOT_DRAWN, Directory, Named

# What templates do not show and AWS bills: the way out, logs, transfer, endpoints.
UNDRAWN_PRICES = ("nat.", "cw.logs", "dto.", "vpce.", "vpc.")
MOST_BARS = 8
LARGEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class BillRow:
    """One line of the bill with its arithmetic; without a price it has no amount."""

    where: Named
    name: str
    unit: str
    quantity: float
    unit_price_usd: float | None
    monthly_usd: float | None
    about_usd: float | None
    source: str
    source_date: str
    is_remembered: bool
    is_old: bool
    note: str
    is_undrawn: bool
    price_id: str


@dataclass(frozen=True, slots=True)
class UndrawnGroup:
    """One thing that nobody draws, of all components together."""

    name: str
    usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """A month's bill, its dearest line first; `at_holds_usd` is read off the curve of sizes."""

    monthly_usd: float | None
    low_usd: float | None
    high_usd: float | None
    at_holds_usd: float | None
    is_complete: bool
    per_1000_requests_usd: float | None
    requests_per_month: float
    rows: tuple[BillRow, ...]
    not_priced: tuple[BillRow, ...]
    undrawn_usd: float | None

    @property
    def largest(self) -> tuple[BillRow, ...]:
        return self.rows[:LARGEST]

    @property
    def undrawn_groups(self) -> tuple[UndrawnGroup, ...]:
        """Return what nobody draws, such as logs, the dearest first."""
        totals: dict[str, float] = {}
        for row in self.rows:
            if row.is_undrawn:
                totals[row.name] = totals.get(row.name, 0.0) + (row.monthly_usd or 0.0)
        ordered = sorted(totals.items(), key=lambda item: -item[1])
        return tuple(UndrawnGroup(name, usd) for name, usd in ordered)


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeRow:
    """One row of the table of sizes; above what holds, latency and unit cost have no value."""

    users: float
    peak_rps: float
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    refused_share: float | None
    monthly_usd: float | None
    per_1000_requests_usd: float | None
    is_complete: bool
    holds: bool
    raised: tuple[Named, ...]
    is_asked: bool
    is_limit: bool

    @property
    def is_plain(self) -> bool:
        return not self.is_limit


def cost_of(summary: Mapping[str, Any], names: Directory, digits: int) -> Cost:
    cost, holds = summary["cost"], summary["holds_users"]["expected"]
    old = frozenset(row["fact"] for row in summary.get("old_facts", ()))
    rows = tuple(_bill_row(line, names, digits, old) for line in cost["lines"])
    undrawn = sum(row.monthly_usd or 0.0 for row in rows if row.is_undrawn)
    at_holds = between(cost_points(summary), holds) if holds else None
    return Cost(
        monthly_usd=rounded(cost["monthly_usd"], digits),
        low_usd=rounded(cost["low"], digits),
        high_usd=rounded(cost["high"], digits),
        at_holds_usd=rounded(at_holds, digits),
        is_complete=cost["is_complete"],
        per_1000_requests_usd=rounded(cost["per_1000_requests_usd"], digits),
        requests_per_month=cost["requests_per_month"],
        rows=tuple(sorted(filter(_has_amount, rows), key=_by_amount)),
        not_priced=tuple(_bill_row(line, names, digits, old) for line in cost["not_priced"]),
        undrawn_usd=rounded(undrawn, digits),
    )


def cost_points(summary: Mapping[str, Any]) -> list[tuple[float, float]]:
    """Return users and dollars a month of every size."""
    return [(row["users"], row["monthly_usd"]) for row in summary["curve"]]


def cost_bars(rows: Sequence[BillRow], digits: int) -> list[dict[str, Any]]:
    """Return the bill by component, the dearest first, the small ones together."""
    totals: dict[str, float] = {}
    hrefs: dict[str, str] = {}
    for row in rows:
        name = row.where.name
        totals[name] = totals.get(name, 0.0) + (row.monthly_usd or 0.0)
        hrefs[name] = row.where.href
    ordered = sorted(totals, key=lambda name: (-totals[name], name))
    bars = [
        {"name": n, "usd": rounded(totals[n], digits), "href": hrefs[n]}
        for n in ordered[:MOST_BARS]
    ]
    rest = ordered[MOST_BARS:]
    if rest:
        bars.append(
            {"name": f"{len(rest)} more", "usd": rounded(sum(totals[n] for n in rest), digits)}
        )
    return bars


def size_rows(summary: Mapping[str, Any], names: Directory, digits: int) -> tuple[SizeRow, ...]:
    """Return the sizes with the asked one and the most users at their places."""
    rows = [_size_row(row, names, digits, summary["asked_users"]) for row in summary["curve"]]
    if not any(row.is_asked for row in rows):
        rows.append(_asked_row(summary, digits))
    limit = _limit_row(summary, digits)
    if limit is not None:
        rows.append(limit)
    return tuple(sorted(rows, key=lambda row: row.users))


def _has_amount(row: BillRow) -> bool:
    return bool(row.monthly_usd)


def _by_amount(row: BillRow) -> float:
    return -(row.monthly_usd or 0.0)


def _bill_row(
    line: Mapping[str, Any], names: Directory, digits: int, old: frozenset[str]
) -> BillRow:
    return BillRow(
        where=names[line["component"]],
        name=line["name"],
        unit=line["unit"],
        quantity=line["quantity"],
        unit_price_usd=line["unit_price_usd"],
        monthly_usd=line["monthly_usd"],
        about_usd=rounded(line["monthly_usd"], digits),
        source=line["source"],
        source_date=line["source_date"],
        is_remembered=line["confidence"] == "memory",
        is_old=line["price_id"] in old,
        note=line["note"],
        is_undrawn=line["component"] == NOT_DRAWN or line["price_id"].startswith(UNDRAWN_PRICES),
        price_id=line["price_id"],
    )


def _size_row(row: Mapping[str, Any], names: Directory, digits: int, asked: float) -> SizeRow:
    return SizeRow(
        users=row["users"],
        peak_rps=rounded(row["peak_rps"], digits) or 0.0,
        p50_ms=rounded(row["p50_ms"], digits),
        p95_ms=rounded(row["p95_ms"], digits),
        p99_ms=rounded(row["p99_ms"], digits),
        refused_share=rounded(row["refused_share"], digits),
        monthly_usd=rounded(row["monthly_usd"], digits),
        per_1000_requests_usd=rounded(row["per_1000_requests_usd"], digits),
        is_complete=row["is_complete"],
        holds=row["holds"],
        raised=tuple(names[name] for name in row["raised"]),
        is_asked=row["users"] == asked,
        is_limit=False,
    )


def _asked_row(summary: Mapping[str, Any], digits: int) -> SizeRow:
    latency, cost = summary["latency_ms"], summary["cost"]
    holds = summary["holds_users"]["expected"]
    return SizeRow(
        users=summary["asked_users"],
        peak_rps=rounded(summary["day"]["peak_rps"], digits) or 0.0,
        p50_ms=rounded(latency["p50"], digits),
        p95_ms=rounded(latency["p95"], digits),
        p99_ms=rounded(latency["p99"], digits),
        refused_share=rounded(summary["refused_share"], digits),
        monthly_usd=rounded(cost["monthly_usd"], digits),
        per_1000_requests_usd=rounded(cost["per_1000_requests_usd"], digits),
        is_complete=cost["is_complete"],
        holds=holds is None or summary["asked_users"] <= holds,
        raised=(),
        is_asked=True,
        is_limit=False,
    )


def _limit_row(summary: Mapping[str, Any], digits: int) -> SizeRow | None:
    holds = summary["holds_users"]
    users, points = holds["expected"], cost_points(summary)
    if not users or not points[0][0] <= users <= points[-1][0]:
        return None
    return SizeRow(
        users=rounded(users, digits) or 0.0,
        peak_rps=rounded(holds["equivalents"]["peak_rps"], digits) or 0.0,
        p50_ms=None,
        p95_ms=None,
        p99_ms=None,
        refused_share=None,
        monthly_usd=rounded(between(points, users), digits),
        per_1000_requests_usd=None,
        is_complete=summary["cost"]["is_complete"],
        holds=True,
        raised=(),
        is_asked=False,
        is_limit=True,
    )
