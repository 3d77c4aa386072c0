"""What a function's REPORT lines say of its environments, in words and in JSON."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from apps.engine.requests.life_estimate import Fitted, fit_life
from apps.engine.stages.mru.life import MEASURED
from apps.forecasts.lambda_logs import Report

SCHEMA: Final = "headroom/life/1"
_NAMES: Final = {
    "last_s": "Idle limit of the last one",
    "others_s": "Idle limit of others",
    "max_age_s": "Maximum age",
}


def estimate_of(reports: Sequence[Report]) -> dict[str, Any]:
    """Return parameters with their provenance."""
    fitted = fit_life(report.use for report in reports)
    ends = [report.end_s for report in reports]
    inits = [report.init_s for report in reports if report.init_s is not None]
    source = f"{len(reports):,} REPORT lines, {_day(min(ends))} to {_day(max(ends))}"
    return {
        "schema": SCHEMA,
        "requests": len(reports),
        "cold_starts": len(inits),
        "environments": len({report.stream for report in reports if report.stream}) or None,
        "from": _moment(min(ends)),
        "to": _moment(max(ends)),
        "life": {
            "last_s": _parameter(fitted.last, MEASURED.last_s, source),
            "others_s": _parameter(fitted.others, MEASURED.others_s, source),
            "max_age_s": _parameter(fitted.max_age, MEASURED.max_age_s, source),
        },
        "warm_s": _spread([report.duration_s for report in reports if report.init_s is None]),
        "cold_s": _spread(
            [report.duration_s + report.init_s for report in reports if report.init_s is not None]
        ),
        "init_s": _spread(inits),
    }


def _parameter(fitted: Fitted, known_s: float, source: str) -> dict[str, Any]:
    """Return a parameter; where the log says nothing, the one measured by others."""
    is_known = fitted.value_s is None
    return {
        "value": known_s if is_known else fitted.value_s,
        "confidence": "assumed" if is_known else "measured",
        "seen": fitted.seen,
        "contrary": fitted.contrary,
        "source": f"{MEASURED.source}, {MEASURED.source_date}" if is_known else source,
    }


def _spread(values: list[float]) -> dict[str, float] | None:
    if not values:
        return None
    mean = statistics.fmean(values)
    cv = statistics.pstdev(values) / mean if mean > 0.0 else 0.0
    return {"mean": mean, "median": statistics.median(values), "cv": cv}


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def as_text(estimate: dict[str, Any]) -> str:
    """Return the estimate in words, at most 80 columns wide."""
    lines = [
        f"{estimate['requests']:,} requests, {estimate['cold_starts']:,} of them cold",
        f"from {estimate['from']} to {estimate['to']}",
        "",
    ]
    for name, label in _NAMES.items():
        one = estimate["life"][name]
        lines.append(f"{label:<28}{one['value']:>8,.0f} s  {_grounds(one)}")
    for name, label in (("warm_s", "Warm request"), ("init_s", "What a cold start adds")):
        if estimate[name]:
            one = estimate[name]
            lines.append(f"{label:<28}{one['mean']:>8,.3f} s  median {one['median']:,.3f} s")
    values = ",".join(f"{estimate['life'][name]['value']:.0f}" for name in _NAMES)
    return "\n".join([*lines, "", f"To simulate with it: manage.py simulate --life {values}"])


def _grounds(parameter: dict[str, Any]) -> str:
    if parameter["confidence"] == "assumed":
        return "not seen here, as measured by others"
    return f"{parameter['seen']:,} times seen, {parameter['contrary']:,} contrary"
