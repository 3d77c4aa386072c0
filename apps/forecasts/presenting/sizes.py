"""The sizes at which a report can be looked at with one click."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FACTORS = (1.0, 2.0, 5.0)
# So near to another size, the most users are no size of their own.
_SAME = 0.05


@dataclass(frozen=True, slots=True)
class Size:
    """One choice: a factor of the scenario's users; an empty query is the scenario itself."""

    factor: float
    users: float
    query: str
    is_current: bool
    is_most: bool


def sizes_of(summary: Mapping[str, Any], base_users: float) -> tuple[Size, ...]:
    """Return 1, 2 and 5 times the scenario's users, and the most that the design holds."""
    asked, holds = summary["asked_users"], summary["holds_users"]["expected"]
    factors = [(factor, False) for factor in FACTORS]
    if holds is not None and holds >= 1.0:
        # Whole users, so that the size still holds.
        most = int(holds) / base_users
        if all(abs(most / factor - 1.0) > _SAME for factor in FACTORS):
            factors.append((most, True))
    return tuple(
        Size(
            factor=factor,
            users=factor * base_users,
            query="" if factor == 1.0 else f"?users={factor * base_users:.0f}",
            is_current=abs(factor * base_users / asked - 1.0) < 1e-6,
            is_most=is_most,
        )
        for factor, is_most in sorted(factors)
    )
