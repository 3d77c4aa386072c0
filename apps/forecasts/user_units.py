"""What the users of a scenario are called."""

from __future__ import annotations

from collections.abc import Mapping

UNITS: Mapping[str, str] = {
    "daily_active": "daily users",
    "monthly_active": "monthly users",
    "registered": "registered users",
    "concurrent": "users at once",
    "seats": "seats",
    "devices": "devices",
    "requests_per_month": "requests a month",
}


def unit_words(unit: str) -> str:
    """Return what the users of a scenario are called in a sentence."""
    return UNITS.get(unit, unit.replace("_", " "))
