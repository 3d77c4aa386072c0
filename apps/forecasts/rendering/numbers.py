"""Numbers as sentences write them: two digits, as what they rest on is assumed."""

from __future__ import annotations

import math


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
    """Return dollars to two digits, as quantities are assumed: $880, $3.70, $0.014."""
    if value is None:
        return "no value"
    rounded = significant(value)
    if rounded >= 10:
        return f"${rounded:,.0f}"
    return f"${rounded:,.2f}" if rounded >= 0.1 else f"${rounded:.2g}"


def milliseconds(value: float | None) -> str:
    return "no value" if value is None else f"{significant(value):,.0f} ms"


def percent(share: float) -> str:
    return f"{100.0 * significant(share):.3g}%"
