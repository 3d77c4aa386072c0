"""Forecasts that take longer than a request: claimed by a worker, with progress and an end.

The task library's own row only says "look at this forecast". What must happen stands in ours, so
that work whose process has died is found again: its lease runs out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from django.db import DatabaseError, transaction
from django_tasks import task

from apps.designs.models import Version
from apps.engine.facts import Facts
from apps.engine.forecast import ENGINE_VERSION, Stopped, forecast, inputs_sha256
from apps.engine.forecast import Forecast as Answer
from apps.engine.graph import Architecture
from apps.engine.traffic.scenario import Scenario
from apps.forecasts.actions import (
    NOT_RUNNABLE,
    DesignNotRunnable,
    facts_for,
    forecast_for,
    keep,
)
from apps.forecasts.clock import Clock, database_clock
from apps.forecasts.models import Forecast
from apps.forecasts.models.forecast import STOPPED
from apps.outages import outage_of

logger = logging.getLogger(__name__)
# A forecast of a design of this size, in components and links, takes about a second.
SLOW_FROM: Final = 80
# How often a worker says that it is alive.
BEAT: Final = timedelta(seconds=1)
FACTS_CHANGED = "Prices or quotas have changed while it was waiting. Ask again."
OUR_FAULT = "Headroom failed on this design; the fault is logged. Ask again after the next release."
GAVE_UP = (
    "It was tried three times, and each time its worker ended before it did. The design may be "
    "too large to be forecast here."
)


class BeingForecast(Exception):
    """The answer is being worked out; `forecast` shows how far it is."""

    def __init__(self, forecast: Forecast) -> None:
        super().__init__("The forecast is being worked out.")
        self.forecast = forecast


def answer_or_start(
    *, version: Version, scenario: Scenario, now: datetime, facts: Facts
) -> Forecast:
    """Return the answer to a question, at once where that takes a second.

    Raises
    ------
    BeingForecast
        If a worker has it, or gets it now.
    DesignNotRunnable
        If the design or the scenario cannot be run.
    """
    architecture = version.architecture()
    if not is_slow(architecture):
        return forecast_for(version=version, scenario=scenario, now=now, facts=facts)
    digest = inputs_sha256(architecture, scenario, facts.version)
    known = version.forecasts.answering(digest)
    if known is not None:
        known.ask_again(now)
        return known
    raise BeingForecast(start_forecast(version=version, scenario=scenario, now=now, facts=facts))


def is_slow(architecture: Architecture) -> bool:
    return len(architecture.components) + len(architecture.links) > SLOW_FROM


@transaction.atomic
def start_forecast(
    *, version: Version, scenario: Scenario, now: datetime, facts: Facts
) -> Forecast:
    """Give a question to a worker, unless it was given to one before."""
    digest = inputs_sha256(version.architecture(), scenario, facts.version)
    row, is_new = Forecast.objects.get_or_create(
        version=version,
        inputs_sha256=digest,
        defaults={
            "id": Forecast.id_of(version.pk, digest),
            "scenario": scenario.to_dict(),
            "facts_version": facts.version,
            "engine_version": ENGINE_VERSION,
            "created_at": now,
            "asked_at": now,
        },
    )
    if is_new:
        transaction.on_commit(partial(_enqueue, row.pk))
    return row


@transaction.atomic
def try_again(*, forecast: Forecast, now: datetime) -> None:
    """Give a worker once more what has failed or was stopped."""
    if forecast.queue_again(now):
        transaction.on_commit(partial(_enqueue, forecast.pk))


@task()
def run_forecast(forecast_id: str) -> None:
    work_on(UUID(forecast_id))


def _enqueue(forecast_id: UUID) -> None:
    run_forecast.enqueue(str(forecast_id))


def work_on(forecast_id: UUID, *, clock: Clock | None = None) -> None:
    """Work a forecast out, if nobody else has it; it may be called twice."""
    clock = clock or database_clock()
    row = Forecast.objects.claim(forecast_id, clock())
    if row is None:
        return
    try:
        _keep(row, _answer(row, clock), clock)
    except Stopped:
        row.fail(STOPPED, clock())
    except (DesignNotRunnable, *NOT_RUNNABLE) as error:
        row.fail(str(error), clock())
    # The edge of a worker: whatever it was, it is logged, and the person is told.
    except Exception as error:
        logger.exception("Forecast %s failed", forecast_id)
        # While the database is away the row stays ours, until the lease runs out.
        with suppress(DatabaseError):
            if outage_of(error):
                row.put_back()
            else:
                row.fail(OUR_FAULT, clock())


def sweep(*, now: datetime) -> int:
    """Take up what was missed, and give up what was tried too often; return how many of both."""
    given_up = Forecast.objects.given_up(now).update(
        state=Forecast.State.FAILED, reason=GAVE_UP, finished_at=now, lease_until=None
    )
    missed = list(Forecast.objects.missed(now).values_list("pk", flat=True))
    for forecast_id in missed:
        _enqueue(forecast_id)
    return given_up + len(missed)


def _answer(row: Forecast, clock: Clock) -> Answer:
    scenario = Scenario.from_dict(row.scenario)
    facts = facts_for(scenario)
    progress = _heartbeat(row, clock)
    return forecast(row.version.architecture(), scenario, facts, progress=progress)


def _heartbeat(row: Forecast, clock: Clock) -> Callable[[float], bool]:
    """Return a progress callback that renews the lease, and ends the work that lost it."""
    last = clock()

    def progress(share: float) -> bool:
        nonlocal last
        now = clock()
        if now - last < BEAT:
            return True
        last = now
        return row.beat(share, now)

    return progress


def _keep(row: Forecast, answer: Answer, clock: Clock) -> None:
    if answer.sha256 != row.inputs_sha256:
        row.fail(FACTS_CHANGED, clock())
        return
    keep(
        version=row.version,
        scenario=answer.inputs.scenario,
        answer=answer,
        now=clock(),
        asked_at=row.asked_at,
    )
