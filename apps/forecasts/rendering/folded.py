"""The tables of a review that stay folded until somebody asks for them, as Markdown."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from typing import Any

from apps.forecasts.baseline import Baseline
from apps.forecasts.presenting.names import input_words
from apps.forecasts.rendering import comparison, numbers, words
from apps.forecasts.rendering.escaping import code, plain

Summary = dict[str, Any]
_MOST_ROWS = 60


def details(title: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield lines under a title that opens on a click."""
    yield f"<details><summary>{html.escape(title, quote=False)}</summary>"
    yield ""
    yield from lines
    yield ""
    yield "</details>"
    yield ""


def limits(summary: Summary) -> Iterator[str]:
    if not summary["next_limits"]:
        return
    yield f"| Next limit | of | {words.unit(summary)} |"
    yield "|---|---|---:|"
    for row in summary["next_limits"]:
        users = numbers.count(row["holds_users"])
        yield f"| {plain(row['label'])} | {code(row['component'])} | {users} |"
    yield ""


def bill(summary: Summary, baseline: Baseline | None = None) -> Iterator[str]:
    """Yield the bill, the lines that changed first where there is a baseline."""
    found = comparison.lines(baseline, summary) if baseline else []
    if found:
        yield from details(f"{len(found)} lines of the bill changed", _changed(found))
    yield from details(words.bill_at_asked(summary), _lines(summary))


def _changed(rows: list[comparison.LineRow]) -> Iterator[str]:
    yield "| Line | of | Before | After | Change |"
    yield "|---|---|---:|---:|---:|"
    for row in rows[:_MOST_ROWS]:
        amounts = f"{numbers.money(row.before)} | {numbers.money(row.after)}"
        name, component = plain(row.name), code(row.component)
        yield f"| {name} | {component} | {amounts} | {comparison.dollars(row)} |"
    yield from _more(len(rows))


def _lines(summary: Summary) -> Iterator[str]:
    cost = summary["cost"]
    rows = [*sorted(cost["lines"], key=lambda line: -line["monthly_usd"]), *cost["not_priced"]]
    yield "| Line | of | Quantity | $ a month |"
    yield "|---|---|---:|---:|"
    for line in rows[:_MOST_ROWS]:
        quantity = plain(f"{numbers.amount(line['quantity'])} {line['unit']}")
        usd = line["monthly_usd"]
        price = numbers.money(usd) if usd is not None else "no price"
        yield f"| {plain(line['name'])} | {code(line['component'])} | {quantity} | {price} |"
    yield from _more(len(rows))
    old = words.old_facts(summary)
    if old:
        yield ""
        yield plain(old)


def sizes(summary: Summary) -> Iterator[str]:
    yield from details("From 1,000 to 10 million users", _sizes(summary))


def _sizes(summary: Summary) -> Iterator[str]:
    yield "| Users | Peak req/s | p95 | Refused | $ a month | |"
    yield "|---:|---:|---:|---:|---:|---|"
    for row in summary["curve"]:
        note = "holds" if row["holds"] else "with limits raised"
        yield (
            f"| {row['users']:,.0f} | {numbers.amount(row['peak_rps'])} | "
            f"{numbers.milliseconds(row['p95_ms'])} | {numbers.percent(row['refused_share'])} | "
            f"{numbers.money(row['monthly_usd'])} | {note} |"
        )


def unknown(summary: Summary) -> Iterator[str]:
    """Yield what the numbers do not see: resources without a kind, unknown limits, warnings."""
    rows = summary["not_modelled"]
    lines = [
        f"- {code(row['id'])} {plain(row['type'])} {code(row['source'] or '')}".rstrip()
        for row in rows[:_MOST_ROWS]
    ]
    lines += [f"- {code(name)} has a limit that nobody stated" for name in _unknown_limits(summary)]
    lines += [f"- {plain(text)}" for text in summary["warnings"][:_MOST_ROWS]]
    total = len(rows) + len(summary["unknown_limits"]) + len(summary["warnings"])
    if lines:
        title = f"Not modelled, not known, and warnings: {total}"
        yield from details(title, [*lines, *_more(total, len(lines), "- and {} more")])


def _unknown_limits(summary: Summary) -> list[str]:
    return list(summary["unknown_limits"][:_MOST_ROWS])


def assumptions(summary: Summary) -> Iterator[str]:
    """Yield what all of it rests on: values that nobody set, targets, the facts."""
    rows = summary["assumptions"]
    lines = ["| Of | Value | Assumed | Low | High |", "|---|---|---:|---:|---:|"]
    for row in rows[:_MOST_ROWS]:
        amounts = " | ".join(numbers.amount(row[name]) for name in ("expected", "low", "high"))
        name = plain(f"{input_words(row['name'])}, {row['unit']}".rstrip(", "))
        lines.append(f"| {code(row['owner'])} | {name} | {amounts} |")
    lines += [*_more(len(rows)), "", plain(words.facts(summary)), plain(words.ranges(summary))]
    yield from details(f"{len(rows)} values that nobody has set", lines if rows else lines[2:])


def _more(total: int, shown: int = _MOST_ROWS, words_: str = "\nAnd {} more.") -> Iterator[str]:
    if total > shown:
        yield words_.format(f"{total - shown:,}")
