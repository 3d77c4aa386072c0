"""The ranges of a forecast in its JSON: they can be put in place of others of fewer samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from apps.engine.headroom.drivers import Assumed, CostRange, Ranges, VerdictRange
from apps.engine.headroom.search import LIMIT_BEYOND

ENDS = ("low", "median", "high")


def with_ranges(summary: Mapping[str, Any], ranges: Ranges) -> dict[str, Any]:
    """Return a forecast as JSON with these ranges, whatever it had before.

    Parameters
    ----------
    summary : mapping
        A forecast as JSON; its expected values stay.
    ranges : Ranges
        Of the same design, scenario and facts.

    Returns
    -------
    dict[str, Any]
        What `headroom/forecast/1` holds.
    """
    holds, asked, factor = dict(summary["holds_users"]), summary["asked_users"], ranges.unit_factor
    holds |= _users(ranges.verdict, holds["expected"] is None, factor)
    first = summary["first_limit"]
    return {
        **summary,
        "holds_users": holds,
        "headroom": {
            name: None if holds[name] is None else holds[name] / asked
            for name in ("expected", *ENDS)
        },
        "first_limit": first and {**first, "confidence": ranges.verdict.confidence},
        "drivers": [
            _driver(
                one,
                holds_at_low=one.holds_at_low / factor,
                holds_at_high=one.holds_at_high / factor,
            )
            for one in ranges.verdict.drivers
        ],
        "cost": {**summary["cost"], **_cost(ranges.cost, summary["cost"]["monthly_usd"])},
        "samples": {"count": ranges.count, "asked": ranges.asked, "seed": ranges.seed},
    }


def _users(verdict: VerdictRange, is_beyond: bool, unit_factor: float) -> dict[str, float | None]:
    """Return the ends in the unit of the scenario; None where nothing binds."""
    ends = {"low": verdict.low / unit_factor}
    above = {
        name: None if is_beyond or value >= LIMIT_BEYOND else value / unit_factor
        for name, value in (("median", verdict.median), ("high", verdict.high))
    }
    return {**ends, **above}


def _cost(cost: CostRange, monthly_usd: float) -> dict[str, Any]:
    drivers = [
        _driver(
            one,
            usd_at_low=one.times_at_low * monthly_usd,
            usd_at_high=one.times_at_high * monthly_usd,
        )
        for one in cost.drivers
    ]
    return {**{name: getattr(cost, name) * monthly_usd for name in ENDS}, "drivers": drivers}


def _driver(one: Assumed, **ends: float) -> dict[str, Any]:
    names = ("owner", "name", "rule", "unit", "assumed", "low", "high")
    row = {name: value for name, value in asdict(one).items() if name in names}
    return {"input": f"{one.owner}: {one.name}", **row, **ends}
