"""What a scenario leaves open is filled by its preset; what remains open is marked assumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from apps.engine.catalog.base import Spread
from apps.engine.traffic.presets import CURVE_NAMES, PRESET_TABLE, Preset, hour_shares
from apps.engine.traffic.scenario import Scenario

DAYS_PER_MONTH = 30.4
# What a source of events without a caller does while nobody said.
EVENTS_PER_USER_DAY = Spread(4.0, 1.0, 16.0, "Events a daily user causes at a source without "
                             "a caller", "a day")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Habits:
    """The numbers behind the arrivals, per daily user, and those of them that are assumed."""

    visits: float
    requests_per_visit: float
    shares: tuple[float, ...]
    bots_per_request: float
    daily_per_monthly: float
    monthly_per_registered: float
    minutes: float
    week: tuple[float, ...]
    assumed: Mapping[str, Spread]

    @property
    def busiest_share(self) -> float:
        """Share of a day's requests that come in its busiest hour. [-]"""
        return max(self.shares)

    @property
    def month_days(self) -> float:
        """Busiest days that cause the requests of a month of 30.4 days. [days]"""
        return DAYS_PER_MONTH * sum(self.week) / len(self.week) / max(self.week)


def habits_of(scenario: Scenario, values: Mapping[str, float]) -> Habits:
    """Return the habits in force: from the scenario, else `values`, else the preset.

    Parameters
    ----------
    scenario : Scenario
        What the team said.
    values : mapping of str to float
        Assumptions tried in place of the expected ones, by name.

    Returns
    -------
    Habits
        Per daily user; `assumed` holds what the team did not say.
    """
    preset = PRESET_TABLE[scenario.preset]
    assumed = _assumed(scenario, preset)

    def value(name: str, known: float | None) -> float:
        return values.get(name, assumed[name].expected) if known is None else known

    people = scenario.population
    has_actions = bool(scenario.actions)
    per_visit = value("actions per visit", 1.0 if has_actions else None) * value(
        "requests per action", 1.0 if has_actions else None
    )
    bots = scenario.bots.share_of_requests
    return Habits(
        visits=value("visits per daily user", scenario.visits.per_daily_user),
        requests_per_visit=per_visit,
        shares=_shares(scenario, preset, values),
        bots_per_request=value("bots per request", None) if bots is None else bots / (1.0 - bots),
        daily_per_monthly=value("daily per monthly users", people.daily_per_monthly),
        monthly_per_registered=people.monthly_per_registered or 0.3,
        minutes=scenario.visits.minutes or preset.minutes,
        week=scenario.week.factors or preset.week,
        assumed=assumed,
    )


def _assumed(scenario: Scenario, preset: Preset) -> dict[str, Spread]:
    """Return what the team did not say, by name, with its range."""
    bots = preset.bots_per_request
    spreads = {
        "visits per daily user": preset.visits,
        "actions per visit": preset.actions,
        "requests per action": preset.requests,
        "busiest hour": preset.busiest_hour,
        "bots per request": Spread(bots, 0.3 * bots, 1.5 * bots, "Requests that no person makes"),
        "daily per monthly users": preset.daily_per_monthly,
    }
    if scenario.visits.per_daily_user is not None:
        del spreads["visits per daily user"]
    if scenario.actions:
        del spreads["actions per visit"], spreads["requests per action"]
    if scenario.day.hour_shares_percent:
        del spreads["busiest hour"]
    if scenario.bots.share_of_requests is not None:
        del spreads["bots per request"]
    if scenario.population.daily_per_monthly is not None:
        del spreads["daily per monthly users"]
    return spreads


def _shares(scenario: Scenario, preset: Preset, values: Mapping[str, float]) -> tuple[float, ...]:
    given = scenario.day.hour_shares_percent
    if given:
        return tuple(share / sum(given) for share in given)
    curve = CURVE_NAMES.get(scenario.day.preset, preset.curve)
    return hour_shares(curve, values.get("busiest hour", preset.busiest_hour.expected))
