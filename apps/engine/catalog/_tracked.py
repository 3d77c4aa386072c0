"""What a target tracking policy of a template says: the use, or the requests, that it aims at."""

from __future__ import annotations

from typing import Any

from apps.engine.catalog.base import Conversion

_REQUESTS = "ALBRequestCountPerTarget"


def _tracked(value: Any) -> tuple[str, float]:
    """Return the metric that a policy tracks and its target."""
    said = value.get("PredefinedMetricSpecification") or {}
    return str(said.get("PredefinedMetricType", "")), float(value["TargetValue"])


def _percent(value: Any) -> float | None:
    metric, target = _tracked(value)
    return target if "CPU" in metric else None


def _requests(value: Any) -> float | None:
    metric, target = _tracked(value)
    return target if metric == _REQUESTS else None


# From the configuration of a target tracking policy; None where it tracks something else.
PERCENT_TRACKED = Conversion(_percent, lambda value: value)
REQUESTS_TRACKED = Conversion(_requests, lambda value: value)
