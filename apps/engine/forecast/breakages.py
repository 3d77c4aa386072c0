"""What if it breaks, as JSON: one row for each fault of the scenario."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apps.engine.forecast.faults import Amount, FaultOutcome
from apps.engine.forecast.result import Forecast
from apps.engine.headroom.arithmetic import clock

DAY_S = 86_400


def rows(forecast: Forecast) -> list[dict[str, Any]]:
    """Return what every fault does to the day, each alone.

    Parameters
    ----------
    forecast : Forecast
        The answer, with the outcome of each fault.

    Returns
    -------
    list of dict
        What was `lost` [count], what was `late` [s, ms], when it was `well_again_at`, and the
        users that such a day holds, in the unit of the scenario.
    """
    return [_row(forecast, outcome) for outcome in forecast.faults]


def _row(forecast: Forecast, outcome: FaultOutcome) -> dict[str, Any]:
    fault, users = outcome.fault, outcome.daily_users
    return {
        "kind": fault.kind,
        "component": fault.component or None,
        "at": clock(fault.starts_s // 60),
        "until": clock(outcome.ends_s // 60) if outcome.ends_s < DAY_S else None,
        "for_s": fault.for_s,
        "factor": fault.times,
        "why": list(outcome.why),
        "lost": {
            "requests": sum(row.value for row in outcome.requests),
            "share": outcome.share,
            "messages": sum(row.value for row in outcome.messages),
            "entries": _amounts(outcome.requests),
            "queues": _amounts(outcome.messages),
        },
        "late": {"queue_age_s": _amounts(outcome.ages), "p95_ms": _amounts(outcome.responses)},
        "cold_starts": outcome.cold_starts,
        **_wellness(outcome),
        "holds_users": None if users is None else users / forecast.unit_factor,
        "refused_by_quarter": list(outcome.refused_by_quarter),
    }


def _wellness(outcome: FaultOutcome) -> dict[str, Any]:
    """Return from when to when a target is missed for the fault's sake."""
    unwell, well = outcome.unwell_minute, outcome.well_minute
    return {
        "unwell_from": None if unwell is None else clock(unwell),
        "well_again_at": None if unwell is None or well is None else clock(well),
        "is_well_by_end": well is not None,
        "unwell_minutes": 0 if unwell is None else (1440 if well is None else well) - unwell,
    }


def _amounts(found: Sequence[Amount]) -> list[dict[str, Any]]:
    return [
        {"component": row.component, "value": row.value, "without": row.without} for row in found
    ]
