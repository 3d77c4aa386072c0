"""A forecast as Markdown: short enough for a comment, with its tables folded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from apps.forecasts.rendering import faults, numbers, words


def as_markdown(summary: dict[str, Any], places: Mapping[str, str] = {}) -> str:
    """Return the verdict, the next limits, the bill and the sizes."""
    return "\n".join(
        [
            f"### {words.headline(summary)}",
            "",
            f"**{words.first_limit(summary, places)}**",
            "",
            f"{words.equivalents(summary)} {words.headroom(summary)}".strip(),
            "",
            *(f"> {sentence}" for sentence in words.missed(summary)),
            *(f"1. {step}" for step in (summary["first_limit"] or {"why": ()})["why"]),
            "",
            words.fix(summary),
            words.failure(summary),
            "",
            *_limits(summary),
            *_faults(summary),
            *_bill(summary),
            *_sizes(summary),
        ]
    )


def _limits(summary: dict[str, Any]) -> Iterator[str]:
    yield f"| Next limit | of | {words.unit(summary)} |"
    yield "|---|---|---:|"
    for row in summary["next_limits"]:
        yield f"| {row['label']} | `{row['component']}` | {numbers.count(row['holds_users'])} |"
    yield ""


def _faults(summary: dict[str, Any]) -> Iterator[str]:
    rows, unit = summary.get("faults", ()), summary["holds_users"]["unit"]
    if not rows:
        return
    yield "| What if it breaks | Lost | Late | Well again | Such a day holds |"
    yield "|---|---|---|---|---|"
    for row in rows:
        cells = (faults.lost(row), faults.late(row), faults.well(row), faults.holds(row, unit))
        yield f"| {faults.title(row)} | {' | '.join(cells)} |"
    yield ""


def _bill(summary: dict[str, Any]) -> Iterator[str]:
    cost = summary["cost"]
    yield f"<details><summary>{words.bill_at_asked(summary)}</summary>"
    yield ""
    yield "| Line | of | Quantity | $ a month |"
    yield "|---|---|---:|---:|"
    for line in (*cost["lines"], *cost["not_priced"]):
        quantity = f"{numbers.amount(line['quantity'])} {line['unit']}"
        price = (
            numbers.money(line["monthly_usd"]) if line["monthly_usd"] is not None else "no price"
        )
        yield f"| {line['name']} | `{line['component']}` | {quantity} | {price} |"
    yield ""
    yield from filter(None, [words.old_facts(summary)])
    yield "</details>"
    yield ""


def _sizes(summary: dict[str, Any]) -> Iterator[str]:
    yield "<details><summary>From 1,000 to 10 million users</summary>"
    yield ""
    yield "| Users | Peak req/s | p95 | Refused | $ a month | |"
    yield "|---:|---:|---:|---:|---:|---|"
    for row in summary["curve"]:
        note = "holds" if row["holds"] else "with limits raised"
        yield (
            f"| {row['users']:,.0f} | {numbers.amount(row['peak_rps'])} | "
            f"{numbers.milliseconds(row['p95_ms'])} | {numbers.percent(row['refused_share'])} | "
            f"{numbers.money(row['monthly_usd'])} | {note} |"
        )
    yield ""
    yield "</details>"
