"""What if it breaks, in sentences: the same in the terminal, in a review and on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from apps.forecasts.rendering.numbers import amount, count, milliseconds, percent
from apps.forecasts.user_units import unit_words

Row = Mapping[str, Any]
Name = Callable[[str], str]
# A day that holds fewer users than this holds no application.
FEW = 10.0


def title(row: Row, name: Name = str) -> str:
    """Return what breaks and when: "Orders is 5 times slower, 14:00 to 14:20"."""
    where = name(row["component"]) if row["component"] else ""
    until = f", {row['at']} to {row['until']}" if row["until"] else f", from {row['at']}"
    times, fleet = amount(row["factor"]), f"{where} starts" if where else "All functions start"
    zone = f"{where} loses its zone" if where else "A zone is lost"
    messages = "message" if row["factor"] == 1 else "messages"
    return {
        "slow": f"{where} is {times} times slower{until}",
        "down": f"{where} is down{until}",
        "zone": f"{zone}{until}",
        "instance": f"{where} loses an instance{until}",
        "poison": f"{times} poisoned {messages} in {where}{until}",
        "cold_fleet": f"{fleet} cold at {row['at']}",
        "retry_storm": f"{where} is down and everybody tries {times} times{until}",
    }[row["kind"]]


def lost(row: Row, name: Name = str) -> str:
    """Return what was lost that the same day keeps without the fault."""
    what = row["lost"]
    parts = []
    if what["requests"]:
        entries = _names(what["entries"], name)
        parts.append(
            f"{count(what['requests'])} requests at {entries}, {percent(what['share'])} of those "
            "that came meanwhile"
        )
    if what["messages"]:
        number = count(what["messages"])
        word = "message" if number == "1" else "messages"
        parts.append(f"{number} {word} of {_names(what['queues'], name)}")
    return "; ".join(parts) or "Nothing"


def late(row: Row, name: Name = str) -> str:
    """Return what was late, beside the same day without the fault."""
    parts = [
        f"{name(found['component'])}: p95 {milliseconds(found['value'])} "
        f"instead of {milliseconds(found['without'])}"
        for found in row["late"]["p95_ms"][:2]
    ]
    parts += [
        f"{name(found['component'])}: messages up to {_span(found['value'])} old"
        for found in row["late"]["queue_age_s"][:2]
    ]
    if row["cold_starts"] >= 1.0:
        parts.append(f"{count(row['cold_starts'])} more cold starts")
    return "; ".join(parts) or "Nothing"


def well(row: Row) -> str:
    """Return when all targets hold again."""
    if row["unwell_from"] is None:
        return "No target is missed"
    if not row["is_well_by_end"]:
        return "Not by the end of the day"
    return f"At {row['well_again_at']}, after {_span(60.0 * row['unwell_minutes'])}"


def holds(row: Row, unit: str) -> str:
    """Return how many users such a day holds, in the unit of the scenario."""
    users = row["holds_users"]
    if users is None:
        return "No limit met"
    if users < FEW:
        return "At no size"
    return f"About {count(users)} {unit_words(unit)}"


def sentences(summary: Mapping[str, Any]) -> Iterator[str]:
    """Yield one paragraph for each fault of a forecast."""
    for row in summary.get("faults", ()):
        held = holds(row, summary["holds_users"]["unit"])
        yield (
            f"{title(row)}. Lost: {_low(lost(row))}. Late: {_low(late(row))}. "
            f"Well again: {_low(well(row))}. Such a day holds: {_low(held)}."
        )


def _low(text: str) -> str:
    """Return a sentence as the middle of one, unless it begins with a name."""
    first = text.split(" ", 1)[0]
    is_word = first in ("Nothing", "No", "Not", "At", "About")
    return text[0].lower() + text[1:] if is_word else text


def _names(rows: list[Mapping[str, Any]], name: Name) -> str:
    shown = [name(row["component"]) for row in rows[:3]]
    return ", ".join(shown) + (" and others" if len(rows) > 3 else "")


def _span(seconds: float) -> str:
    if seconds < 120.0:
        return f"{amount(seconds)} s"
    return f"{amount(seconds / 60.0)} min" if seconds < 7200.0 else f"{amount(seconds / 3600.0)} h"
