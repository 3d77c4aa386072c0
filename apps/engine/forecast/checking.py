"""The busiest minute of a design, request by request beside the flows that a forecast rests on."""

from __future__ import annotations

import numpy as np

from apps.engine.facts import Facts
from apps.engine.forecast import inputs_of
from apps.engine.graph import Architecture
from apps.engine.headroom.case import Case
from apps.engine.headroom.crosscheck import BEFORE_MINUTES, MINUTE_S, MinuteCheck, check_minute
from apps.engine.traffic.population import daily_users
from apps.engine.traffic.reading import InvalidScenario
from apps.engine.traffic.scenario import Scenario

# More would take longer than a person waits for a check.
MOST_REQUESTS = 5e6


def check_busiest_minute(
    architecture: Architecture, scenario: Scenario, facts: Facts, seed: int
) -> MinuteCheck:
    """Send every request of the busiest minute through a design, and compare with the flows.

    Parameters
    ----------
    architecture : Architecture
        What is built.
    scenario : Scenario
        Who comes.
    facts : Facts
        Prices, quotas and classes of the scenario's Region.
    seed : int
        Where chance comes from.

    Returns
    -------
    MinuteCheck
        Each stage, and the percentiles of each entry, seen by both.

    Raises
    ------
    InvalidScenario
        If nothing can start, the scenario does not fit the design, or too many requests come to
        send each of them.
    InvalidSetting, SyncCycle
        If the design cannot be run.
    """
    inputs, _ = inputs_of(architecture, scenario, facts)
    case = Case(inputs, {})
    users = daily_users(scenario, case.habits, case.requests_per_user_day)
    rates = case.rates(users)
    minute = rates.busiest_minute()
    before = rates.total[max(0, minute - BEFORE_MINUTES) : minute + 1]
    if sum(before) * MINUTE_S > MOST_REQUESTS:
        raise InvalidScenario(
            f"{sum(before) * MINUTE_S:,.0f} requests come in the busiest minute and the "
            f"{BEFORE_MINUTES} before it; at most {MOST_REQUESTS:,.0f} are sent one by one. "
            "Ask for fewer users."
        )
    return check_minute(case, users, minute, np.random.default_rng(seed))
