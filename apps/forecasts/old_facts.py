"""Which prices and quotas of a forecast are old on the day on which it is read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from apps.engine.facts import Facts
from apps.facts.ages import old_facts


def with_old_facts(summary: Mapping[str, Any], facts: Facts, today: date) -> dict[str, Any]:
    """Return a summary with `old_facts`: what it used that is older than 180 days or undated.

    A forecast is kept and read again later, so that the age is no part of it.
    """
    prices = dict.fromkeys(line["price_id"] for line in summary["cost"]["lines"])
    quotas = dict.fromkeys(row["limit"] for row in summary["limits"])
    used = [
        *(facts.prices[name] for name in prices if name in facts.prices),
        *(facts.quotas[name] for name in quotas if name in facts.quotas),
    ]
    return {**summary, "old_facts": old_facts(used, today)}
