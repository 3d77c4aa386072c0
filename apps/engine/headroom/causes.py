"""The chain of causes behind a limit, in words and numbers that can be redone on paper."""

from __future__ import annotations

from dataclasses import dataclass

from apps.engine.fluid.model import Gauge, Model
from apps.engine.headroom.case import Case
from apps.engine.headroom.search import Found, GaugeKey, Probe
from apps.engine.stages.credits import Credits
from apps.engine.stages.pool import Pool
from apps.engine.stages.queue import Queue
from apps.engine.stages.room import Room

# A limit at least this full when the design breaks is what broke it.
_FULL = 0.75
_MOST_NAMES = 4


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


def clock(minute: int) -> str:
    """Return a minute of the day as HH:MM."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def number(value: float) -> str:
    """Return a number as a person writes it on paper: three digits, no exponent."""
    if value >= 1000.0:
        value = float(f"{value:.3g}")
    if value >= 100.0 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


def breaking_gauge(found: Found) -> Gauge | None:
    """Return the limit that the design broke at; None for a bare target.

    It is the fullest of those that refused something. A queue that gave messages up is not the
    cause while something behind it refused; saved credits above their rate refuse nothing.
    """
    probe = found.breaks or found.holds
    if probe is None or not probe.fullness:
        return None
    refusing = [key for key in probe.refusing if not _is_queue(found.gauges[key])]
    calm = [key for key in probe.fullness if not _is_credit(found.gauges[key])]
    candidates = refusing or calm or list(probe.fullness)
    key = max(candidates, key=lambda k: (probe.fullness[k], k))
    if found.breaks is not None and not refusing and probe.fullness[key] < _FULL:
        return None
    return found.gauges[key]


def _is_queue(gauge: Gauge) -> bool:
    return isinstance(gauge.placed.stage, Queue)


def _is_credit(gauge: Gauge) -> bool:
    return isinstance(gauge.placed.stage, Credits)


def first_limit(case: Case, found: Found) -> FirstLimit | None:
    """Return the first limit of a design with its causes; None where a design has no limit."""
    gauge = breaking_gauge(found)
    probe = found.holds or found.breaks
    if probe is None:
        return None
    if gauge is not None:
        return _of_gauge(case, found, gauge, probe)
    return _of_target(case, found, probe) if found.breaks is not None else None


def _of_gauge(case: Case, found: Found, gauge: Gauge, probe: Probe) -> FirstLimit:
    limit, minute = gauge.limit, probe.peaks[gauge.key]
    used = probe.uses[gauge.key] * limit.capacity
    model = _state_at(case, probe.daily_users, minute)
    why = [
        *traffic_causes(case, probe.daily_users),
        *gauge_causes(model, gauge, used),
        f"{number(used)} of {number(limit.capacity)} {limit.unit} at {clock(minute)}"
        + _room(gauge),
    ]
    violation = found.breaks.violation if found.breaks else None
    return FirstLimit(
        component=gauge.component,
        limit=limit.id,
        label=limit.label,
        unit=limit.unit,
        at=clock(minute),
        used=used,
        of=limit.capacity,
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
    "queue_age_s": ("age of the oldest message", "s", "Messages are handled late."),
    "dead_letters": ("dead letters", "messages", "Messages end in the dead-letter queue."),
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
        remedy="Shorten the slowest step of the path, or change the target.",
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


def _state_at(case: Case, daily_users: float, minute: int) -> Model:
    model, _ = case.run(daily_users, minutes=range(max(0, minute - 9), minute + 1))
    return model


def traffic_causes(case: Case, daily_users: float) -> list[str]:
    """Return how users become requests a second at the busiest minute."""
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


def gauge_causes(model: Model, gauge: Gauge, used: float) -> list[str]:
    """Return what adds up to what is used: who holds it, or how often it is asked how much."""
    port, v = gauge.placed.port, model.v
    if port.holds and gauge.limit.gauge in ("quota", "connections"):
        parts = []
        by_slot = {p.port.wanted: p for p in model.placed}
        by_slot |= {p.port.kept: p for p in model.placed} | {p.port.held: p for p in model.placed}
        for hold in sorted(port.holds, key=lambda h: -v[h.slot] * h.factor):
            holder = by_slot[hold.slot]
            parts.append(_holder(holder.component, v[hold.slot], hold.factor, holder, model))
        shown = parts[:_MOST_NAMES]
        if len(parts) > _MOST_NAMES:
            shown.append(f"{len(parts) - _MOST_NAMES} more")
        return [" + ".join(shown) + "."]
    if isinstance(gauge.placed.stage, Room):
        return [storage_cause(gauge.placed.stage, v[port.own])]
    if isinstance(gauge.placed.stage, Pool) and gauge.limit.gauge == "concurrency":
        lasts = v[port.response]
        rate = number(used / lasts) if lasts else "0"
        return [f"{rate} requests/s × {number(lasts)} s = {number(used)} at once."]
    return []


def storage_cause(room: Room, daily_users: float) -> str:
    """Return what adds up to what is stored at the end of the horizon."""
    grown = room.gb_per_user * daily_users
    left = f"{number(grown)} GB that {number(daily_users)} daily users leave"
    text = f"{number(room.stored_gb)} GB now + {left} in {number(room.keep_days)} days"
    return f"{text} = {number(room.gb_at(daily_users))} GB."


def full_after_days(gauge: Gauge, daily_users: float) -> float | None:
    """Return the day on which so many users have filled a store; None where they never do."""
    stage = gauge.placed.stage
    return stage.full_after_days(daily_users) if isinstance(stage, Room) else None


def _holder(component: str, amount: float, factor: float, item: object, model: Model) -> str:
    text = f"{component} {number(amount)}"
    return text if factor == 1.0 else f"{text} × {number(factor)}"
