"""What a verdict rests on: assumptions, what is not modelled, targets, facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from apps.forecasts.presenting.digits import rounded
from apps.forecasts.presenting.limits import LimitRow
from apps.forecasts.presenting.names import TRAFFIC, Directory, Named, input_words

ARROW = " → "
MOST_DRIVERS = 3
LAMBDA_QUOTA = "lambda.concurrent_executions"
COSTS = ("bytes_out", "log_bytes", "item_bytes", "stored_gb", "units")
TIMES = ("own_ms", "latency_ms", "init_ms", "duration_p99_ratio", "idle_life_s", "calls")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """A value that nobody has set, its range and why."""

    owner: str
    name: str
    where: str
    words: str
    expected: float
    low: float
    high: float
    unit: str
    rule: str

    @property
    def value_text(self) -> str:
        """What a field to change it begins with."""
        return f"{self.expected:.3g}" if self.expected < 1000.0 else f"{self.expected:.0f}"


@dataclass(frozen=True, slots=True)
class Driver:
    """An assumption that moves a result, users or dollars, with the result at both of its ends."""

    assumption: Assumption
    at_low: float | None
    at_high: float | None


@dataclass(frozen=True, slots=True)
class Unmodelled:
    """A resource that passes requests on in no time and without limit."""

    where: Named
    type: str
    reason: str
    source: str


class OldFact(NamedTuple):
    """A price or quota that may have changed since it was read; `date` may be no date."""

    name: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """What the verdict cannot see, counted."""

    not_modelled: tuple[Unmodelled, ...]
    without_limit: tuple[Named, ...]
    warnings: tuple[str, ...]
    account_is_assumed: bool
    assumed_concurrency: float | None
    remembered: tuple[str, ...]
    old: tuple[OldFact, ...]

    @property
    def count(self) -> int:
        return (
            len(self.not_modelled)
            + len(self.without_limit)
            + len(self.warnings)
            + len(self.remembered)
            + int(bool(self.old))
            + int(self.account_is_assumed)
        )

    @property
    def count_text(self) -> str:
        return f"{self.count} thing{'' if self.count == 1 else 's'}" if self.count else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """What "holds" was taken to mean."""

    refused_share: float
    window_s: float
    queue_age_s: float
    dead_letters: float
    monthly_usd: float | None
    p95_ms: tuple[tuple[Named, float], ...]


def assumptions_of(summary: Mapping[str, Any], names: Directory) -> tuple[Assumption, ...]:
    return tuple(_assumption(item, item["expected"], names) for item in summary["assumptions"])


def drivers_of(summary: Mapping[str, Any], names: Directory, digits: int) -> tuple[Driver, ...]:
    """Return the assumptions that move the verdict most."""
    return _drivers(summary["drivers"], "holds", names, digits)


def cost_drivers_of(
    summary: Mapping[str, Any], names: Directory, digits: int
) -> tuple[Driver, ...]:
    """Return the assumptions that move the bill most."""
    return _drivers(summary["cost"]["drivers"], "usd", names, digits)


def _drivers(
    rows: Sequence[Mapping[str, Any]], what: str, names: Directory, digits: int
) -> tuple[Driver, ...]:
    return tuple(
        Driver(
            _assumption(item, item["assumed"], names),
            rounded(item[f"{what}_at_low"], digits),
            rounded(item[f"{what}_at_high"], digits),
        )
        for item in rows[:MOST_DRIVERS]
    )


def about(component_id: str, assumptions: Sequence[Assumption]) -> tuple[Assumption, ...]:
    """Return what is assumed of a component, of its links and of who comes."""
    return tuple(
        item
        for item in assumptions
        if item.owner in (component_id, TRAFFIC) or component_id in _ends(item.owner)
    )


def of_times(assumptions: Sequence[Assumption]) -> tuple[Assumption, ...]:
    """Return what is assumed of how long things take."""
    return tuple(item for item in assumptions if item.name in TIMES)


def of_cost(assumptions: Sequence[Assumption]) -> tuple[Assumption, ...]:
    """Return what is assumed of who comes, and of how much is stored, sent and written."""
    return tuple(item for item in assumptions if item.name in COSTS or item.owner == TRAFFIC)


def source_dates(summary: Mapping[str, Any]) -> str:
    """Return from when to when the prices of the bill were read at their sources."""
    dates = sorted({line["source_date"] for line in summary["cost"]["lines"]} - {""})
    return " to ".join(dict.fromkeys((dates[0], dates[-1]))) if dates else ""


def unknown_of(summary: Mapping[str, Any], names: Directory, rows: Sequence[LimitRow]) -> Unknown:
    limited = {row.where.id for row in rows}
    concurrency = next((row.measure.of for row in rows if row.id == LAMBDA_QUOTA), None)
    lines = summary["cost"]["lines"]
    return Unknown(
        not_modelled=tuple(
            Unmodelled(names[item["id"]], item["type"], item["reason"], item["source"] or "")
            for item in summary["not_modelled"]
        ),
        without_limit=tuple(n for n in names if n.is_modelled and n.id not in limited),
        warnings=(*summary.get("grows_without_end", ()), *summary["warnings"]),
        account_is_assumed=concurrency is not None
        and summary["account"]["lambda_concurrency"] is None,
        assumed_concurrency=summary["account"].get("assumed_lambda_concurrency", concurrency),
        remembered=tuple(
            dict.fromkeys(line["name"] for line in lines if line["confidence"] == "memory")
        ),
        old=tuple(_old_fact(row) for row in summary.get("old_facts", ())),
    )


def _old_fact(row: Mapping[str, Any]) -> OldFact:
    known = row["age_days"] is not None
    return OldFact(row["fact"], row["source_date"].partition(" (")[0] if known else "no date")


def targets_of(summary: Mapping[str, Any], names: Directory) -> Targets:
    targets = summary["targets"]
    return Targets(
        refused_share=targets["refused_share"],
        window_s=targets["window_s"],
        queue_age_s=targets["queue_age_s"],
        dead_letters=targets["dead_letters"],
        monthly_usd=targets["monthly_usd"],
        p95_ms=tuple((names[name], ms) for name, ms in targets["p95_ms"].items() if ms),
    )


def _assumption(item: Mapping[str, Any], expected: float, names: Directory) -> Assumption:
    return Assumption(
        owner=item["owner"],
        name=item["name"],
        where=_where(item["owner"], names),
        words=input_words(item["name"]),
        expected=expected,
        low=item["low"],
        high=item["high"],
        unit=item["unit"],
        rule=item["rule"],
    )


def _where(owner: str, names: Directory) -> str:
    if owner == TRAFFIC:
        return "Traffic"
    ends = _ends(owner)
    return ARROW.join(names[end].name for end in ends) if len(ends) == 2 else names[owner].name


def _ends(owner: str) -> tuple[str, ...]:
    """Return the two components of a link's name, such as "Checkout → OrdersDb (query)"."""
    source, arrow, rest = owner.partition(ARROW)
    return (source, rest.rpartition(" (")[0]) if arrow else ()
