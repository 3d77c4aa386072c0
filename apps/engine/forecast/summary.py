"""A forecast as JSON: `headroom/forecast/1`. A field once published keeps its meaning."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from apps.engine.forecast import breakages, economics, tables
from apps.engine.forecast.grounds import grounds
from apps.engine.forecast.result import Forecast
from apps.engine.forecast.scaling import scaling
from apps.engine.forecast.spread import with_ranges
from apps.engine.headroom.causes import TARGETS
from apps.engine.headroom.search import LIMIT_BEYOND
from apps.engine.traffic.population import equivalents

SCHEMA = "headroom/forecast/1"


def summary_of(forecast: Forecast) -> dict[str, Any]:
    """Return the forecast as JSON, every digit kept; pages round.

    Parameters
    ----------
    forecast : Forecast
        The answer to one question.

    Returns
    -------
    dict[str, Any]
        What `headroom/forecast/1` holds.
    """
    rows, day = tables.limits(forecast), tables.day_table(forecast)
    summary = {
        "schema": SCHEMA,
        **_verdict(forecast, rows),
        **_measures(forecast, rows, day),
        "faults": breakages.rows(forecast),
        **grounds(forecast),
    }
    return with_ranges(summary, forecast.ranges)


def _verdict(forecast: Forecast, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return how many users, and what ends it."""
    return {
        "asked_users": forecast.inputs.scenario.population.value,
        "holds_users": _holds(forecast),
        "first_limit": _first(forecast, rows),
        "next_limits": tables.next_limits(forecast, rows),
        "fix": _fix(forecast),
        "failure": _failure(forecast),
        "missed_targets": [_missed(item) for item in forecast.verdict.missed],
    }


def _measures(
    forecast: Forecast, rows: list[dict[str, Any]], day: dict[str, Any]
) -> dict[str, Any]:
    """Return what the day, the month and the sizes measure."""
    mean_rps = day["requests"] / 86_400.0
    return {
        "today": _today(forecast),
        "targets": _targets(forecast),
        "day": day,
        "limits": rows,
        "nodes": tables.nodes(rows),
        "links": tables.flows(forecast.day, day["peak_rps"] / mean_rps if mean_rps else 0.0),
        "latency_ms": _latency(forecast),
        "refused_share": forecast.day.refused_share,
        "cold_start_share": _cold_share(forecast),
        "cost": _cost(forecast),
        "curve": tables.sizes(forecast.sizes),
        "scaling": scaling(forecast, rows),
    }


def _holds(forecast: Forecast) -> dict[str, Any]:
    daily = forecast.verdict.found.daily_users
    factor, case = forecast.unit_factor, forecast.case
    beyond = daily is None
    known = LIMIT_BEYOND if daily is None else daily
    peak = case.peak_rps(known)
    return {
        "unit": forecast.inputs.scenario.population.unit,
        "expected": None if daily is None else daily / factor,
        "limit_beyond": LIMIT_BEYOND if beyond else None,
        "equivalents": dict(equivalents(forecast.inputs.scenario, case.habits, known, peak)),
    }


def _first(forecast: Forecast, rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    first = forecast.verdict.first
    if first is None:
        return None
    why = list(first.why)
    for row in rows:
        is_first = (row["component"], row["limit"]) == (first.component, first.limit)
        if is_first and row["full_after_days"] is not None:
            why.append(
                f"At the size asked for it is full after {row['full_after_days']:,.0f} days."
            )
    return {**asdict(first), "why": why, "gauge": None}


def _fix(forecast: Forecast) -> dict[str, Any] | None:
    """Return what one change buys: the users held, run anew, once the first limit is lifted."""
    first, fix = forecast.verdict.first, forecast.verdict.fix
    if first is None:
        return None
    users = fix.daily_users if fix else None
    return {
        "component": first.component,
        "limit": first.limit,
        "remedy": first.remedy,
        "holds_users": None if users is None else users / forecast.unit_factor,
        "next_component": fix.component if fix else None,
        "next_limit": fix.limit if fix else None,
        "next_label": fix.label if fix else None,
    }


def _failure(forecast: Forecast) -> dict[str, Any]:
    first = forecast.verdict.first
    target, recovery = first.target if first else "", forecast.verdict.recovery
    words = {
        "refused_share": "refused",
        "p95_ms": "waits",
        "p99_ms": "waits",
        "monthly_usd": "costs",
        "queue_age_s": "late",
        "dead_letters": "lost",
    }
    return {
        "how": words.get(target),
        "effect": first.effect if first else None,
        "recovers": recovery.by_night if recovery else None,
        "branches": None
        if recovery is None
        else {
            "calm": recovery.calm,
            "overloaded": recovery.overloaded,
            "is_bistable": recovery.is_bistable,
            "minutes": recovery.minutes,
        },
    }


def _missed(item: Any) -> dict[str, Any]:
    label, unit, effect = TARGETS[item.target]
    return {**asdict(item), "label": label, "unit": unit, "effect": effect}


def _today(forecast: Forecast) -> dict[str, Any]:
    today, gauges = forecast.today, {g.key: g for g in forecast.day.model.gauges}
    fullest = sorted(today.probe.uses, key=lambda key: -today.probe.fullness[key])[:5]
    return {
        "users": today.daily_users / forecast.unit_factor,
        "requests_per_minute": today.requests_per_minute,
        "is_measured": today.is_measured,
        "limits": [
            {
                "component": key[0],
                "label": gauges[key].limit.label,
                "unit": gauges[key].limit.unit,
                "used": today.probe.uses[key] * gauges[key].limit.capacity,
                "of": gauges[key].limit.capacity,
                "use": today.probe.uses[key],
            }
            for key in fullest
        ],
    }


def _targets(forecast: Forecast) -> dict[str, Any]:
    targets, judge = forecast.judge.targets, forecast.judge
    return {
        "refused_share": targets.refused_share.max,
        "window_s": targets.refused_share.window_s,
        "queue_age_s": targets.queue_age_s.max,
        "dead_letters": targets.dead_letters.max,
        "monthly_usd": targets.monthly_usd,
        "p99_ms": targets.p99_ms,
        "p95_ms": {c: judge.p95_target_ms(k) for k, c in enumerate(judge.components)},
    }


def _holds_asked(forecast: Forecast) -> bool:
    most = forecast.verdict.found.daily_users
    return most is None or forecast.asked <= most


def _latency(forecast: Forecast) -> dict[str, Any]:
    latency = forecast.day.latency
    if latency is None or not _holds_asked(forecast):
        return {"p50": None, "p95": None, "p99": None, "p95_as_met": None}
    rtt = forecast.inputs.scenario.client.rtt_ms
    return {
        "p50": latency.p50_ms,
        "p95": latency.p95_ms,
        "p99": latency.p99_ms,
        "p95_as_met": latency.p95_ms + rtt,
    }


def _cold_share(forecast: Forecast) -> float:
    starts = sum(meters.cold_starts for meters in forecast.day.meters.values())
    calls = sum(
        meters.passed.get("invoke", 0.0)
        for meters in forecast.day.meters.values()
        if meters.environment_s > 0.0
    )
    return starts / calls if calls else 0.0


def _cost(forecast: Forecast) -> dict[str, Any]:
    day = forecast.day
    requests, monthly_usd = day.requests_per_month, float(day.bill.monthly_usd)
    return {
        "monthly_usd": monthly_usd,
        "is_complete": day.bill.is_complete,
        "per_1000_requests_usd": 1000.0 * monthly_usd / requests
        if requests and _holds_asked(forecast)
        else None,
        "per_user_usd": monthly_usd * forecast.unit_factor / forecast.asked
        if _holds_asked(forecast)
        else None,
        "requests_per_month": requests,
        **economics.as_json(forecast.economics, forecast.unit_factor),
        "lines": tables.bill_lines(day.bill.lines),
        "not_priced": tables.bill_lines(day.bill.not_priced),
    }
