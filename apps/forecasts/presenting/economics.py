"""How the bill follows the users, as the report shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.forecasts.presenting.digits import rounded
from apps.forecasts.presenting.names import Directory, Named


@dataclass(frozen=True, slots=True)
class IdleRow:
    """Capacity that stands paid for and unused, by the mean of its busiest gauge."""

    where: Named
    usd: float | None
    share: float | None
    label: str


@dataclass(frozen=True, slots=True)
class GrowingRow:
    """A line of the bill, now and at twice the users."""

    where: Named
    name: str
    usd: float | None
    twice_usd: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEvenRow:
    """Another way of doing the same; without `users` one of both is cheaper at every size."""

    where: Named
    now: str
    other: str
    now_usd: float | None
    other_usd: float | None
    users: float | None
    cheaper_above: str
    note: str

    @property
    def saves_usd(self) -> float:
        """Return what the other way saves at the size asked for. [USD/month]"""
        return max(0.0, (self.now_usd or 0.0) - (self.other_usd or 0.0))

    @property
    def cheaper_below(self) -> str:
        return self.other if self.cheaper_above == self.now else self.now


@dataclass(frozen=True, slots=True, kw_only=True)
class Economics:
    """What stands still, what grows, what idles, and what else could do the same."""

    fixed_usd: float | None
    variable_usd: float | None
    per_user_usd: float | None
    idle_usd: float | None
    idle: tuple[IdleRow, ...]
    growing: tuple[GrowingRow, ...]
    break_evens: tuple[BreakEvenRow, ...]


def economics_of(summary: Mapping[str, Any], names: Directory, digits: int) -> Economics | None:
    """Return the shape of the bill; None for a forecast that was made before it was known."""
    cost = summary["cost"]
    if "fixed_usd" not in cost:
        return None
    return Economics(
        fixed_usd=rounded(cost["fixed_usd"], digits),
        variable_usd=rounded(cost["variable_usd"], digits),
        per_user_usd=rounded(cost["per_user_usd"], digits),
        idle_usd=rounded(sum(row["monthly_usd"] for row in cost["idle"]), digits),
        idle=tuple(_idle(row, names, digits) for row in cost["idle"]),
        growing=tuple(_growing(row, names, digits) for row in cost["growing"]),
        break_evens=tuple(sorted((_break_even(row, names, digits) for row in cost["break_evens"]),
                                 key=lambda row: -row.saves_usd)),
    )  # fmt: skip


def _idle(row: Mapping[str, Any], names: Directory, digits: int) -> IdleRow:
    usd, share = rounded(row["monthly_usd"], digits), rounded(row["share"], digits)
    return IdleRow(names[row["component"]], usd, share, row["label"])


def _growing(row: Mapping[str, Any], names: Directory, digits: int) -> GrowingRow:
    usd, twice = rounded(row["monthly_usd"], digits), rounded(row["twice_usd"], digits)
    return GrowingRow(names[row["component"]], row["name"], usd, twice)


def _break_even(row: Mapping[str, Any], names: Directory, digits: int) -> BreakEvenRow:
    return BreakEvenRow(
        where=names[row["component"]],
        now=row["now"],
        other=row["other"],
        now_usd=rounded(row["now_usd"], digits),
        other_usd=rounded(row["other_usd"], digits),
        users=rounded(row["users"], digits),
        cheaper_above=row["cheaper_above"],
        note=row["note"],
    )
