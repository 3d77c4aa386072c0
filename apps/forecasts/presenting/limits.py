"""Every limit of a design: used, of, and the users at which it is full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.forecasts.presenting.digits import rounded
from apps.forecasts.presenting.names import Directory, Named
from apps.forecasts.rendering.numbers import amount, percent

# What is full at no number of users that the engine looks at.
BEYOND = ">\u00a0100M"


@dataclass(frozen=True, slots=True)
class Measure:
    """An amount against its limit."""

    used: float
    of: float
    unit: str

    @property
    def is_share(self) -> bool:
        return self.unit == "share"

    def against_target(self) -> str:
        """Return "159 ms, the target is 5 ms"."""
        if self.is_share:
            return f"{percent(self.used)}, the target is {percent(self.of)}"
        used, of = amount(self.used), amount(self.of)
        return f"{used} {self.unit}, the target is {of} {self.unit}"

    def __str__(self) -> str:
        if self.is_share:
            return f"{percent(self.used)} of {percent(self.of)}"
        return f"{amount(self.used)} of {amount(self.of)} {self.unit}".rstrip()


def bar_words(where: Named, label: str, use: float) -> str:
    return f"{where.name}, {label}: {percent(use)} of limit"


def measure(row: Mapping[str, Any], digits: int) -> Measure:
    """Return what a row says is used of its limit; the limit keeps its digits."""
    return Measure(rounded(row["used"], digits) or 0.0, row["of"], row["unit"])


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRow:
    """One limit at the asked size."""

    id: str
    where: Named
    label: str
    measure: Measure
    use: float
    at: str
    holds: float | None
    today_use: float
    effect: str
    remedy: str
    check_command: str
    source_url: str
    is_adjustable: bool
    is_first: bool

    @property
    def says(self) -> str:
        """What a screen reader says of the bar."""
        return bar_words(self.where, self.label, self.use)


@dataclass(frozen=True, slots=True)
class TodayRow:
    """How full a limit is at the present load."""

    where: Named
    label: str
    measure: Measure
    use: float

    @property
    def says(self) -> str:
        """What a screen reader says of the bar."""
        return bar_words(self.where, self.label, self.use)


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """Use against limits at the load that the team knows."""

    users: float
    requests_per_minute: float
    is_measured: bool
    rows: tuple[TodayRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalingRow:
    """Minimum, now and maximum of something that scales."""

    where: Named
    what: str
    unit: str
    minimum: float
    now: float
    maximum: float
    use: float
    holds: float | None
    can_automate: bool
    is_adjustable: bool
    effect: str
    remedy: str
    check_command: str
    source_url: str

    @property
    def says(self) -> str:
        return bar_words(self.where, self.what, self.use)


def limit_rows(summary: Mapping[str, Any], names: Directory, digits: int) -> tuple[LimitRow, ...]:
    """Return all limits, the first to be met first."""
    first = summary["first_limit"] or {"component": None, "limit": None}
    key = (first["component"], first["limit"])
    rows = [_row(row, names, digits, key) for row in summary["limits"]]
    return tuple(sorted(rows, key=lambda row: not row.is_first))


def _row(
    row: Mapping[str, Any], names: Directory, digits: int, first: tuple[str | None, str | None]
) -> LimitRow:
    return LimitRow(
        id=row["limit"],
        where=names[row["component"]],
        label=row["label"],
        measure=measure(row, digits),
        use=row["use"],
        at=row["at"],
        holds=rounded(row["holds_users"], digits),
        today_use=row["today_use"],
        effect=row["effect"],
        remedy=row["remedy"],
        check_command=row["check_command"],
        source_url=row["source_url"],
        is_adjustable=row["is_adjustable"],
        is_first=(row["component"], row["limit"]) == first,
    )


def next_rows(summary: Mapping[str, Any], rows: Sequence[LimitRow]) -> tuple[LimitRow, ...]:
    """Return the limits that follow the first."""
    by_key = {(row.where.id, row.id): row for row in rows}
    keys = [(item["component"], item["limit"]) for item in summary["next_limits"]]
    return tuple(by_key[key] for key in keys if key in by_key)


def today_of(summary: Mapping[str, Any], names: Directory, digits: int) -> Today:
    today = summary["today"]
    minute = today["requests_per_minute"]
    return Today(
        users=rounded(today["users"], digits) or 0.0,
        requests_per_minute=minute if today["is_measured"] else rounded(minute, digits) or 0.0,
        is_measured=today["is_measured"],
        rows=tuple(
            TodayRow(
                names[row["component"]],
                row["label"],
                measure(row, digits),
                row["use"],
            )
            for row in today["limits"]
        ),
    )


def tightest(rows: Sequence[LimitRow]) -> tuple[LimitRow, ...]:
    """Return one limit for each component, the one that is full at the fewest users."""
    best: dict[str, LimitRow] = {}
    for row in rows:
        known = best.get(row.where.id)
        if known is None or _rank(row) < _rank(known):
            best[row.where.id] = row
    return tuple(sorted(best.values(), key=_rank))


def headroom_rows(rows: Sequence[LimitRow]) -> list[dict[str, Any]]:
    """Return the rows of the `headroom` picture; details are written by the page."""
    return [
        {
            "name": row.where.name,
            "detail": str(row.measure),
            "use": row.use,
            "holds": row.holds,
            "holds_text": BEYOND if row.holds is None else "",
            "first": row.is_first,
            "href": row.where.href,
        }
        for row in rows
    ]


def ruler_marks(rows: Sequence[LimitRow], first: str) -> list[dict[str, Any]]:
    """Return the next limits for the ruler; a component named twice is named by its limit."""
    count = Counter([row.where.name for row in rows] + [first])
    return [
        {"name": row.where.name if count[row.where.name] == 1 else row.label, "users": row.holds}
        for row in rows
        if row.holds is not None
    ]


def scaling_rows(
    summary: Mapping[str, Any], rows: Sequence[LimitRow], digits: int
) -> tuple[ScalingRow, ...]:
    """Return what scales, each with its limit, in the order of the limits."""
    scaling = {(row["component"], row["what"]): row for row in summary["scaling"]}
    return tuple(
        _scaling(row, scaling[row.where.id, row.label], digits)
        for row in rows
        if (row.where.id, row.label) in scaling
    )


def _scaling(row: LimitRow, found: Mapping[str, Any], digits: int) -> ScalingRow:
    return ScalingRow(
        where=row.where,
        what=row.label,
        unit=row.measure.unit,
        minimum=found["minimum"],
        now=rounded(found["now"], digits) or 0.0,
        maximum=found["maximum"],
        use=row.use,
        holds=row.holds,
        can_automate=found["can_automate"],
        is_adjustable=found["is_adjustable"],
        effect=row.effect,
        remedy=row.remedy,
        check_command=row.check_command,
        source_url=row.source_url,
    )


def _rank(row: LimitRow) -> tuple[bool, float, float]:
    return (not row.is_first, float("inf") if row.holds is None else row.holds, -row.use)
