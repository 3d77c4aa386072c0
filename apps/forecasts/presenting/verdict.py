"""The verdict and what ends it: how many users, the first limit, what one change buys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.forecasts.presenting.cost import cost_points
from apps.forecasts.presenting.digits import ASSUMED, CALIBRATED, between, rounded
from apps.forecasts.presenting.limits import Measure, measure
from apps.forecasts.presenting.names import Directory, Named
from apps.forecasts.user_units import UNITS, unit_words

FAILURES: Mapping[str, str] = {
    "refused": "Requests are refused.",
    "waits": "Users wait longer than the target.",
    "costs": "A month costs more than its cap.",
    "late": "Messages are handled late.",
    "lost": "Messages are lost: they end in a dead-letter queue, or nowhere.",
}


@dataclass(frozen=True, slots=True)
class Missed:
    """A target that a single user already misses; it was set aside to find the rest."""

    where: Named
    label: str
    effect: str
    measure: Measure

    @property
    def says(self) -> str:
        return self.measure.against_target()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How many users a design holds, in the unit of the scenario."""

    users: str
    holds: float | None
    low: float | None
    high: float | None
    beyond: float | None
    asked: float
    headroom: float | None
    peak_rps: float
    others: tuple[tuple[str, float], ...]
    missed: tuple[Missed, ...]
    is_assumed: bool

    @property
    def is_unlimited(self) -> bool:
        return self.holds is None

    @property
    def holds_nobody(self) -> bool:
        return self.holds is not None and self.holds < 1.0

    @property
    def is_too_small(self) -> bool:
        """Say whether fewer are held than were asked for."""
        return self.holds is not None and self.holds < self.asked

    @property
    def has_range(self) -> bool:
        return self.is_assumed and (self.low, self.high) != (self.holds, self.holds)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLimit:
    """What is met first, with the chain of causes."""

    where: Named
    label: str
    at: str
    measure: Measure
    effect: str
    remedy: str
    check_command: str
    source_url: str
    why: tuple[str, ...]
    confidence: float
    is_target: bool

    @property
    def is_certain(self) -> bool:
        """Say whether the same limit comes first whatever the assumptions turn out to be."""
        return self.confidence >= 0.995


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """What removing the first limit buys, and what is met then."""

    where: Named
    remedy: str
    holds: float | None
    gain: float | None
    next_where: Named | None
    next_label: str
    usd: float | None


@dataclass(frozen=True, slots=True)
class Failure:
    """What people notice above the limit, and whether it passes by itself."""

    sentence: str
    effect: str
    recovers: bool | None

    @property
    def is_unknown(self) -> bool:
        return self.recovers is None


def verdict_of(summary: Mapping[str, Any], names: Directory, digits: int) -> Verdict:
    holds = summary["holds_users"]
    others = {k: v for k, v in holds["equivalents"].items() if k in UNITS and k != holds["unit"]}
    return Verdict(
        users=unit_words(holds["unit"]),
        holds=rounded(holds["expected"], digits),
        low=rounded(holds["low"], digits),
        high=rounded(holds["high"], digits),
        beyond=holds["limit_beyond"],
        asked=summary["asked_users"],
        headroom=headroom_of(summary, digits),
        peak_rps=holds["equivalents"]["peak_rps"],
        others=tuple((unit_words(k), rounded(v, digits) or 0.0) for k, v in others.items()),
        missed=tuple(_missed(item, names, digits) for item in summary["missed_targets"]),
        is_assumed=bool(summary["assumptions"]),
    )


def headroom_of(summary: Mapping[str, Any], digits: int) -> float | None:
    """Return the users held for one asked, of the numbers as they stand on the page."""
    holds = rounded(summary["holds_users"]["expected"], digits)
    return None if holds is None else holds / float(summary["asked_users"])


def first_limit_of(summary: Mapping[str, Any], names: Directory, digits: int) -> FirstLimit | None:
    first = summary["first_limit"]
    if first is None:
        return None
    return FirstLimit(
        where=names[first["component"]],
        label=first["label"],
        at=first["at"],
        measure=measure(first, digits),
        effect=first["effect"],
        remedy=first["remedy"],
        check_command=first["check_command"],
        source_url=first["source_url"],
        why=tuple(first["why"]),
        confidence=first["confidence"],
        is_target=first["limit"].startswith("target."),
    )


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """The users held before the last change of a design, and now."""

    before: float
    after: float | None

    @property
    def is_better(self) -> bool:
        return self.after is None or self.after > self.before

    @property
    def is_same(self) -> bool:
        return self.after == self.before


def change_of(summary: Mapping[str, Any], before: float | None) -> VerdictChange | None:
    """Return what a change did to the verdict, in the digits of the page."""
    digits = ASSUMED if summary["assumptions"] else CALIBRATED
    known = rounded(before, digits)
    if known is None:
        return None
    return VerdictChange(known, rounded(summary["holds_users"]["expected"], digits))


def fix_of(summary: Mapping[str, Any], names: Directory, digits: int) -> Fix | None:
    fix, holds = summary["fix"], summary["holds_users"]["expected"]
    if fix is None:
        return None
    after = fix["holds_users"]
    following = fix["next_component"]
    return Fix(
        where=names[fix["component"]],
        remedy=fix["remedy"],
        holds=rounded(after, digits),
        gain=after / holds if after and holds else None,
        next_where=names[following] if following else None,
        next_label=fix["next_label"] or "",
        usd=rounded(between(cost_points(summary), after), digits) if after else None,
    )


def failure_of(summary: Mapping[str, Any]) -> Failure | None:
    failure = summary["failure"]
    if failure["how"] is None and not failure["effect"]:
        return None
    sentence = FAILURES.get(failure["how"] or "", "")
    return Failure(sentence, failure["effect"] or "", failure["recovers"])


def _missed(item: Mapping[str, Any], names: Directory, digits: int) -> Missed:
    return Missed(
        names[item["component"]],
        item["label"],
        item["effect"],
        Measure(rounded(item["value"], digits) or 0.0, item["allowed"], item["unit"]),
    )
