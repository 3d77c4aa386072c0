"""Numbers and sentences of a verdict, the same in the terminal and in a review."""

from __future__ import annotations

import math
from typing import Any

UNITS = {
    "daily_active": "daily users",
    "monthly_active": "monthly users",
    "registered": "registered users",
    "concurrent": "users at once",
    "seats": "seats",
    "devices": "devices",
    "requests_per_month": "requests a month",
}


def significant(value: float, digits: int = 2) -> float:
    """Round to significant digits; assumed inputs allow no more than two."""
    if value == 0.0 or not math.isfinite(value):
        return value
    places = digits - 1 - math.floor(math.log10(abs(value)))
    return round(value, places)


def count(value: float | None) -> str:
    """Return a number of users or requests: 340,000; from a million on 2.6M."""
    if value is None:
        return "no value"
    rounded = significant(value)
    if rounded >= 1e6:
        return f"{rounded / 1e6:,.3g}M"
    return f"{rounded:,.0f}" if rounded >= 10 else f"{rounded:,.2g}"


def amount(value: float) -> str:
    """Return an amount of anything to two digits, whole from a hundred on."""
    rounded = significant(value, 3 if value >= 100 else 2)
    return f"{rounded:,.0f}" if abs(rounded) >= 100 else f"{rounded:,.3g}"


def money(value: float | None) -> str:
    """Return dollars: whole from ten on, three digits below a dollar."""
    if value is None:
        return "no value"
    if value >= 10:
        return f"${significant(value, 3):,.0f}"
    return f"${value:,.2f}" if value >= 1 else f"${significant(value, 3):.3g}"


def milliseconds(value: float | None) -> str:
    return "no value" if value is None else f"{significant(value):,.0f} ms"


def percent(share: float) -> str:
    return f"{100.0 * significant(share):.3g}%"


def unit(summary: dict[str, Any]) -> str:
    return UNITS[summary["holds_users"]["unit"]]


def headline(summary: dict[str, Any]) -> str:
    """Return the verdict as one sentence, with its range."""
    holds = summary["holds_users"]
    if holds["expected"] is None:
        return f"Holds {count(holds['limit_beyond'])} {unit(summary)} and more: nothing binds."
    high = "beyond 100M" if holds["high"] is None else count(holds["high"])
    return (
        f"Holds about {count(holds['expected'])} {unit(summary)} ({count(holds['low'])} to {high})."
    )


def first_limit(summary: dict[str, Any]) -> str:
    """Return what ends it, where and when, as one sentence."""
    first = summary["first_limit"]
    if first is None:
        return "No limit was met."
    used = f"{amount(first['used'])} of {amount(first['of'])} {first['unit']}"
    return f"First limit: {first['label']} of {first['component']}, {used}, at {first['at']}."


def failure(summary: dict[str, Any]) -> str:
    """Return how it fails beyond that, and whether it comes back by itself."""
    how = summary["failure"]
    back = {
        True: "It recovers by itself once the rush is over.",
        False: "It does not recover by itself: work is still waiting at the end of the day.",
        None: "",
    }[how["recovers"]]
    return f"Beyond it: {how['effect']}. {back}".strip() if how["effect"] else back


def fix(summary: dict[str, Any]) -> str:
    """Return what one change buys."""
    change = summary["fix"]
    if change is None:
        return ""
    if change["holds_users"] is None:
        return f"{change['remedy']} No further limit follows below 100M."
    return (
        f"{change['remedy']} Then about {count(change['holds_users'])} {unit(summary)}, "
        f"until {change['next_label']} of {change['next_component']}."
    )


def missed(summary: dict[str, Any]) -> list[str]:
    """Return the targets that a single user already misses."""
    sentences = []
    for row in summary["missed_targets"]:
        is_share = row["target"] == "refused_share"
        value = percent(row["value"]) if is_share else f"{amount(row['value'])} {row['unit']}"
        allowed = percent(row["allowed"]) if is_share else f"{amount(row['allowed'])} {row['unit']}"
        sentences.append(
            f"{row['component']} misses a target with a single user: {row['label']} is {value}, "
            f"asked are {allowed}. The number of users is that of the other limits."
        )
    return sentences
