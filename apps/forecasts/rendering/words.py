"""Sentences of a verdict, the same in the terminal and in a review."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.forecasts.presenting.cost import cost_points
from apps.forecasts.presenting.digits import between
from apps.forecasts.presenting.names import input_words
from apps.forecasts.rendering.numbers import amount, count, milliseconds, money, percent
from apps.forecasts.user_units import UNITS, unit_words

# Of old facts so many are named.
_MOST_OLD = 3


def unit(summary: dict[str, Any]) -> str:
    return unit_words(summary["holds_users"]["unit"])


def headline(summary: dict[str, Any]) -> str:
    """Return the verdict as one sentence, with its range."""
    holds = summary["holds_users"]
    if holds["expected"] is None:
        return f"Holds {count(holds['limit_beyond'])} {unit(summary)} and more: nothing binds."
    high = "beyond 100M" if holds["high"] is None else count(holds["high"])
    return (
        f"Holds about {count(holds['expected'])} {unit(summary)} ({count(holds['low'])} to {high})."
    )


def equivalents(summary: dict[str, Any]) -> str:
    """Return the same number in the other units, and as requests a second."""
    holds = summary["holds_users"]
    if holds["expected"] is None:
        return ""
    found = holds["equivalents"]
    others = [f"{count(found[k])} {UNITS[k]}" for k in UNITS if k in found and k != holds["unit"]]
    same = f"{', '.join(others[:-1])} or {others[-1]}"
    return f"The same as {same}: {amount(found['peak_rps'])} req/s in the busiest minute."


def headroom(summary: dict[str, Any]) -> str:
    """Return how often the users that were asked for fit."""
    share, asked = summary["headroom"]["expected"], count(summary["asked_users"])
    if share is None:
        return ""
    if share < 1.0:
        return f"The {asked} asked for do not fit: headroom is {amount(share)}×."
    return f"The {asked} asked for fit {amount(share)} times."


def first_limit(summary: dict[str, Any], places: Mapping[str, str] = {}) -> str:
    """Return what ends it, where and when, as one sentence."""
    first = summary["first_limit"]
    if first is None:
        return "No limit was met."
    used = f"{amount(first['used'])} of {amount(first['of'])} {first['unit']}"
    place = places.get(first["component"])
    name = f"{first['component']} ({place})" if place else first["component"]
    return f"First limit: {first['label']} of {name}, {used}, at {first['at']}."


def check(summary: dict[str, Any]) -> str:
    """Return the command that shows the limit as AWS has it."""
    first = summary["first_limit"]
    return f"Check it: {first['check_command']}" if first and first["check_command"] else ""


def bill_at_asked(summary: dict[str, Any]) -> str:
    """Return a month's bill at the asked size, and on what condition."""
    bill, holds = summary["cost"], summary["holds_users"]["expected"]
    least = "" if bill["is_complete"] else "at least "
    is_held = holds is None or summary["asked_users"] <= holds
    condition = "" if is_held else ", if the limits were raised"
    asked = f"{count(summary['asked_users'])} {unit(summary)}"
    return f"{least}{money(bill['monthly_usd'])} a month at {asked}{condition}"


def cost(summary: dict[str, Any]) -> list[str]:
    """Return a month's bill at the asked size, and at the most users."""
    bill, holds = summary["cost"], summary["holds_users"]["expected"]
    least = "" if bill["is_complete"] else "at least "
    sentences = [f"{bill_at_asked(summary)} ({money(bill['low'])} to {money(bill['high'])})."]
    if bill["per_1000_requests_usd"] is not None:
        sentences.append(f"{money(bill['per_1000_requests_usd'])} per 1,000 requests.")
    most = between(cost_points(summary), holds) if holds else None
    if holds and most is not None:
        sentences.append(f"{least}{money(most)} a month at the {count(holds)} that it holds.")
    return sentences


def latency(summary: dict[str, Any]) -> str:
    found, holds = summary["latency_ms"], summary["holds_users"]["expected"]
    if found["p95"] is None:
        is_full = holds is not None and holds < summary["asked_users"]
        why = "it does not hold the users asked for" if is_full else "nobody waits for an answer"
        return f"no value: {why}."
    return (
        f"p50 {milliseconds(found['p50'])}, p95 {milliseconds(found['p95'])}, "
        f"p99 {milliseconds(found['p99'])}; {milliseconds(found['p95_as_met'])} at p95 as the "
        f"user meets it; {percent(summary['cold_start_share'])} cold starts."
    )


def ranges(summary: dict[str, Any]) -> str:
    """Return what low and high are, and of how many samples."""
    samples = summary["samples"]
    if not summary["assumptions"]:
        return ""
    of = "" if samples["count"] == samples["asked"] else f" of {samples['asked']:,} asked for"
    return (
        f"low and high are P10 and P90 of {samples['count']:,} joint samples{of}, "
        f"seed {samples['seed']}."
    )


def cost_driver(row: Mapping[str, Any]) -> str:
    """Return an assumption with a month's bill at both ends of it."""
    return (
        f"{row['owner']}: {input_words(row['name'])}, assumed {_with_unit(row, 'assumed')} "
        f"({amount(row['low'])} to {amount(row['high'])}): {money(row['usd_at_low'])} to "
        f"{money(row['usd_at_high'])} a month."
    )


def _with_unit(row: Mapping[str, Any], name: str) -> str:
    return f"{amount(row[name])} {row['unit']}".strip()


def driver(row: Mapping[str, Any]) -> str:
    """Return an assumption with the verdict at both ends of it."""
    return (
        f"{row['owner']}: {input_words(row['name'])}, assumed {_with_unit(row, 'assumed')} "
        f"({amount(row['low'])} to {amount(row['high'])}): holds {count(row['holds_at_low'])} to "
        f"{count(row['holds_at_high'])}."
    )


def facts(summary: dict[str, Any]) -> str:
    """Return which facts were used, and how old their prices are."""
    dates = sorted(line["source_date"] for line in summary["cost"]["lines"] if line["source_date"])
    read = f", prices read {dates[0]} to {dates[-1]}" if dates else ""
    version = summary["facts_version"][:12]
    return (
        f"{len(summary['assumptions'])} assumptions; facts {version} of {summary['region']}{read}."
    )


def old_facts(summary: dict[str, Any]) -> str:
    """Return how many prices and quotas may have changed since they were read, and which."""
    rows = summary.get("old_facts", ())
    if not rows:
        return ""
    names = ", ".join(f"{row['fact']} ({_dated(row)})" for row in rows[:_MOST_OLD])
    more = f" and {len(rows) - _MOST_OLD} more" if len(rows) > _MOST_OLD else ""
    what = "1 price or quota is" if len(rows) == 1 else f"{len(rows)} prices and quotas are"
    return f"{what} older than 180 days or without a date: {names}{more}."


def _dated(row: dict[str, Any]) -> str:
    # Behind a date stands where the page was copied from.
    return row["source_date"].partition(" (")[0] if row["age_days"] is not None else "no date"


def failure(summary: dict[str, Any]) -> str:
    """Return how it fails beyond that, and whether it comes back by itself."""
    how = summary["failure"]
    back = {
        True: "It recovers by itself once the rush is over.",
        False: "It does not recover by itself: work is still waiting at the end of the day.",
        None: "",
    }[how["recovers"]]
    if (how.get("branches") or {}).get("is_bistable"):
        back += (
            " After an overload it stays down on a load that it otherwise holds, until that load "
            "goes away."
        )
    return f"Beyond it: {how['effect']}. {back}".strip() if how["effect"] else back.strip()


def fix(summary: dict[str, Any]) -> str:
    """Return what one change buys."""
    change = summary["fix"]
    if change is None:
        return ""
    if change["holds_users"] is None:
        return f"{change['remedy']} No further limit follows below 100M."
    return (
        f"{change['remedy']} Then about {count(change['holds_users'])} {unit(summary)}, "
        f"until {change['next_label']} of {change['next_component']}."
    )


def missed(summary: dict[str, Any]) -> list[str]:
    """Return the targets that a single user already misses."""
    sentences = []
    for row in summary["missed_targets"]:
        is_share = row["target"] == "refused_share"
        value = percent(row["value"]) if is_share else f"{amount(row['value'])} {row['unit']}"
        allowed = percent(row["allowed"]) if is_share else f"{amount(row['allowed'])} {row['unit']}"
        sentences.append(
            f"{row['component']} misses a target with a single user: {row['label']} is {value}, "
            f"asked are {allowed}. The number of users is that of the other limits."
        )
    return sentences
