"""A forecast for the terminal: the twelve things that a team asks, in their order."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from apps.forecasts.baseline import Baseline
from apps.forecasts.rendering import comparison, faults, numbers, words

WIDTH = 80
_LABEL = 14
_NOT_DRAWN = "not drawn"
_MOST_CHANGES = 12
_MOST_LIMITS, _MOST_DRIVERS, _MOST_LINES, _MOST_WARNINGS = 5, 3, 3, 5


def as_text(
    summary: dict[str, Any],
    places: Mapping[str, str] = {},
    baseline: Baseline | None = None,
    changes: Sequence[str] | None = None,
) -> str:
    """Return the verdict and what it rests on, at most 80 columns wide.

    `places` says where the template defines a component, as file and line; `changes` what
    differs from the baseline.
    """
    first = summary["first_limit"]
    parts = [
        *_verdict(summary, places),
        "",
        *_against(summary, baseline, changes),
        *_section("Why", [*(first["why"] if first else ()), words.check(summary)]),
        *_section("Today", [_today(summary)]),
        *_section("Next limits", _next(summary)),
        *_section("One change", [words.fix(summary)]),
        *_section("How it fails", [words.failure(summary)]),
        *_section("If it breaks", faults.sentences(summary)),
        *_section("Cost", _cost(summary)),
        *_section("Latency", [words.latency(summary)]),
        *_section("Moves it most", map(words.driver, summary["drivers"][:_MOST_DRIVERS])),
        *_section("Moves the cost", map(words.cost_driver, _cost_drivers(summary))),
        *_section("Not modelled", _unknown(summary)),
        *_section("Warnings", summary["warnings"][:_MOST_WARNINGS]),
        *_section("Rests on", _grounds(summary)),
        "",
        *_curve(summary),
    ]
    return "\n".join(parts)


def _verdict(summary: dict[str, Any], places: Mapping[str, str]) -> Iterator[str]:
    sentences = (
        *words.missed(summary),
        words.headline(summary),
        words.first_limit(summary, places),
        *summary["grows_without_end"],
        f"{words.equivalents(summary)} {words.headroom(summary)}".strip(),
    )
    for sentence in sentences:
        yield from textwrap.wrap(sentence, WIDTH)


def _against(
    summary: dict[str, Any], baseline: Baseline | None, changes: Sequence[str] | None
) -> Iterator[str]:
    if baseline is None:
        return
    rows = comparison.rows(baseline, summary)
    lines = [f"{row.name}: {row.before} → {row.after} ({row.verdict})" for row in rows]
    yield from _section("Before → now", [*lines, *comparison.notes(baseline, summary)])
    known = ["the baseline does not say what it is made of"] if changes is None else changes
    more = [f"and {len(known) - _MOST_CHANGES} more"] if len(known) > _MOST_CHANGES else []
    shown = [*known[:_MOST_CHANGES], *more] or ["nothing that Headroom sees in the design"]
    yield from _section("What changed", shown)


def _section(label: str, sentences: Any) -> Iterator[str]:
    """Yield a label with its sentences beside it, wrapped."""
    indent = " " * (_LABEL + 2)
    head = label.ljust(_LABEL + 2)
    for sentence in sentences:
        if not sentence:
            continue
        lines = textwrap.wrap(sentence, WIDTH, initial_indent=head, subsequent_indent=indent)
        yield from lines
        head = indent


def _today(summary: dict[str, Any]) -> str:
    today = summary["today"]
    source = "as you measured" if today["is_measured"] else "at the size asked for"
    rows = [
        f"{row['component']} {row['label']} {numbers.percent(row['use'])}"
        for row in today["limits"][:3]
    ]
    minute = numbers.amount(today["requests_per_minute"])
    return f"{minute} requests in the busiest minute, {source}: {', '.join(rows)}."


def _next(summary: dict[str, Any]) -> Iterator[str]:
    for row in summary["next_limits"][:_MOST_LIMITS]:
        yield f"{numbers.count(row['holds_users']):>8}  {row['component']}: {row['label']}"


def _cost(summary: dict[str, Any]) -> Iterator[str]:
    cost = summary["cost"]
    yield " ".join(words.cost(summary))
    lines = sorted(cost["lines"], key=lambda line: -line["monthly_usd"])
    largest = [
        f"{line['component']} {line['name']} {numbers.money(line['monthly_usd'])}"
        for line in lines[:_MOST_LINES]
    ]
    if largest:
        yield f"Largest: {'; '.join(largest)}."
    drawn = ("not drawn", "Logs", "Data transfer", "Transfer")
    extra = [x for x in lines if x["component"] == _NOT_DRAWN or x["name"].startswith(drawn)]
    if extra:
        total = sum(line["monthly_usd"] for line in extra)
        yield f"Seldom drawn (way out of the VPC, logs, transfer): {numbers.money(total)}."
    yield from _shape(cost)
    if cost["not_priced"]:
        names = ", ".join(f"{x['component']} {x['name']}" for x in cost["not_priced"][:4])
        yield f"No price in this Region's book: {names}."


def _cost_drivers(summary: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = summary["cost"]["drivers"]
    return rows[:_MOST_DRIVERS]


def _shape(cost: dict[str, Any]) -> Iterator[str]:
    """Yield what stands still, what idles, and the other way that would save most."""
    idle = sum(row["monthly_usd"] for row in cost["idle"])
    yield (
        f"{numbers.money(cost['fixed_usd'])} stand still without users, "
        f"{numbers.money(idle)} of it idle."
        if idle
        else f"{numbers.money(cost['fixed_usd'])} stand still without users."
    )
    saving = [row for row in cost["break_evens"] if row["other_usd"] < row["now_usd"]]
    if saving:
        best = max(saving, key=lambda row: row["now_usd"] - row["other_usd"])
        where = "Way out of the VPC" if best["component"] == _NOT_DRAWN else best["component"]
        yield (
            f"{where}: {best['other']} in place of {best['now']} would cost "
            f"{numbers.money(best['other_usd'])} a month, not {numbers.money(best['now_usd'])}."
        )


def _unknown(summary: dict[str, Any]) -> Iterator[str]:
    rows, unknown = summary["not_modelled"], summary.get("unknown_limits", [])
    if unknown:
        yield f"Limits that nobody knows here: {', '.join(unknown[:8])}."
    if not rows:
        yield "nothing: every resource that carries load is modelled."
        return
    names = ", ".join(f"{row['id']} ({row['type'] or row['id']})" for row in rows[:6])
    more = f" and {len(rows) - 6} more" if len(rows) > 6 else ""
    yield f"{len(rows)}: {names}{more}. Numbers behind them are at best."


def _warnings(summary: dict[str, Any]) -> Iterator[str]:
    rows = summary["warnings"]
    yield from rows[:_MOST_WARNINGS]
    if len(rows) > _MOST_WARNINGS:
        yield f"and {len(rows) - _MOST_WARNINGS} more; describe lists them."


def _grounds(summary: dict[str, Any]) -> Iterator[str]:
    targets = summary["targets"]
    yield (
        f"in every window of {targets['window_s']:.0f} s at most "
        f"{numbers.percent(targets['refused_share'])} refused, no dead letter, "
        f"queues at most {targets['queue_age_s'] / 60:.0f} min old."
    )
    yield words.ranges(summary)
    yield words.facts(summary)
    yield words.old_facts(summary)
    account = summary["account"]
    if account["lambda_concurrency"] is None:
        yield (
            "Account quotas are AWS's defaults; new accounts may have 10 concurrent "
            "executions: aws lambda get-account-settings"
        )


def _curve(summary: dict[str, Any]) -> Iterator[str]:
    yield f"{'users':>11} {'peak req/s':>11} {'p95':>10} {'refused':>9} {'$ a month':>12}"
    for row in summary["curve"]:
        p95 = numbers.milliseconds(row["p95_ms"]) if row["p95_ms"] is not None else "no value"
        cost = numbers.money(row["monthly_usd"])
        note = "" if row["holds"] else "  with limits raised"
        yield (
            f"{row['users']:>11,.0f} {numbers.amount(row['peak_rps']):>11} {p95:>10} "
            f"{numbers.percent(row['refused_share']):>9} {cost:>12}{note}"
        )
