"""How many people come, in each of the units in which a team counts them."""

from __future__ import annotations

from collections.abc import Mapping

from apps.engine.traffic.habits import Habits
from apps.engine.traffic.scenario import Scenario


def equivalents(
    scenario: Scenario, habits: Habits, daily: float, peak_rps: float
) -> Mapping[str, float]:
    """Return a number of daily users in the other units, and as requests a second.

    Parameters
    ----------
    scenario : Scenario
        Who comes.
    habits : Habits
        The numbers in force.
    daily : float
        Users a day. [users/day]
    peak_rps : float
        Requests of the busiest second at so many users. [1/s]

    Returns
    -------
    mapping of str to float
        `daily_active` [users/day], `monthly_active` [users/month], `registered` and `concurrent`
        [users], and `peak_rps` [1/s].

    Notes
    -----
    Concurrent users are visits that begin a second, in the busiest hour, times how long one lasts
    (Little's law).

    References
    ----------
    .. [1] J. D. C. Little, "A Proof for the Queuing Formula: L = λW", Operations Research 9,
       1961.
    """
    monthly = daily / habits.daily_per_monthly
    busiest_visits = daily * habits.visits * habits.busiest_share / 3600.0
    return {
        "daily_active": daily,
        "monthly_active": monthly,
        "registered": monthly / habits.monthly_per_registered,
        "concurrent": busiest_visits * habits.minutes * 60.0,
        "peak_rps": peak_rps,
    }


def daily_users(scenario: Scenario, habits: Habits, per_day_requests: float) -> float:
    """Return the daily users of the scenario's population, whatever its unit.

    Parameters
    ----------
    scenario : Scenario
        Who comes; its population has a value and a unit.
    habits : Habits
        The numbers in force.
    per_day_requests : float
        Requests of one daily user in a day, bots included. [1/day]

    Returns
    -------
    float
        Users a day. [users/day]

    Notes
    -----
    From concurrent users by Little's law, as in `equivalents`; from requests a month by the busiest
    days that a month amounts to.
    """
    people, value = scenario.population, scenario.population.value
    if people.unit in ("daily_active", "devices"):
        return value
    if people.unit in ("monthly_active", "seats"):
        return value * habits.daily_per_monthly
    if people.unit == "registered":
        return value * habits.monthly_per_registered * habits.daily_per_monthly
    if people.unit == "concurrent":
        return value * 60.0 / (habits.visits * habits.busiest_share * habits.minutes)
    return value / (habits.month_days * max(per_day_requests, 1e-12))
