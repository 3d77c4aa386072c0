"""The chain of causes behind a limit, in words and numbers that can be redone on paper."""

from __future__ import annotations

from dataclasses import dataclass

from apps.engine.fluid.model import Gauge
from apps.engine.headroom.arithmetic import arithmetic, clock, number
from apps.engine.headroom.case import Case
from apps.engine.headroom.culprit import breaking_gauge
from apps.engine.headroom.judge import Judge
from apps.engine.headroom.moment import moment_of
from apps.engine.headroom.search import Found, GaugeKey, Probe


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLimit:
    """What ends the number of users, and how it comes about."""

    component: str
    limit: str
    label: str
    unit: str
    at: str
    used: float
    of: float
    effect: str
    remedy: str
    check_command: str
    source_url: str
    why: tuple[str, ...]
    target: str
    gauge: GaugeKey | None
    confidence: float = 1.0


def first_limit(case: Case, judge: Judge, found: Found) -> FirstLimit | None:
    """Return the first limit of a design with its causes; None where a design has no limit.

    Parameters
    ----------
    case : Case
        The design, and the values in force.
    judge : Judge
        The targets.
    found : Found
        The bracket of its most users.

    Returns
    -------
    FirstLimit or None
        Use and limit in the limit's unit, and how users become that use.
    """
    gauge = breaking_gauge(case, judge, found)
    probe = found.holds or found.breaks
    if probe is None:
        return None
    if gauge is not None:
        return _of_gauge(case, found, gauge, probe)
    return _of_target(case, found, probe) if found.breaks is not None else None


def _of_gauge(case: Case, found: Found, gauge: Gauge, probe: Probe) -> FirstLimit:
    seen = moment_of(case, found, gauge, probe)
    limit, used = gauge.limit, seen.used
    why = [
        *traffic_causes(case, probe.daily_users),
        *arithmetic(seen.model, gauge, used),
        f"{number(used)} of {number(seen.of)} {limit.unit} at {clock(seen.minute)}" + _room(gauge),
    ]
    violation = found.breaks.violation if found.breaks else None
    return FirstLimit(
        component=gauge.component,
        limit=limit.id,
        label=limit.label,
        unit=limit.unit,
        at=clock(seen.minute),
        used=used,
        of=seen.of,
        effect=limit.effect,
        remedy=limit.remedy,
        check_command=limit.check_command,
        source_url=limit.source_url,
        why=tuple(why),
        target=violation.target if violation else "",
        gauge=gauge.key,
    )


def _room(gauge: Gauge) -> str:
    """Say why a group of things held at once refuses before all of them are taken."""
    if gauge.full >= 0.995:
        return "."
    busy = number(gauge.full * gauge.limit.capacity)
    return f"; with {busy} busy on average, one request in a thousand finds none free."


TARGETS = {
    "refused_share": ("refused requests", "share", "Some requests are refused or fail."),
    "p95_ms": ("p95 as the user meets it", "ms", "Users wait longer than the target."),
    "p99_ms": ("p99 as the user meets it", "ms", "Some users wait longer than the target."),
    "monthly_usd": ("cost of a month", "USD", "A month costs more than its cap."),
    "queue_age_s": ("age of the oldest message", "s", "Messages are handled late."),
    "dead_letters": ("dead letters", "messages", "Messages end in the dead-letter queue."),
}


def label_of(target: str) -> str:
    """Return how a target is called.

    Parameters
    ----------
    target : str
        A field of `Targets`.

    Returns
    -------
    str
        Words for the reader.
    """
    return TARGETS[target][0]


_REMEDIES = {
    "monthly_usd": "Make its costliest part cheaper for each request, or raise the cap.",
}


def _of_target(case: Case, found: Found, probe: Probe) -> FirstLimit:
    violation = found.breaks.violation if found.breaks else None
    if violation is None:
        raise ValueError("A design breaks at a target or at a limit.")
    label, unit, effect = TARGETS[violation.target]
    return FirstLimit(
        component=violation.component,
        limit=f"target.{violation.target}",
        label=label,
        unit=unit,
        at=clock(violation.minute),
        used=violation.value,
        of=violation.allowed,
        effect=effect,
        remedy=_REMEDIES.get(
            violation.target, "Shorten the slowest step of the path, or change the target."
        ),
        check_command="",
        source_url="",
        why=(
            *traffic_causes(case, probe.daily_users),
            f"{label}: {number(violation.value)} {unit} at {clock(violation.minute)}, "
            f"the target is {number(violation.allowed)} {unit}.",
        ),
        target=violation.target,
        gauge=None,
    )


def traffic_causes(case: Case, daily_users: float) -> list[str]:
    """Return how users become requests a second at the busiest minute.

    Parameters
    ----------
    case : Case
        The design, and the values in force.
    daily_users : float
        Users a day. [users/day]

    Returns
    -------
    list of str
        One sentence, whose numbers multiply.
    """
    habits, rates = case.habits, case.rates(daily_users)
    peak = rates.highest[rates.busiest_minute()]
    minute = clock(rates.busiest_minute())
    facing = [a for a in case.arrivals if a.entry.faces_users]
    if not facing:
        return [f"{number(daily_users)} daily users → {number(peak)} events/s at {minute}."]
    per_day = case.requests_per_user_day
    text = (
        f"{number(daily_users)} daily users × {number(per_day)} requests a day"
        f" (bots included), {100.0 * habits.busiest_share:.1f}% of people's in the busiest hour"
    )
    return [f"{text} → {number(peak)} req/s at {minute}."]
