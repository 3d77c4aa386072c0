"""The tables of a report: limits, the day, flows, bill lines, sizes."""

from __future__ import annotations

from typing import Any

import numpy as np

from apps.engine.curve import Outcome, Size
from apps.engine.forecast.result import Forecast
from apps.engine.headroom.arithmetic import clock, full_after_days
from apps.engine.headroom.search import LIMIT_BEYOND, GaugeKey, Probe, summary
from apps.engine.pricing import BillLine

QUARTERS = 96
_MOST_LINES = 10


def limits(forecast: Forecast) -> list[dict[str, Any]]:
    """Return every limit at the asked size: used, of, when, and the users that fill it.

    Parameters
    ----------
    forecast : Forecast
        The answer to one question.

    Returns
    -------
    list[dict[str, Any]]
        One row for each limit, the fullest first.
    """
    found = forecast.verdict.found
    day = summary(forecast.day.model, forecast.day.record, forecast.asked, None)
    scale = found.holds or day
    rows = []
    for gauge in forecast.day.model.gauges:
        limit, key = gauge.limit, gauge.key
        rows.append(
            {
                "component": gauge.component,
                "limit": limit.id,
                "label": limit.label,
                "unit": limit.unit,
                "used": day.uses[key] * limit.capacity,
                "of": limit.capacity,
                "use": day.uses[key],
                "at": clock(day.peaks[key]),
                "holds_users": _users_at(forecast, scale, key),
                "effect": limit.effect,
                "remedy": limit.remedy,
                "check_command": limit.check_command,
                "is_adjustable": limit.is_adjustable,
                "source_url": limit.source_url,
                "today_use": forecast.today.probe.uses[key],
                "full_after_days": full_after_days(gauge, forecast.asked),
            }
        )
    rows.sort(key=lambda row: (row["holds_users"] or LIMIT_BEYOND * 1e6, row["component"]))
    return rows


def _users_at(forecast: Forecast, probe: Probe, key: GaugeKey) -> float | None:
    """Return the users, in the scenario's unit, at which a limit is full; None beyond 10^8."""
    first, found = forecast.verdict.first, forecast.verdict.found
    if first is not None and first.gauge == key and found.daily_users is not None:
        return found.daily_users / forecast.unit_factor
    fix = forecast.verdict.fix
    if fix is not None and fix.gauge == key and fix.daily_users is not None:
        return fix.daily_users / forecast.unit_factor
    gauge = found.gauges.get(key)
    # What is met in a rush fills in no proportion to the users.
    full = probe.fullness.get(key, 0.0) if gauge is None or gauge.limit.grows else 0.0
    if full <= 0.0 or probe.daily_users / full > LIMIT_BEYOND:
        return None
    users = probe.daily_users / full
    # What follows the first limit was run anew, and the others lie above it.
    if fix is not None and fix.daily_users is not None:
        users = max(users, fix.daily_users)
    # A limit that was full while the design still held lies above the verdict, not below it.
    if found.daily_users is not None:
        users = max(users, found.daily_users)
    return users / forecast.unit_factor


def next_limits(forecast: Forecast, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the five limits that follow the first.

    Parameters
    ----------
    forecast : Forecast
        The answer to one question.
    rows : list[dict[str, Any]]
        Rows that were worked out before.

    Returns
    -------
    list[dict[str, Any]]
        At most five rows.
    """
    first = forecast.verdict.first
    keep = ("component", "limit", "label", "unit", "of", "holds_users", "effect", "remedy")
    return [
        {name: row[name] for name in keep}
        for row in rows
        if row["holds_users"] is not None
        and (first is None or (row["component"], row["limit"]) != (first.component, first.limit))
    ][:5]


def day_table(forecast: Forecast) -> dict[str, Any]:
    """Return the day in 96 quarters of an hour: requests a second, and the busiest limits.

    Parameters
    ----------
    forecast : Forecast
        The answer to one question.

    Returns
    -------
    dict[str, Any]
        Requests a second [1/s] and uses [-] by quarter of an hour.
    """
    record, rates = forecast.day.record, forecast.case.rates(forecast.asked)
    peak = rates.busiest_minute()
    uses = np.array(record.uses)
    order = sorted(forecast.day.model.gauges, key=lambda g: (-float(uses[:, g.slot].max()), g.key))
    lines = [
        {
            "component": gauge.component,
            "limit": gauge.limit.id,
            "label": gauge.limit.label,
            "values": _quarters(uses[:, gauge.slot]),
        }
        for gauge in order[:_MOST_LINES]
    ]
    return {
        "peak_at": clock(peak),
        "peak_rps": rates.highest[peak],
        "requests": float(np.sum(record.arrived)),
        "requests_per_s": _quarters(np.array(rates.highest)),
        "limits": lines,
        "refined_minutes": record.refined_minutes,
    }


def _quarters(minutes: np.ndarray[Any, Any]) -> list[float]:
    """Return the maxima of 96 quarters of an hour, to five digits."""
    return [float(f"{value:.5g}") for value in minutes.reshape(QUARTERS, 15).max(axis=1)]


def flows(outcome: Outcome, peak_ratio: float) -> list[dict[str, Any]]:
    """Return requests a second on each link in the busiest minute, as shares of the day's.

    Parameters
    ----------
    outcome : Outcome
        A day that was run to its end.
    peak_ratio : float
        Requests of the busiest minute over those of the mean minute. [-]

    Returns
    -------
    list[dict[str, Any]]
        One row for each link. [1/s]
    """
    model = outcome.model
    totals: dict[tuple[str, str, str], float] = {}
    for item in model.placed:
        for target, calls in model.wires.get(item.key, []):
            if target.component != item.component:
                key = (item.component, target.component, target.role)
                rate = model.v[item.port.called] * calls / 86_400.0 * peak_ratio
                totals[key] = totals.get(key, 0.0) + rate
    return [
        {"source": source, "target": target, "role": role, "rate_per_s": rate}
        for (source, target, role), rate in sorted(totals.items())
    ]


def nodes(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the fullest limit of each component.

    Parameters
    ----------
    rows : list[dict[str, Any]]
        Rows that were worked out before.

    Returns
    -------
    dict[str, dict[str, Any]]
        Limit, use and colour by component.
    """
    tightest: dict[str, dict[str, Any]] = {}
    for row in rows:
        known = tightest.get(row["component"])
        if known is None or row["use"] > known["use"]:
            tightest[row["component"]] = {"use": row["use"], "label": row["label"]}
    return tightest


def bill_lines(lines: tuple[BillLine, ...]) -> list[dict[str, Any]]:
    """Return lines of a bill, each with its price's source.

    Parameters
    ----------
    lines : tuple[BillLine, ...]
        The lines of a bill.

    Returns
    -------
    list[dict[str, Any]]
        Quantity, unit price and cost of each line. [$]
    """
    return [
        {
            "component": line.component,
            "name": line.name,
            "unit": line.unit,
            "quantity": float(line.quantity),
            "unit_price_usd": _number(line.unit_price_usd),
            "monthly_usd": _number(line.monthly_usd),
            "price_id": line.price_id,
            "source": line.source,
            "source_date": line.source_date,
            "confidence": line.confidence,
            "note": line.note,
        }
        for line in lines
    ]


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def sizes(rows: tuple[Size, ...]) -> list[dict[str, Any]]:
    """Return the table from a thousand users to ten million.

    Parameters
    ----------
    rows : tuple[Size, ...]
        Rows that were worked out before.

    Returns
    -------
    list[dict[str, Any]]
        One row for each size.
    """
    return [
        {
            "users": row.users,
            "peak_rps": row.peak_rps,
            "p50_ms": row.latency.p50_ms if row.latency else None,
            "p95_ms": row.latency.p95_ms if row.latency else None,
            "p99_ms": row.latency.p99_ms if row.latency else None,
            "refused_share": row.refused_share,
            "monthly_usd": row.monthly_usd,
            "is_complete": row.is_complete,
            "per_1000_requests_usd": row.per_1000_requests_usd,
            "per_user_usd": row.monthly_usd / row.users if row.holds else None,
            "holds": row.holds,
            "raised": list(row.raised),
        }
        for row in rows
    ]
