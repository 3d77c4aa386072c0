"""What a person can do with forecasts. Each action is one call from a view or a command."""

from __future__ import annotations

import copy
import io
from datetime import datetime
from typing import Any

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from apps.accounts.models import User
from apps.designs.models import Design, Version
from apps.engine.catalog.base import InvalidSetting
from apps.engine.facts import Facts, UnknownFact
from apps.engine.fluid.model import SyncCycle
from apps.engine.forecast import ENGINE_VERSION, forecast, inputs_sha256, summary_of
from apps.engine.forecast import Forecast as Answer
from apps.engine.graph import InvalidArchitecture
from apps.engine.traffic.reading import InvalidScenario
from apps.engine.traffic.scenario import Scenario as EngineScenario
from apps.facts.actions import effective_facts
from apps.facts.reader import is_region
from apps.forecasts.models import Forecast, Scenario

DEFAULT_BODY: dict[str, Any] = {
    "schema": "headroom/scenario/1",
    "preset": "web-shop",
    "population": {"unit": "daily_active", "value": 10_000},
}
# What a person can mend: the design, the scenario or the Region; never our own fault.
NOT_RUNNABLE = (InvalidScenario, InvalidSetting, InvalidArchitecture, SyncCycle, UnknownFact)


class DesignNotRunnable(Exception):
    """The design cannot be forecast; the message can be shown to the person."""


class ScenarioConflict(Exception):
    """Somebody else saved the scenario since the form was made."""

    def __init__(self, revision: int) -> None:
        super().__init__(
            "Somebody else has saved this scenario since you opened it. Your numbers are still "
            "here: saving again puts them in place of theirs."
        )
        self.revision = revision


def scenario_to_read(design: Design) -> Scenario:
    """Return the scenario of a design, or typical habits that are not saved: reading makes no row.

    `select_related("scenario")` spares the query.
    """
    if hasattr(design, "scenario"):
        return design.scenario
    return Scenario(design=design, body=DEFAULT_BODY)


def scenario_of(design: Design) -> Scenario:
    """Return the scenario of a design; until one is saved, that of typical habits."""
    kept = Scenario.objects.filter(design=design).first()
    # A look at a page writes nothing: the first save makes revision 1.
    return kept or Scenario(design=design, body=copy.deepcopy(DEFAULT_BODY), revision=0)


@transaction.atomic
def save_scenario(
    *,
    design: Design,
    body: dict[str, Any],
    author: User | None,
    based_on: int | None = None,
) -> Scenario:
    """Keep what a team says of its users.

    Raises
    ------
    DesignNotRunnable
        If the scenario cannot be read; with the field and what would work.
    ScenarioConflict
        If it was saved since the revision that the change was made from.
    """
    try:
        parsed = EngineScenario.from_dict(body)
    except InvalidScenario as error:
        raise DesignNotRunnable(str(error)) from error
    scenario = Scenario.objects.select_for_update().filter(design=design).first()
    scenario = scenario or Scenario(design=design, revision=0)
    if based_on is not None and based_on != scenario.revision:
        raise ScenarioConflict(scenario.revision)
    scenario.body, scenario.name = parsed.to_dict(), parsed.name[:100]
    scenario.revision += 1
    scenario.save()
    return scenario


def facts_for(scenario: EngineScenario) -> Facts:
    """Return the facts in force where the scenario runs.

    Raises
    ------
    DesignNotRunnable
        If the scenario's Region is none.
    """
    if not is_region(scenario.region):
        raise DesignNotRunnable(f"region '{scenario.region}' has no price book; try us-east-1.")
    return effective_facts(scenario.region)


def forecast_for(
    *, version: Version, scenario: EngineScenario, now: datetime, facts: Facts | None = None
) -> Forecast:
    """Return the answer to a question: the one that is kept, or a new one.

    Who has read the facts already hands them over.

    Raises
    ------
    DesignNotRunnable
        If the design or the scenario cannot be run; nothing is saved then.
    """
    facts = facts or facts_for(scenario)
    try:
        architecture = version.architecture()
        digest = inputs_sha256(architecture, scenario, facts.version)
        known = version.forecasts.answering(digest)
        if known is not None:
            known.ask_again(now)
            return known
        answer = forecast(architecture, scenario, facts)
    except NOT_RUNNABLE as error:
        raise DesignNotRunnable(str(error)) from error
    return keep(version=version, scenario=scenario, answer=answer, now=now)


def keep(
    *,
    version: Version,
    scenario: EngineScenario,
    answer: Answer,
    now: datetime,
    asked_at: datetime | None = None,
) -> Forecast:
    """Save an answer: the series first, so that no row points at nothing.

    It may have been asked for before now: who is answered late has not asked last.
    """
    summary = summary_of(answer)
    first, holds = summary["first_limit"], summary["holds_users"]
    row = Forecast(
        id=Forecast.id_of(version.pk, answer.sha256),
        version=version,
        inputs_sha256=answer.sha256,
        scenario=scenario.to_dict(),
        facts_version=summary["facts_version"],
        engine_version=ENGINE_VERSION,
        seed=answer.seed,
        state=Forecast.State.DONE,
        progress=1.0,
        summary=summary,
        series=_keep_series(answer),
        holds_users=holds["expected"],
        holds_low=holds["low"],
        holds_high=holds["high"],
        users_unit=holds["unit"],
        asked_users=summary["asked_users"],
        first_limit=f"{first['component']}: {first['label']}"[:200] if first else "",
        monthly_usd=summary["cost"]["monthly_usd"],
        created_at=now,
        asked_at=asked_at or now,
        finished_at=now,
    )
    return row.put()


def _keep_series(answer: Answer) -> str:
    """Write the day minute by minute to storage; return its key."""
    key = f"series/{answer.sha256}.npz"
    if default_storage.exists(key):
        return key
    record, gauges = answer.day.record, answer.day.model.gauges
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        uses=np.array(record.uses, dtype=np.float32)[:, [g.slot for g in gauges]],
        gauges=np.array(["|".join(gauge.key) for gauge in gauges]),
        arrived=np.array(record.arrived, dtype=np.float32),
        failed=np.array(record.failed, dtype=np.float32),
    )
    return default_storage.save(key, ContentFile(buffer.getvalue()))
