"""A scenario together with a version of a design: what it assumes, and the load it makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.designs.models import Version
from apps.engine.forecast import inputs_of
from apps.engine.inputs import Inputs
from apps.engine.traffic.presets import PRESET_TABLE, Preset
from apps.engine.traffic.scenario import Scenario
from apps.facts.actions import effective_facts
from apps.forecasts.actions import NOT_RUNNABLE, DesignNotRunnable
from apps.forecasts.scenarios.load import Load, load_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a scenario says; without inputs, `problem` says why there are none."""

    preset: str
    inputs: Inputs | None = None
    load: Load | None = None
    problem: str = ""

    @property
    def habits(self) -> Preset:
        """What is typical for this kind of application."""
        return PRESET_TABLE[self.preset]

    def check(self) -> None:
        """Raise DesignNotRunnable if there is a problem."""
        if self.problem:
            raise DesignNotRunnable(self.problem)


def read_scenario(version: Version, body: Mapping[str, Any]) -> Reading:
    """Return what a scenario makes of a design; the design or the scenario may be wrong."""
    preset = body.get("preset")
    known = str(preset) if preset in PRESET_TABLE else "web-shop"
    try:
        scenario = Scenario.from_dict(body)
        facts = effective_facts(scenario.region)
        inputs, _ = inputs_of(version.architecture(), scenario, facts)
    except NOT_RUNNABLE as error:
        return Reading(preset=known, problem=str(error))
    return Reading(preset=known, inputs=inputs, load=load_of(inputs))
