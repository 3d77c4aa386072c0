"""What scales, between which bounds, and what AWS can do by itself."""

from __future__ import annotations

from typing import Any

from apps.engine.forecast.result import Forecast


def scaling(forecast: Forecast, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return minimum, now and maximum of everything that scales, and what AWS can automate.

    Parameters
    ----------
    forecast : Forecast
        The answer to one question.
    rows : list[dict[str, Any]]
        Rows that were worked out before.

    Returns
    -------
    list[dict[str, Any]]
        One row for each setting that scales.
    """
    table = []
    gauged = {(g.component, g.limit.label): g.limit for g in forecast.day.model.gauges}
    for row in rows:
        limit = gauged[row["component"], row["label"]]
        options = forecast.inputs.kinds[row["component"]].SCALING
        if not limit.grows:
            continue
        table.append(
            {
                "component": row["component"],
                "what": row["label"],
                "unit": row["unit"],
                "minimum": limit.minimum,
                "now": row["used"],
                "maximum": row["of"],
                "can_automate": bool(options) and limit.is_adjustable,
                "is_adjustable": row["is_adjustable"],
            }
        )
    return table
