"""Use against limits at the load that a team knows: it recognises the present first."""

from __future__ import annotations

from dataclasses import dataclass

from apps.engine.headroom.case import Case
from apps.engine.headroom.search import Probe, summary
from apps.engine.traffic.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Today:
    """How full each limit is at the present load, and where that load was taken from."""

    daily_users: float
    requests_per_minute: float
    is_measured: bool
    probe: Probe


def today_of(case: Case, scenario: Scenario, asked: float) -> Today:
    """Return today's use: at the busiest minute lately where it was given, else as asked.

    Parameters
    ----------
    case : Case
        The design, and the values in force.
    scenario : Scenario
        Who comes.
    asked : float
        Daily users of the scenario. [count]

    Returns
    -------
    Today
        The requests a second of now, and how full each limit is.
    """
    known = scenario.busiest_minute_requests
    users = asked if known is None else _users_for(case, asked, known)
    rates = case.rates(users)
    minute = rates.busiest_minute()
    span = range(max(0, minute - 9), minute + 1)
    model, record = case.run(users, minutes=span, rates=rates)
    return Today(
        daily_users=users,
        requests_per_minute=60.0 * rates.highest[minute],
        is_measured=known is not None,
        probe=summary(model, record, users, None),
    )


def _users_for(case: Case, asked: float, requests_per_minute: float) -> float:
    """Return the daily users whose busiest minute has so many requests."""
    rates = case.rates(asked)
    busiest = 60.0 * rates.highest[rates.busiest_minute()]
    still = 60.0 * sum(float(a.fixed.mean()) for a in case.arrivals)
    grows = max(busiest - still, 1e-12)
    return max(asked * max(requests_per_minute - still, 0.0) / grows, 1e-3)
