"""More joint samples of a forecast, run by workers in slices, until there are enough or Stop.

Every slice is a task of its own, handed out at once, so that none goes on where another ends. A
slice runs whole bundles of samples, which are the same whoever runs them, so a slice that is run
twice, or cut otherwise, changes no digit.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db import DatabaseError, transaction
from django_tasks import task

from apps.engine.forecast import (
    SAMPLES,
    Drawn,
    Sampler,
    Stopped,
    inputs_sha256,
    sampler_of,
    with_ranges,
)
from apps.engine.traffic.scenario import Scenario
from apps.forecasts.actions import NOT_RUNNABLE, DesignNotRunnable, facts_for
from apps.forecasts.background import BEAT, FACTS_CHANGED, GAVE_UP, OUR_FAULT
from apps.forecasts.clock import Clock, database_clock
from apps.forecasts.models import Forecast, SampleSlice, Sampling
from apps.forecasts.models.sampling import STOPPED_EARLY
from apps.outages import outage_of

logger = logging.getLogger(__name__)
# Enough that other samples would move low and high by about a twentieth at most.
MORE: Final = 2000
# A design of 200 components takes some seconds for a slice of so many bundles.
BUNDLES_IN_SLICE: Final = 4


@transaction.atomic
def start_samples(*, forecast: Forecast, now: datetime, count: int = MORE) -> Sampling:
    """Give more samples of a forecast to workers; what was run before is kept."""
    sampling, is_new = Sampling.objects.select_for_update().get_or_create(
        forecast=forecast, defaults={"count": count, "asked_at": now, "changed_at": now}
    )
    if not is_new and (sampling.is_running or sampling.is_whole):
        return sampling
    if not is_new:
        _go_on(sampling, now)
    for one in _cut(sampling):
        transaction.on_commit(partial(_enqueue, one.pk))
    return sampling


def _cut(sampling: Sampling) -> list[SampleSlice]:
    """Return new slices for all samples that no slice has yet."""
    bundles, known = -(-sampling.count // SAMPLES), set[int]()
    known.update(sampling.slices.values_list("first_bundle", flat=True))
    return SampleSlice.objects.bulk_create(
        SampleSlice(
            sampling=sampling, first_bundle=first, end_bundle=min(first + BUNDLES_IN_SLICE, bundles)
        )
        for first in range(0, bundles, BUNDLES_IN_SLICE)
        if first not in known
    )


def _go_on(sampling: Sampling, now: datetime) -> None:
    """Begin again where it ended: slices that are not whole make room for new ones."""
    sampling.done_before = 0
    for one in sampling.slices.all():
        if one.state == SampleSlice.State.DONE and one.done == len(_places(one, sampling.count)):
            sampling.done_before += one.done
        else:
            # A worker that still holds it finds that it is gone.
            one.delete()
    sampling.state, sampling.stop_requested, sampling.reason = Sampling.State.RUNNING, False, ""
    sampling.asked_at = sampling.changed_at = now
    sampling.save()


def stop_samples(*, sampling: Sampling, now: datetime) -> None:
    """Stop; what was run until now is put together by a worker."""
    if sampling.stop(now):
        transaction.on_commit(partial(_enqueue_finish, sampling.pk))


@task()
def run_samples(slice_id: str) -> None:
    work_on_slice(UUID(slice_id))


@task()
def finish_samples(sampling_id: int) -> None:
    finish(sampling_id)


def _enqueue(slice_id: UUID) -> None:
    run_samples.enqueue(str(slice_id))


def _enqueue_finish(sampling_id: int) -> None:
    finish_samples.enqueue(sampling_id)


def work_on_slice(slice_id: UUID, *, clock: Clock | None = None) -> None:
    """Run a slice, if nobody else has it; it may be called twice."""
    clock = clock or database_clock()
    row = SampleSlice.objects.claim(slice_id, clock())
    if row is None:
        return
    drawn, sampling, sampler = Drawn(), row.sampling, None
    go_on = _Heartbeat(row, clock)
    try:
        sampler = _sampler(sampling, go_on)
        for bundle in range(row.first_bundle, row.end_bundle):
            drawn += sampler.run(bundle)
            go_on.done = len(drawn)
    except Stopped:
        pass  # Whole bundles are kept.
    except (DesignNotRunnable, *NOT_RUNNABLE) as error:
        return sampling.fail(str(error), clock())
    # The edge of a worker: whatever it was, it is logged, and the person is told.
    except Exception as error:
        logger.exception("Samples %s failed", slice_id)
        with suppress(DatabaseError):
            return row.put_back() if outage_of(error) else sampling.fail(OUR_FAULT, clock())
        return None
    row.keep(drawn.to_dict(), len(drawn))
    finish(sampling.pk, sampler=sampler, clock=clock)


class _Heartbeat:
    """A callback that renews the lease, and ends the work that was stopped or lost."""

    def __init__(self, row: SampleSlice, clock: Clock) -> None:
        self.row, self.clock, self.last, self.done = row, clock, clock(), 0

    def __call__(self) -> bool:
        now = self.clock()
        if now - self.last < BEAT:
            return True
        self.last = now
        return self.row.beat(self.done, now)


def _sampler(sampling: Sampling, go_on: Callable[[], bool] = lambda: True) -> Sampler:
    """Return the sampler of a forecast's question.

    Raises
    ------
    DesignNotRunnable
        If the question has another answer by now.
    """
    row = sampling.forecast
    scenario, architecture = Scenario.from_dict(row.scenario), row.version.architecture()
    facts = facts_for(scenario)
    if inputs_sha256(architecture, scenario, facts.version) != row.inputs_sha256:
        raise DesignNotRunnable(FACTS_CHANGED)
    return sampler_of(architecture, scenario, facts, count=sampling.count, go_on=go_on)


def finish(sampling_id: int, *, sampler: Sampler | None = None, clock: Clock | None = None) -> None:
    """Put the slices together once all of them are over; it may be called twice."""
    clock = clock or database_clock()
    loaded = Sampling.objects.select_related("forecast__version__design__team")
    sampling = loaded.get(pk=sampling_id)
    slices = list(sampling.slices.all())
    is_over = all(one.state == SampleSlice.State.DONE for one in slices)
    if not (sampling.is_running and is_over):
        return
    try:
        _put_together(sampling, slices, sampler, clock())
    except (DesignNotRunnable, *NOT_RUNNABLE) as error:
        sampling.fail(str(error), clock())
    # The edge of a worker, as above.
    except Exception as error:
        logger.exception("Samples of forecast %s failed", sampling.forecast_id)
        # What was run is kept, and is put together by a later worker.
        if not outage_of(error):
            sampling.fail(OUR_FAULT, clock())


def _put_together(
    sampling: Sampling, slices: list[SampleSlice], sampler: Sampler | None, now: datetime
) -> None:
    """Put the ranges of all samples that were run in place of the forecast's."""
    summary, drawn, ran = sampling.forecast.summary, Drawn(), list[int]()
    for one in slices:
        if one.values:
            part = Drawn.from_dict(one.values)
            drawn += part
            ran += list(_places(one, sampling.count))[: len(part)]
    if len(drawn) <= summary["samples"]["count"] and len(drawn) < sampling.count:
        return sampling.fail(STOPPED_EARLY, now)
    sampler = sampler or _sampler(sampling)
    # All is run: what is left takes a moment, and Stop was heard already.
    sampler.go_on = lambda: True
    summary = with_ranges(summary, sampler.ranges(drawn, ran))
    _keep(sampling, summary, len(drawn), now)


@transaction.atomic
def _keep(sampling: Sampling, summary: dict[str, Any], reached: int, now: datetime) -> None:
    holds = summary["holds_users"]
    Forecast.objects.filter(pk=sampling.forecast_id).update(
        summary=summary, holds_low=holds["low"], holds_high=holds["high"]
    )
    Sampling.objects.filter(pk=sampling.pk, state=Sampling.State.RUNNING).update(
        state=Sampling.State.DONE, reached=reached, changed_at=now, finished_at=now
    )


def _places(one: SampleSlice, count: int) -> range:
    """Return which samples a slice runs."""
    return range(one.first_bundle * SAMPLES, min(one.end_bundle * SAMPLES, count))


def sweep_samples(*, now: datetime) -> int:
    """Take up what was missed, and give up what was tried too often; return how many of both."""
    given_up = Sampling.objects.filter(slices__in=SampleSlice.objects.given_up(now)).distinct()
    return sum(1 for _ in _given_up(list(given_up), now)) + sum(1 for _ in _taken_up(now))


def _given_up(samplings: list[Sampling], now: datetime) -> Iterator[Sampling]:
    for sampling in samplings:
        sampling.fail(GAVE_UP, now)
        yield sampling


def _taken_up(now: datetime) -> Iterator[object]:
    for slice_id in list(SampleSlice.objects.missed(now).values_list("pk", flat=True)):
        _enqueue(slice_id)
        yield slice_id
    for sampling_id in list(Sampling.objects.unfinished(now).values_list("pk", flat=True)):
        _enqueue_finish(sampling_id)
        yield sampling_id
