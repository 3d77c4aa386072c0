"""What a scenario makes of its users: requests a second, with formulas to check by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from apps.engine.inputs import Inputs, entries_with
from apps.engine.traffic.arrivals import DAY_S, Arrivals, arrivals
from apps.engine.traffic.habits import Habits, habits_of
from apps.engine.traffic.population import daily_users
from apps.engine.traffic.scenario import Event, Scenario, seconds_of

_UNIT_WORDS = {
    "monthly_active": "monthly users",
    "seats": "seats",
    "registered": "registered users",
    "concurrent": "users at once",
    "requests_per_month": "requests a month",
}


@dataclass(frozen=True, slots=True)
class Formula:
    """One step from users to requests: what comes out, and the arithmetic."""

    label: str
    value: float
    unit: str
    arithmetic: str


@dataclass(frozen=True, slots=True)
class EntryLoad:
    """What comes in at one source of events."""

    component: str
    faces_users: bool
    peak_rps: float
    per_day: float


@dataclass(frozen=True, slots=True)
class Load:
    """The load of a scenario at its own size."""

    daily_users: float
    concurrent: float
    peak_rps: float
    peak_at_s: float
    requests_per_day: float
    requests_per_month: float
    formulas: tuple[Formula, ...]
    entries: tuple[EntryLoad, ...]


def load_of(inputs: Inputs) -> Load:
    """Return the load that a design's scenario makes, from expected values."""
    scenario = inputs.scenario
    habits = habits_of(scenario, {})
    rates = arrivals(scenario, habits, entries_with(inputs, {}))
    per_user = float(sum(item.per_user.sum() for item in rates if item.entry.faces_users))
    daily = daily_users(scenario, habits, per_user)
    total = np.zeros(1440)
    for item in rates:
        total += item.rate(daily).reshape(-1, 60).mean(axis=1)
    minute = int(total.argmax())
    a_day = float(total.sum()) * 60.0
    visits = daily * habits.visits * habits.busiest_share / 3600.0
    return Load(
        daily_users=daily,
        concurrent=visits * habits.minutes * 60.0,
        peak_rps=float(total[minute]),
        peak_at_s=60.0 * minute,
        requests_per_day=a_day,
        requests_per_month=a_day * habits.month_days,
        formulas=(
            *_formulas(inputs, habits, daily, visits),
            _busiest_minute(inputs, habits, daily, minute, float(total[minute])),
        ),
        entries=_entries(rates, daily, minute),
    )


def _entries(rates: Sequence[Arrivals], daily: float, minute: int) -> tuple[EntryLoad, ...]:
    span = slice(60 * minute, 60 * minute + 60)
    found = [
        EntryLoad(
            item.entry.component,
            item.entry.faces_users,
            float(item.rate(daily)[span].mean()),
            float(item.rate(daily).sum()),
        )
        for item in rates
    ]
    return tuple(sorted(found, key=lambda entry: (-entry.peak_rps, entry.component)))


def _formulas(inputs: Inputs, habits: Habits, daily: float, visits: float) -> Iterator[Formula]:
    yield from _people(inputs.scenario, habits, daily)
    # Where no entry faces people, only events are counted; the entries say how many.
    if any(entry.faces_users for entry in inputs.entries):
        yield from _visits(inputs.scenario, habits, daily, visits)


def _visits(scenario: Scenario, habits: Habits, daily: float, visits: float) -> Iterator[Formula]:
    share, each = _n(100.0 * habits.busiest_share), _requests_per_visit(scenario, habits)
    yield Formula(
        "Visits in the busiest hour",
        visits,
        "visits/s",
        f"{_n(daily)} daily users × {_n(habits.visits)} visits × {share}% ÷ 3,600 s",
    )
    yield Formula(
        "Requests that people make then",
        visits * each,
        "req/s",
        f"{_n(visits)} visits/s × {_n(each)} requests a visit",
    )
    if habits.bots_per_request:
        yield _bots(habits, daily * habits.visits * each)
    yield Formula(
        "Users at once",
        visits * habits.minutes * 60.0,
        "users",
        f"{_n(visits)} visits/s × {_n(habits.minutes)} min × 60",
    )


def _bots(habits: Habits, requests_per_day: float) -> Formula:
    return Formula(
        "Requests of bots, all day",
        habits.bots_per_request * requests_per_day / DAY_S,
        "req/s",
        f"{_n(habits.bots_per_request)} for each of {_n(requests_per_day)} requests of people, "
        "over 86,400 s",
    )


def _busiest_minute(
    inputs: Inputs, habits: Habits, daily: float, minute: int, peak_rps: float
) -> Formula:
    """Return the peak; with its arithmetic where people and bots alone make it."""
    scenario = inputs.scenario
    label = f"Busiest minute, at {minute // 60:02d}:{minute % 60:02d}"
    if not all(entry.faces_users for entry in inputs.entries) or scenario.devices:
        return Formula(label, peak_rps, "req/s", "all sources together")
    each = daily * habits.visits * _requests_per_visit(scenario, habits)
    people, bots = each * habits.busiest_share / 3600.0, habits.bots_per_request * each / DAY_S
    arithmetic = f"{_n(people)} req/s × {_n(scenario.day.minute_peak_factor)}"
    rushes = [event for event in scenario.events if _is_full(event, minute)]
    arithmetic += "".join(f" × {_n(event.factor or 1.0)} ({event.name})" for event in rushes)
    if bots:
        arithmetic += f" + {_n(bots)}"
    if len(rushes) < len(scenario.events):
        arithmetic += ", and the other events of the day"
    return Formula(label, peak_rps, "req/s", arithmetic)


def _is_full(event: Event, minute: int) -> bool:
    """Say whether a rush is at its height in the whole of a minute."""
    if event.factor is None:
        return False
    rises = seconds_of(event.at, "The event") + event.ramp_s
    return rises <= 60 * minute and 60 * (minute + 1) <= rises + event.hold_s


def _people(scenario: Scenario, habits: Habits, daily: float) -> Iterator[Formula]:
    people = scenario.population
    known = f"{_n(people.value)} {_UNIT_WORDS.get(people.unit, '')}"
    share = _n(100.0 * habits.daily_per_monthly)
    arithmetic = {
        "monthly_active": f"{known} × {share}% of them on a day",
        "seats": f"{known} × {share}% of them on a day",
        "registered": f"{known} × {_n(100.0 * habits.monthly_per_registered)}% a month × {share}% "
        "of those on a day",
        "concurrent": f"{known} × 60 ÷ ({_n(habits.visits)} visits × "
        f"{_n(100.0 * habits.busiest_share)}% × {_n(habits.minutes)} min)",
        "requests_per_month": f"{known} ÷ {_n(habits.month_days)} busy days ÷ requests of a user",
    }.get(people.unit)
    if arithmetic:
        yield Formula("Daily users", daily, "users", arithmetic)


def _requests_per_visit(scenario: Scenario, habits: Habits) -> float:
    """Return requests of people for one visit, as the actions say or the preset assumes."""
    if not scenario.actions:
        return habits.requests_per_visit
    return sum(
        action.requests
        * (
            action.per_user_day / habits.visits
            if action.per_user_day is not None
            else action.per_visit or 0.0
        )
        for action in scenario.actions
    )


def _n(value: float) -> str:
    """Return a number as a formula prints it: three digits, whole from a thousand on."""
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.3g}"
