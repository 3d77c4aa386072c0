"""Requests a second at every entry, second by second over the busiest planned day."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from apps.engine.catalog._schedule_expression import starts_of_day
from apps.engine.catalog.base import InvalidSetting
from apps.engine.stages.base import FloatArray
from apps.engine.traffic.habits import Habits
from apps.engine.traffic.reading import InvalidScenario
from apps.engine.traffic.scenario import Event, Partner, Scenario, seconds_of

DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Entry:
    """A source of requests: a component, the door they come in by, and who sends them.

    `per_user_day` is used where no action of the scenario names the entry; `ticks_per_day`
    are those of a schedule, whoever comes; where it `keeps_sockets`, messages come over them.
    """

    component: str
    role: str
    faces_users: bool
    per_user_day: float = 0.0
    ticks_per_day: float = 0.0
    keeps_sockets: bool = False


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Rates at one entry: those that grow with the daily users, and those that do not.

    `per_user` has shape (86400,) [1/s for one daily user], `fixed` likewise [1/s].
    """

    entry: Entry
    per_user: FloatArray
    fixed: FloatArray

    def rate(self, daily_users: float) -> FloatArray:
        """Return the requests of every second of the day.

        Parameters
        ----------
        daily_users : float
            Users a day. [users/day]

        Returns
        -------
        ndarray, shape (86400,)
            Requests a second. [1/s]
        """
        return self.per_user * daily_users + self.fixed


def arrivals(scenario: Scenario, habits: Habits, entries: Sequence[Entry]) -> tuple[Arrivals, ...]:
    """Return the rates of every entry.

    Parameters
    ----------
    scenario : Scenario
        Who comes.
    habits : Habits
        The numbers in force.
    entries : sequence of Entry
        Where they come in.

    Returns
    -------
    tuple of Arrivals
        In the order of `entries`.

    Notes
    -----
    visits/s in hour h = daily users × visits × share(h) / 3,600; requests/s of an entry =
    visits/s × requests per visit, with bots on top, the busiest minute of an hour raised by
    its factor, and the events of the day.
    """
    shape = _shape(scenario, habits)
    facing = [entry for entry in entries if entry.faces_users]
    people = {e.component: _daily_requests(scenario, habits, e, len(facing)) for e in entries}
    sockets = [entry.component for entry in entries if entry.keeps_sockets]
    result = []
    for entry in entries:
        crowd = _crowd(scenario, entry.component)
        talk = _live(scenario, habits) / len(sockets) if entry.component in sockets else 0.0
        per_user = shape * ((people[entry.component] + talk) / DAY_S) * crowd
        if entry.faces_users:
            per_user = per_user + _bots(scenario, habits, shape, people[entry.component])
        fixed = np.full(DAY_S, entry.ticks_per_day / DAY_S)
        per_user = per_user + _event_rates(scenario, habits, entry, facing)
        more, still = _machines(scenario, entry)
        result.append(Arrivals(entry, per_user + more, fixed + still))
    return tuple(result)


def _crowd(scenario: Scenario, component: str) -> FloatArray:
    """Return by how much the events of the day raise what people do at an entry. [-]"""
    crowd = np.ones(DAY_S)
    for event in scenario.events:
        if event.factor is not None and event.entry in ("", component):
            crowd *= 1.0 + (event.factor - 1.0) * _pulse(event)
    return crowd


def _daily_requests(scenario: Scenario, habits: Habits, entry: Entry, facing: int) -> float:
    """Return requests of one daily user at an entry in a day, without bots."""
    named = [a for a in scenario.actions if a.entry == entry.component]
    total = sum(
        a.per_user_day * a.requests
        if a.per_user_day is not None
        else habits.visits * (a.per_visit or 0.0) * a.requests
        for a in named
    )
    if named or not entry.faces_users:
        return total if named else entry.per_user_day
    anywhere = [a for a in scenario.actions if not a.entry]
    if scenario.actions and not anywhere:
        return 0.0
    if anywhere:
        spread = sum(
            a.per_user_day * a.requests
            if a.per_user_day is not None
            else habits.visits * (a.per_visit or 0.0) * a.requests
            for a in anywhere
        )
        return spread / facing
    return habits.visits * habits.requests_per_visit / facing


def _live(scenario: Scenario, habits: Habits) -> float:
    """Return messages of one daily user in a day, over what is kept open in the visits."""
    live = scenario.live
    return (
        habits.visits * habits.minutes * live.sockets_per_concurrent_user * live.messages_per_minute
    )


def _shape(scenario: Scenario, habits: Habits) -> FloatArray:
    """Return the day's curve with mean 1, shape (86400,)."""
    hours = np.asarray(habits.shares) * 24.0
    minutes = np.arange(1440)
    if scenario.day.interpolation == "step":
        curve = hours[minutes // 60]
    else:
        centre = minutes / 60.0 + 1.0 / 120.0 - 0.5
        curve = np.interp(centre, np.arange(-1, 25), np.concatenate((hours[-1:], hours, hours[:1])))
    if scenario.day.timezones:
        total = sum(zone.share for zone in scenario.day.timezones) or 1.0
        curve = np.asarray(
            sum(
                np.roll(curve, -round(zone.utc_offset * 60)) * zone.share
                for zone in scenario.day.timezones
            )
            / total
        )
    factor = scenario.day.minute_peak_factor
    ripple = np.where(minutes % 60 == 30, factor, (60.0 - factor) / 59.0)
    curve = curve * ripple
    return np.repeat(curve / curve.mean(), 60)


def _bots(scenario: Scenario, habits: Habits, shape: FloatArray, daily: float) -> FloatArray:
    rate = habits.bots_per_request * daily / DAY_S
    return shape * rate if scenario.bots.day == "like_users" else np.full(DAY_S, rate)


def _pulse(event: Event) -> FloatArray:
    """Return an event's course between 0 and 1: ramp, hold, decay. Shape (86400,)"""
    after = np.arange(DAY_S) + 0.5 - seconds_of(event.at, f"The event '{event.name}'")
    if not event.ramp_s and not event.hold_s and not event.decay_s:
        return np.where((after > 0.0) & (after < 1.0), 1.0, 0.0)  # All within one second.
    rise = np.clip(after / event.ramp_s, 0.0, 1.0) if event.ramp_s else (after >= 0) * 1.0
    ended = after - event.ramp_s - event.hold_s
    fall = np.clip(1.0 - ended / event.decay_s, 0.0, 1.0) if event.decay_s else (ended < 0) * 1.0
    return np.where(ended > 0, fall, rise)


def _event_rates(
    scenario: Scenario, habits: Habits, entry: Entry, facing: Sequence[Entry]
) -> FloatArray:
    """Return what votes and pushes add at an entry, for one daily user. [1/s]"""
    rate = np.zeros(DAY_S)
    for event in scenario.events:
        if event.entry != entry.component and (event.entry or not entry.faces_users):
            continue
        part = 1.0 if event.entry else 1.0 / max(1, len(facing))
        if event.users_share is not None:
            pulse = _pulse(event)
            total = event.users_share * event.requests_per_user
            rate = rate + part * total * pulse / max(1.0, pulse.sum())
        if event.recipients_share is not None:
            after = np.arange(DAY_S) + 0.5 - seconds_of(event.at, "The push")
            monthly = 1.0 / habits.daily_per_monthly
            opens = event.recipients_share * event.open_share * monthly * math.log(2)
            course = np.where(after > 0, 0.5 ** (after.clip(0) / event.median_open_s), 0.0)
            rate = rate + part * opens * event.requests_per_open * course / event.median_open_s
    return rate


def _machines(scenario: Scenario, entry: Entry) -> tuple[FloatArray, FloatArray]:
    """Return what devices, partners and nightly work add: per daily user, and fixed. [1/s]"""
    per_user, fixed = np.zeros(DAY_S), np.zeros(DAY_S)
    for device in scenario.devices:
        if device.entry == entry.component:
            per_user += device.count_per_user / device.every_s
            fixed += device.count / device.every_s
    for partner in scenario.partners:
        if partner.entry == entry.component:
            fixed += _bursts(partner)
    for work in scenario.background:
        if work.entry == entry.component:
            over = max(1, round(work.over_s))
            for start in seconds_of_runs(work.schedule):
                seconds = np.arange(start, start + over) % DAY_S
                fixed[seconds] += work.items / over
                per_user[seconds] += work.items_per_user / over
    return per_user, fixed


def _bursts(partner: Partner) -> FloatArray:
    """Return a partner's rate: its burst comes in the first second of each hour. [1/s]

    The mean stays what is said, as far as the bursts leave something of it.
    """
    rest = max(0.0, 3600.0 * partner.per_s - partner.burst) / 3599.0
    rates = np.full(DAY_S, rest if partner.burst > partner.per_s else partner.per_s)
    if partner.burst > partner.per_s:
        rates[::3600] = partner.burst
    return rates


def seconds_of_runs(schedule: str) -> tuple[int, ...]:
    """Return the seconds of a day at which a schedule starts its work.

    Parameters
    ----------
    schedule : str
        rate(…), cron(…) or at(…).

    Returns
    -------
    tuple of int
        Seconds since midnight, ascending. [s]

    Raises
    ------
    InvalidScenario
        If AWS would not take the expression.

    Examples
    --------
    >>> seconds_of_runs("cron(30 2 * * ? *)")
    (9000,)
    """
    try:
        return starts_of_day(schedule)
    except InvalidSetting as error:
        raise InvalidScenario(f"background: {error}") from error
