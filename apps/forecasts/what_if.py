"""The same question at another size. It is answered and not kept: a look changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from apps.designs.models import Version
from apps.engine.facts import Facts
from apps.engine.forecast import forecast, summary_of
from apps.engine.traffic.scenario import Scenario
from apps.forecasts.actions import NOT_RUNNABLE, DesignNotRunnable


def summary_at(
    *, version: Version, scenario: Scenario, users: float, facts: Facts
) -> dict[str, Any]:
    """Return the forecast for other users in the scenario's unit.

    Raises
    ------
    DesignNotRunnable
        If the design cannot be run, or not with so many users.
    """
    try:
        population = replace(scenario.population, value=users)
        asked = replace(scenario, population=population)
        return summary_of(forecast(version.architecture(), asked, facts))
    except NOT_RUNNABLE as error:
        raise DesignNotRunnable(str(error)) from error
