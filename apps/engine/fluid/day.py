"""One day through a model, in blocks of 300, 60, 30, 5 and 1 s, as fine as each moment needs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from apps.engine.fluid.blocks import BUSY, FULL, NEAR, SHORT_S, STEP_S, Rates
from apps.engine.fluid.model import Model, Placed
from apps.engine.stages.base import NOTHING

MINUTES = 1440
# A minute's probe: (minute, record) → go on?
Probe = Callable[[int, "Record"], bool]
# Two hours that are run before the day begins, so that it begins in its own state.
_WARM_UP_BLOCKS, _WARM_UP_MINUTES = 22, 10
# Less than this many seconds of arrivals waiting is no backlog, but messages on their way back.
_CALM_S = 1.0


@dataclass(frozen=True, slots=True)
class Retry:
    """How clients come back after a refusal: share of refusals that return, mean delay [s]."""

    share: float = 0.0
    delay_s: float = 1.0


@dataclass(slots=True)
class Record:
    """What a day left behind, minute by minute; the state itself stays in the model.

    `uses[m]` are the highest gauges of minute m, `arrived[m]` and `failed[m]` are requests by
    entry, `ages[m]` the age of the oldest message by queue [s]; `dead` is by queue, in all.
    `waiting_before` and `pending_before` are what each stage began with, `returned` the
    refused requests that clients made again, by entry.
    `worst` holds by entry the slowest mean response [s], and the state then.
    """

    uses: list[list[float]] = field(default_factory=list)
    arrived: list[list[float]] = field(default_factory=list)
    failed: list[list[float]] = field(default_factory=list)
    responses: list[list[float]] = field(default_factory=list)
    ages: list[list[float]] = field(default_factory=list)
    dead: list[float] = field(default_factory=list)
    snapshots: list[tuple[int, float, list[float]]] = field(default_factory=list)
    worst: list[tuple[float, list[float]]] = field(default_factory=list)
    waiting_before: list[float] = field(default_factory=list)
    pending_before: list[float] = field(default_factory=list)
    returned: list[float] = field(default_factory=list)
    refined_minutes: int = 0
    stopped_at: int | None = None
    clients_waiting: float = 0.0


@dataclass(slots=True)
class _Run:
    """The moving parts of one day, so that a minute is a method and not a page of code."""

    model: Model
    entries: Sequence[Placed]
    retry: Retry
    record: Record
    again: list[float]
    arrived: list[float]
    failed: list[float]
    feed: list[tuple[int, int, int, int]]
    queues: list[tuple[int, int, int]]

    def step(self, rates: Sequence[float], dt: float) -> None:
        """Advance by `dt` seconds at these rates."""
        v, again, share = self.model.v, self.again, self.retry.share
        comes_back = 1.0 - math.exp(-dt / self.retry.delay_s) if share else 0.0
        offered = []
        for k, (inn, work, _, _) in enumerate(self.feed):
            new = rates[k] * dt
            self.arrived[k] += new
            if share:
                back = again[k] * comes_back
                again[k] -= back
                self.record.returned[k] += back
                new += back
            offered.append(new)
            v[inn] += new
            v[work] += new
        for step in self.model.steps(dt):
            step()
        for k, (_, _, failed, _) in enumerate(self.feed):
            bad = offered[k] * v[failed]
            if bad > NOTHING:
                again[k] += bad * share
                self.failed[k] += bad * (1.0 - share)

    def close(self, minutes: int, uses: list[float]) -> None:
        """Book what happened since the last call as `minutes` equal minutes."""
        v, record = self.model.v, self.record
        arrived = [value / minutes for value in self.arrived]
        failed = [value / minutes for value in self.failed]
        responses = [v[response] for *_, response in self.feed]
        for k, response in enumerate(responses):
            if response > 1.001 * record.worst[k][0]:
                record.worst[k] = (response, v.copy())
        ages = [v[age] for age, _, _ in self.queues]
        for _ in range(minutes):
            record.uses.append(uses)
            record.arrived.append(arrived)
            record.failed.append(failed)
            record.responses.append(responses)
            record.ages.append(ages)
        record.dead = [v[dead] + v[expired] for _, dead, expired in self.queues]
        self.arrived[:] = [0.0] * len(arrived)
        self.failed[:] = [0.0] * len(failed)


def run_day(
    model: Model,
    entries: Sequence[Placed],
    rates: Rates,
    *,
    retry: Retry = Retry(),
    probe: Probe | None = None,
    keep_states: bool = False,
    minutes: range = range(MINUTES),
) -> Record:
    """Run one day, or the given minutes of it, and return its record.

    Parameters
    ----------
    model : Model
        The compiled design, as `compile_model` returned it; it is used up by the run.
    entries : sequence of Placed
        The door of each entry, in the order of `rates`.
    rates : Rates
        Requests a second at each entry. [1/s]
    retry : Retry
        What clients do after a refusal.
    probe : callable, optional
        Asked after each block with (minute, record); the run stops when it answers False.
    keep_states : bool
        Keep the whole state every five minutes, for latency.

    Returns
    -------
    Record
        One row a minute of what happened.

    Notes
    -----
    A block of 300 s takes one step where its rates are even, nothing waits and no gauge can
    pass 85 %; else each of its minutes takes one step while its rates are even and no gauge can
    pass 98 %, or nothing waits and the minute before was even too; else steps of 30 s while
    rates stand still at a full gauge, or move where none can pass 60 %; else steps of 5 s while
    they move smoothly; else steps of 1 s. The day begins in the steady state of its first
    minute.
    """
    run = _start(model, entries, retry)
    _settle(run, rates, minutes.start)
    run.record.waiting_before = [model.v[item.port.waiting] for item in model.placed]
    run.record.pending_before = [model.v[item.port.inn] for item in model.placed]
    minute, restless = minutes.start, model.restless()
    while minute < minutes.stop:
        if model.changes.falls_in(minute):
            taken = _changing_minute(run, rates, minute)
        else:
            end = model.changes.free_until(minute, minutes.stop)
            taken = _advance(run, rates, minute, restless, end)
        if keep_states and (minute % 5 == 0 or taken == 5):
            weight = sum(rates.minutes[minute])
            run.record.snapshots.append((minute, weight, model.v.copy()))
        minute += taken
        if probe is not None and not probe(minute - 1, run.record):
            run.record.stopped_at = minute - 1
            break
    run.record.clients_waiting = sum(run.again)
    return run.record


def _start(model: Model, entries: Sequence[Placed], retry: Retry) -> _Run:
    count = len(entries)
    queues = model.queues()
    return _Run(
        model=model,
        entries=entries,
        retry=retry,
        record=Record(worst=[(0.0, [])] * count, returned=[0.0] * count),
        again=[0.0] * count,
        arrived=[0.0] * count,
        failed=[0.0] * count,
        feed=[(e.port.inn, e.port.work, e.port.failed, e.port.response) for e in entries],
        queues=[(q.port.kept, q.port.own + 3, q.port.own + 4) for q in queues],
    )


def _settle(run: _Run, rates: Rates, minute: int) -> None:
    """Bring the model to the steady state of the first minute, and zero what only counts.

    What gathered before everything had scaled to that minute is taken away once.
    """
    model = run.model
    for _ in range(_WARM_UP_BLOCKS):
        run.step(rates.minutes[minute], 300.0)
    for slot in model.restless():
        model.v[slot] = 0.0
    for queue in model.queues():
        model.v[queue.port.kept] = 0.0
    for _ in range(_WARM_UP_MINUTES):
        run.step(rates.minutes[minute], 60.0)
    run.arrived[:] = [0.0] * len(run.arrived)
    run.failed[:] = [0.0] * len(run.failed)
    run.record.returned[:] = [0.0] * len(run.failed)
    for slot in model.counters():
        model.v[slot] = 0.0


def _advance(run: _Run, rates: Rates, minute: int, restless: tuple[int, ...], end: int) -> int:
    """Advance by five minutes or one, whichever the moment allows; return the minutes taken."""
    v, uses = run.model.v, run.model.uses
    before = rates.total[minute - 1] or NOTHING
    highest = max(v[:uses], default=0.0)
    waits = 0.0
    for slot in restless:
        waits += v[slot]
    calm = waits <= _CALM_S * rates.total[minute] + 1e-6
    block, ahead = divmod(minute, 5)
    if calm and ahead == 0 and minute + 5 <= end and rates.even_block[block]:
        growth = max(rates.highest[minute : minute + 5]) / before
        if highest * growth < NEAR:
            run.step(rates.blocks[block], 300.0)
            run.close(5, v[:uses])
            return 5
    growth = rates.highest[minute] / before
    steady = rates.even_minute[minute] and rates.even_minute[minute - 1]
    settled = steady and not run.retry.share
    if calm and rates.even_minute[minute] and (settled or highest * max(growth, 1.0) < FULL):
        run.step(rates.minutes[minute], 60.0)
        run.close(1, v[:uses])
        return 1
    if steady or (calm and highest * growth < BUSY):
        length_s = STEP_S
    else:
        length_s = SHORT_S if rates.smooth_minute[minute] else 1
    _minute_in_steps(run, rates.within(minute, length_s), length_s)
    return 1


def _changing_minute(run: _Run, rates: Rates, minute: int) -> int:
    """Advance by one minute in which something breaks or is mended, second by second."""
    v, uses = run.model.v, run.model.uses
    for second, row in enumerate(rates.within(minute, 1), start=60 * minute):
        run.model.changes.begin_second(run.model, second)
        run.step(row, 1.0)
    run.close(1, v[:uses])
    return 1


def _minute_in_steps(run: _Run, rows: list[list[float]], length_s: int) -> None:
    """Advance by one minute in steps of some seconds, whose rates are given."""
    v, uses = run.model.v, run.model.uses
    run.record.refined_minutes += 1
    highest: list[float] = [0.0] * uses
    often = max(1, 10 // length_s)
    for place, row in enumerate(rows, start=1):
        run.step(row, float(length_s))
        if place % often == 0:
            highest = [a if a > b else b for a, b in zip(highest, v[:uses], strict=True)]
    run.close(1, highest)
