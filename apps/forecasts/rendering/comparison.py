"""Before and after, side by side: the same rows in a comment, on a page and in the terminal."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from apps.forecasts.baseline import Baseline
from apps.forecasts.gates import held
from apps.forecasts.rendering.numbers import count, milliseconds, money, percent, significant
from apps.forecasts.user_units import unit_words

Summary = Mapping[str, Any]
Words = Callable[[float], str]
# What differs by less is no change: the searches are no more exact.
LEAST = 0.0005
# Waiting is read from draws, and a renamed file draws anew: so much of it is chance.
CHANCE = 0.03
NO_VALUE, NOTHING, BY_CHANCE = "no value", "unchanged", "within chance"
_STILL = ("", NOTHING, BY_CHANCE)


@dataclass(frozen=True, slots=True)
class Row:
    """One measure before and after; `is_worse` is None where neither is better."""

    name: str
    before: str
    after: str
    change: str = ""
    is_worse: bool | None = None

    @property
    def is_same(self) -> bool:
        return self.change in _STILL

    @property
    def verdict(self) -> str:
        """The change with its direction in a word."""
        if self.is_worse is None:
            return self.change
        return f"{self.change}, {'worse' if self.is_worse else 'better'}"


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of the bill before and after. [USD/month]"""

    component: str
    name: str
    before: float
    after: float


def rows(baseline: Baseline, summary: Summary) -> list[Row]:
    """Return users held, first limit, p99, refused requests, cost and what is not modelled."""
    old = baseline.summary
    if old is None:
        return []
    unit = summary["holds_users"]["unit"]
    users = _row("", held(old, unit), held(summary), _users, is_more_good=True)
    usd = _row("Cost a month", *_both(old, summary, "cost", "monthly_usd"), money)
    found = [
        replace(
            users,
            name=f"Holds, {unit_words(unit)}",
            before=f"{users.before}{_range(old['holds_users'], _users, unit)}",
            after=f"{users.after}{_range(summary['holds_users'], _users, unit)}",
        ),
        Row("First limit", _limit(old), _limit(summary), _whether(_limit(old), _limit(summary))),
        _row("p95", *_both(old, summary, "latency_ms", "p95"), milliseconds, least=CHANCE),
        _row("p99", *_both(old, summary, "latency_ms", "p99"), milliseconds, least=CHANCE),
        _row("Refused", old["refused_share"], summary["refused_share"], percent),
        replace(
            usd,
            before=f"{usd.before}{_range(old['cost'], money)}",
            after=f"{usd.after}{_range(summary['cost'], money)}",
        ),
        _row("Per 1,000 requests", *_both(old, summary, "cost", "per_1000_requests_usd"), money),
        _counted("Missed targets", old["missed_targets"], summary["missed_targets"]),
        _counted("Not modelled", old["not_modelled"], summary["not_modelled"]),
    ]
    always = (found[0], found[1], found[3], found[5])
    return [row for row in found if row in always or row.change not in _STILL]


def headline(baseline: Baseline, summary: Summary) -> str:
    """Return the one sentence: what it holds now, and held before."""
    unit, old = summary["holds_users"]["unit"], baseline.summary
    now = held(summary)
    about = "" if math.isinf(now) else "about "
    said = f"Holds {about}{_users(now)} {unit_words(unit)}"
    before = None if old is None else held(old, unit)
    if before is None:
        return said
    change = _change(before, now)
    if change in _STILL:
        return f"{said}, as before"
    return f"{said}, {_users(before)} before ({change})"


def notes(baseline: Baseline, summary: Summary) -> Iterator[str]:
    """Yield what a reader must know of the comparison itself, a sentence each."""
    if baseline.problem:
        yield f"There is no forecast of the baseline: {baseline.problem}"
    for what in baseline.left_out:
        yield f"The baseline has no such component, so it was forecast without {what}."
    old = baseline.summary
    if old is None:
        return
    unit = old["holds_users"]["unit"]
    if (old["asked_users"], unit) != (summary["asked_users"], summary["holds_users"]["unit"]):
        yield (
            f"The baseline was asked about {count(old['asked_users'])} {unit_words(unit)}: waiting "
            "and cost are those of another size."
        )
    if old["region"] != summary["region"]:
        yield f"The baseline is in {old['region']}, this in {summary['region']}."
    if old["facts_version"] != summary["facts_version"] and old["region"] == summary["region"]:
        yield "Prices and quotas were read anew since the baseline, so part of this is theirs."


def lines(baseline: Baseline, summary: Summary) -> list[LineRow]:
    """Return the lines of both bills that differ, the largest change first."""
    if baseline.summary is None:
        return []
    old, new = _bill(baseline.summary), _bill(summary)
    found = []
    for key in {**old, **new}:
        (was, before), (name, after) = (bill.get(key, ("", 0.0)) for bill in (old, new))
        if not math.isclose(before, after, rel_tol=LEAST, abs_tol=0.005):
            found.append(LineRow(key[0], name or was, before, after))
    return sorted(found, key=lambda row: (-abs(row.after - row.before), row.component, row.name))


def dollars(row: LineRow) -> str:
    """Return how much a line costs more or less."""
    sign = "+" if row.after > row.before else "−"
    return f"{sign}{money(abs(row.after - row.before))}"


def _bill(summary: Summary) -> dict[tuple[str, str], tuple[str, float]]:
    """Return names and dollars by component and price: a name may hold a setting."""
    sums: dict[tuple[str, str], tuple[str, float]] = {}
    for line in summary["cost"].get("lines") or ():
        key = (str(line["component"]), str(line["price_id"]))
        before = sums.get(key, ("", 0.0))[1]
        sums[key] = (str(line["name"]), before + float(line["monthly_usd"] or 0.0))
    return sums


def _both(old: Summary, new: Summary, outer: str, name: str) -> tuple[Any, Any]:
    return old[outer].get(name), new[outer].get(name)


def _row(
    name: str,
    before: Any,
    after: Any,
    words: Words,
    *,
    is_more_good: bool = False,
    least: float = LEAST,
) -> Row:
    change = _change(before, after, least)
    said = [NO_VALUE if value is None else words(value) for value in (before, after)]
    if change in _STILL:
        return Row(name, said[0], said[1], BY_CHANCE if change and said[0] != said[1] else change)
    if said[0] == said[1]:
        said = [_FINE[words](value) for value in (before, after)]
    is_worse = (after > before) is not is_more_good
    return Row(name, said[0], said[1], change, is_worse)


def _range(of: Any, words: Words, unit: str = "") -> str:
    """Return from where to where a result goes while inputs are assumed."""
    low, high = of.get("low"), of.get("high")
    is_other_unit = unit != of.get("unit", "")
    if low is None or low == high or of.get("expected", 0.0) is None or is_other_unit:
        return ""
    return f" ({words(low)} to {'beyond 100M' if high is None else words(high)})"


def _change(before: float | None, after: float | None, least: float = LEAST) -> str:
    """Return a change in per cent; nothing where it has no measure."""
    if before is None or after is None:
        return NOTHING if before is after else ""
    if before == after or math.isclose(before, after, rel_tol=least):
        return NOTHING
    if not before or math.isinf(before) or math.isinf(after):
        return "more" if after > before else "less"
    share = after / before
    if share >= 3.0:
        return f"{significant(share):,.10g}×"
    return f"{'+' if share > 1.0 else '−'}{significant(abs(100.0 * (share - 1.0))):.10g}%"


def _counted(name: str, before: Any, after: Any) -> Row:
    old, new = len(before), len(after)
    if old == new:
        return Row(name, str(old), str(new), NOTHING)
    sign = "+" if new > old else "−"
    return Row(name, str(old), str(new), f"{sign}{abs(new - old)}", new > old)


def _users(value: float) -> str:
    return "100M and more" if math.isinf(value) else count(value)


def _limit(summary: Summary) -> str:
    first = summary["first_limit"]
    if first is None or summary["holds_users"]["expected"] is None:
        return "none"
    return f"{first['label']} of {first['component']}"


# Two digits may hide a change.
_FINE: Mapping[Words, Words] = {
    _users: lambda value: f"{value:,.0f}",
    money: lambda value: f"${value:,.2f}" if value >= 1.0 else f"${value:.4g}",
    milliseconds: lambda value: f"{value:,.4g} ms",
    percent: lambda value: f"{100.0 * value:.4g}%",
}


def _whether(before: str, after: str) -> str:
    return NOTHING if before == after else "another one"
