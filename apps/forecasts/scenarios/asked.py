"""A scenario from a file and the few words that a command or a request says beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from apps.engine.traffic.reading import InvalidScenario
from apps.engine.traffic.scenario import Scenario

UNITS: Final[Mapping[str, str]] = {
    "daily": "daily_active",
    "monthly": "monthly_active",
    "registered": "registered",
    "concurrent": "concurrent",
    "seats": "seats",
    "devices": "devices",
}


def asked_scenario(
    body: Mapping[str, Any], *, users: float | None, unit: str, region: str | None, hint: str
) -> Scenario:
    """Return a scenario in which the given words stand before what the file says.

    Parameters
    ----------
    body
        The file, empty where there is none.
    users, unit
        How many users come, and by which of `UNITS` they are counted.
    region
        The Region, nothing for that of the file.
    hint
        How the asker says how many users come, for who did not.

    Raises
    ------
    InvalidScenario
        If nobody says how many users come, or the engine cannot read it.
    """
    asked = dict(body)
    if users is not None:
        people = dict(asked.get("population") or {})
        asked["population"] = people | {"unit": UNITS[unit], "value": users}
    if "population" not in asked:
        raise InvalidScenario(f"Say how many users come: {hint}, or a scenario with a population.")
    if region:
        asked["region"] = region
    return Scenario.from_dict(asked)
