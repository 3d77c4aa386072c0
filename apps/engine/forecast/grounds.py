"""What a forecast rests on: entries, assumptions, what is not modelled, the facts and the seed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from apps.engine.catalog.lambda_function import CONCURRENCY
from apps.engine.fluid.balance import worst
from apps.engine.forecast.result import Forecast
from apps.engine.graph import Source


def grounds(forecast: Forecast) -> dict[str, Any]:
    """Return what all of it rests on.

    Parameters
    ----------
    forecast : Forecast
        The answer to one question.

    Returns
    -------
    dict[str, Any]
        Entries, assumptions, what is not modelled, warnings, and what identifies the question.
    """
    return {
        "entries": _entries(forecast),
        "assumptions": _assumptions(forecast),
        "not_modelled": _not_modelled(forecast),
        "unknown_limits": [
            name for name, kind in forecast.inputs.kinds.items() if kind.has_unknown_limit
        ],
        "grows_without_end": [str(circle) for circle in forecast.circles],
        "warnings": list(forecast.inputs.architecture.warnings),
        "account": {
            **asdict(forecast.inputs.scenario.account),
            "assumed_lambda_concurrency": forecast.inputs.facts.quota(CONCURRENCY),
        },
        "region": forecast.inputs.facts.region,
        "facts_version": forecast.inputs.facts.version,
        "imbalance": worst(
            forecast.day.model, forecast.case.doors(forecast.day.model), forecast.day.record
        ),
        "seed": forecast.seed,
        "inputs_sha256": forecast.sha256,
    }


def _entries(forecast: Forecast) -> list[dict[str, Any]]:
    return [
        {
            "component": item.entry.component,
            "faces_users": item.entry.faces_users,
            "per_user_day": float(item.per_user.sum()),
            "fixed_per_day": float(item.fixed.sum()),
        }
        for item in forecast.case.arrivals
    ]


def _assumptions(forecast: Forecast) -> list[dict[str, Any]]:
    return [
        {
            "owner": item.key[0],
            "name": item.key[1],
            "expected": item.spread.expected,
            "low": item.spread.low,
            "high": item.spread.high,
            "unit": item.spread.unit,
            "rule": item.spread.rule,
        }
        for item in forecast.inputs.open()
    ]


def _not_modelled(forecast: Forecast) -> list[dict[str, Any]]:
    return [
        {
            "id": component.id,
            "type": component.settings.get("type", ""),
            "reason": component.settings.get("reason", ""),
            "source": str(component.source) if isinstance(component.source, Source) else None,
        }
        for component in forecast.inputs.architecture.not_modelled()
    ]
