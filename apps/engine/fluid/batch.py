"""One day of many scenarios side by side, each in steps as fine as its own moments need."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from apps.engine.fluid.blocks import JUMP, LEAP, MINUTE_S, MINUTES, RESTING
from apps.engine.fluid.day import SETTLING_S
from apps.engine.fluid.load import SETTLE, Load, jumps, step_lengths
from apps.engine.fluid.model import Model, Placed
from apps.engine.fluid.returning import Clients, Retry
from apps.engine.fluid.run import WELL
from apps.engine.fluid.scenarios import Batch, Values
from apps.engine.stages.base import FloatArray

Index = NDArray[np.int64]
_WARM_UP_STEPS, _WARM_UP_MINUTES = 8, 10
_CALM_S = 1.0
# Groups of scenarios whose bound steps are kept for when they come together again.
_MOST_PARTS = 12
# A group may be stepped with others, so many times as many and some more, that stay as they are.
_MOST_BESIDE, _SPARE = 1.5, 8
_NEVER_AGAIN = Retry()


@dataclass(slots=True)
class BatchRecord:
    """What the days left behind, by scenario; the last axis of each array is the scenario.

    `highest` are the highest gauges, `failed_share` the largest share of a minute's arrivals
    that failed, `worst_s` the slowest mean response [s], by entry; `arrived`, `failed` and
    `returned` are requests by entry, `oldest_s` the age of the oldest message [s] and `dead`
    messages given up, by queue. `waiting_before` is what waited at each stage when the books were
    opened; `steps` counts steps.
    """

    highest: FloatArray
    failed_share: FloatArray
    worst_s: FloatArray
    arrived: FloatArray
    failed: FloatArray
    returned: FloatArray
    oldest_s: FloatArray
    dead: FloatArray
    steps: FloatArray
    waiting_before: FloatArray


def run_batch(
    batch: Batch,
    entries: Sequence[Placed],
    load: Load,
    *,
    retry: Retry = _NEVER_AGAIN,
    go_on: Callable[[int], bool] = lambda minute: True,
) -> BatchRecord:
    """Run one day of every scenario and return what became of each.

    Parameters
    ----------
    batch : Batch
        Scenarios that nobody ran before.
    entries : sequence of Placed
        The door of each entry, in the order of `load`.
    load : Load
        Requests a second at each entry, by scenario.
    retry : Retry
        What clients do after a refusal.
    go_on : callable
        Asked before each minute; the run ends when it answers False.

    Returns
    -------
    BatchRecord
        Reductions over the day; counters stay in the batch's state.

    Notes
    -----
    Each scenario takes the steps that `run_day` would give it by the same rules, save that a
    minute at a full limit always takes all of its short steps, and the warm-up too. So a result
    does not depend on which scenarios run together. Scenarios that take the same step are
    gathered, stepped, and put back.
    """
    with np.errstate(all="ignore"):
        day = _Days(batch, entries, load, retry)
        day.warm_up()
        minute = np.zeros(batch.v.shape[1], dtype=np.int64)
        while (now := int(minute.min())) < MINUTES and go_on(now):
            here = np.flatnonzero(minute == now)
            lengths = day.step_lengths(now, here)
            for length in np.unique(lengths).tolist():
                chosen = here[lengths == length]
                minute[chosen] += day.advance(chosen, now, length)
        return day.record()


class _Rows(NamedTuple):
    """Where the days keep their books: rows of the state beyond the slots of the design.

    `new` and `lost` are by entry and since the last minute was closed, `again` the clients that
    wait to come back, by entry and by how often they failed, `late` those of them that are owed
    and `over_s` over how long; the others are as in the record.
    """

    new: slice
    lost: slice
    again: slice
    late: slice
    over_s: slice
    highest: slice
    failed_share: slice
    worst_s: slice
    arrived: slice
    failed: slice
    returned: slice
    oldest_s: slice
    dead: slice
    steps: slice

    @classmethod
    def after(cls, model: Model, entries: int, attempts: int) -> Self:
        """Return rows behind the slots of a model."""
        queues, first, rows = len(model.queues()), len(model.v), []
        again = entries * (attempts - 1)
        by_entry = [entries] * 5
        waiting = (again, again, again)
        for size in (entries, entries, *waiting, model.uses, *by_entry, queues, queues, 1):
            rows.append(slice(first, first + size))
            first += size
        return cls(*rows)


class _Part(NamedTuple):
    """Scenarios that step together: where they stand in the batch, and a batch of them alone."""

    members: Index
    batch: Batch


class _Days:
    """The days of a batch under way."""

    def __init__(self, batch: Batch, entries: Sequence[Placed], load: Load, retry: Retry) -> None:
        self.batch, self.entries, self.load = batch, entries, load
        self.rows = _Rows.after(batch.model, len(entries), retry.attempts)
        self.queues = [queue.port for queue in batch.model.queues()]
        self.feed = [entry.port for entry in entries]
        standing = {gauge.slot for gauge in batch.model.gauges if not gauge.limit.grows}
        self.standing = sorted(standing)
        self.growing = [k for k in range(batch.model.uses) if k not in standing]
        self.restless = list(batch.model.restless())
        self.failing = [item.port.failed for item in batch.placed]
        self.parts: list[_Part] = []
        self.waiting_before: FloatArray = np.empty(0)
        batch.v = np.zeros((self.rows.steps.stop, batch.v.shape[1]))
        batch.v[self.rows.over_s] = retry.delay_s
        starts = (self.rows.again.start, self.rows.late.start, self.rows.over_s.start)
        self.clients = Clients(retry, *starts)
        self.whole = _Part(np.arange(batch.v.shape[1]), batch)
        self.quiet = np.full(batch.v.shape[1], RESTING)

    def record(self) -> BatchRecord:
        """Return the books of all scenarios."""
        v, rows = self.batch.v, self.rows
        names = [item.name for item in fields(BatchRecord) if item.name != "waiting_before"]
        books = {name: v[getattr(rows, name)].copy() for name in names}
        return BatchRecord(waiting_before=self.waiting_before, **books)

    def warm_up(self) -> None:
        """Bring every scenario to the steady state of its first minute, and zero the books."""
        batch, model, v = self.batch, self.batch.model, self.batch.v
        batch.begin(self.load.users)
        rates = self.load.means(1, 0, self.whole.members)
        for _ in range(_WARM_UP_STEPS):
            self._step(batch, rates, 900.0)
        v[[*self.restless, *(queue.kept for queue in self.queues)]] = 0.0
        for _ in range(_WARM_UP_MINUTES):
            self._step(batch, rates, 60.0)
        v[list(model.counters())] = 0.0
        for row in (self.rows.new, self.rows.lost, self.rows.returned, self.rows.steps):
            v[row] = 0.0
        self.waiting_before = v[[item.port.waiting for item in batch.placed]]

    def step_lengths(self, minute: int, here: Index) -> Index:
        """Return by scenario the minutes of its next step, or how a minute is cut."""
        v = self.batch.v[:, here]
        ill = v[self.failing].max(axis=0, initial=0.0) >= WELL
        jumped = jumps(self.load, minute, LEAP)[here] | (jumps(self.load, minute, JUMP)[here] & ill)
        self.quiet[here[jumped]] = 0
        grows = v[self.growing].max(axis=0, initial=0.0)
        stands = v[self.standing].max(axis=0, initial=0.0)
        use = np.where((stands < 1.0) | (grows > stands), grows, stands)
        waits = v[self.restless].sum(axis=0)
        calm = waits <= _CALM_S * self.load.total(minute)[here] + 1e-6
        return step_lengths(self.load, minute, here, use, calm, self.quiet[here])

    def advance(self, chosen: Index, minute: int, length: int) -> int:
        """Advance some scenarios by one step, or one minute in several; return the minutes."""
        index, batch = part = self._part(chosen)
        if batch is not self.batch:
            batch.v[:] = self.batch.v[:, index]
        if length > 0:
            self._step(batch, self.load.means(length, minute, index), 60.0 * length)
            self._note(batch.v, self.load.peak(length, minute, index))
        elif length == SETTLE:
            self._until_settled(batch, self.load.means(1, minute, index))
        else:
            self._in_steps(part, minute, -length)
        self.quiet[chosen] = 0 if length < 0 else self.quiet[chosen] + max(length, 1)
        self._close(batch.v)
        if batch is not self.batch:
            self.batch.v[:, chosen] = batch.v[:, np.searchsorted(index, chosen)]
        return max(length, 1)

    def _part(self, chosen: Index) -> _Part:
        """Return a part that holds these scenarios, and few others, whose steps come to nothing."""
        if len(chosen) == len(self.whole.members):
            return self.whole
        for place, part in enumerate(self.parts):
            few = len(part.members) <= _MOST_BESIDE * len(chosen) + _SPARE
            if few and np.isin(chosen, part.members, assume_unique=True).all():
                self.parts.insert(0, self.parts.pop(place))
                return part
        self.parts.insert(0, _Part(chosen, self.batch.part(chosen)))
        del self.parts[_MOST_PARTS:]
        return self.parts[0]

    def _until_settled(self, batch: Batch, rates: FloatArray) -> None:
        for length_s in SETTLING_S:
            self._step(batch, rates, length_s)
        self._note(batch.v)
        self._step(batch, rates, MINUTE_S - sum(SETTLING_S))
        self._note(batch.v)

    def _in_steps(self, part: _Part, minute: int, length_s: int) -> None:
        often = max(1, 10 // length_s)
        rows = self.load.within(minute, length_s, part.members)
        for place, row in enumerate(rows, start=1):
            self._step(part.batch, row, float(length_s))
            if place % often == 0 or place == len(rows):
                self._note(part.batch.v)

    def _step(self, batch: Batch, rates: FloatArray, dt: float) -> None:
        """Advance by `dt` seconds at rates of shape (entries, scenarios)."""
        v, rows = batch.v, self.rows
        v[rows.new] += rates * dt
        soon = [v[port.failed] * self.clients.at_once(dt) for port in self.feed]
        offered = [
            self.clients.come_again(v, k, rates[k] * dt, soon[k], dt) for k in range(len(soon))
        ]
        for k, port in enumerate(self.feed):
            every = sum(offered[k][1:], offered[k][0])
            v[rows.returned.start + k] += every - offered[k][0]
            v[port.inn] += every
            v[port.work] += every
        for step in batch.steps(dt):
            step()
        for k, port in enumerate(self.feed):
            self.clients.fail(v, k, offered[k], v[port.failed], soon[k], dt)
            v[rows.lost.start + k] += offered[k][-1] * v[port.failed]
        v[rows.steps] += 1.0

    def _note(self, v: FloatArray, peak: Values = 1.0) -> None:
        """Keep the highest gauges, the slowest answers and the oldest messages.

        Gauges that grow with the load count at a peak of so many times its mean.
        """
        rows, uses = self.rows, v[: self.batch.model.uses].copy()
        uses[self.growing] *= peak
        np.maximum(v[rows.highest], uses, out=v[rows.highest])
        responses, ages = [port.response for port in self.feed], [q.kept for q in self.queues]
        np.maximum(v[rows.worst_s], v[responses], out=v[rows.worst_s])
        np.maximum(v[rows.oldest_s], v[ages], out=v[rows.oldest_s])

    def _close(self, v: FloatArray) -> None:
        """Book what came and failed since the last call."""
        rows, new, lost = self.rows, v[self.rows.new], v[self.rows.lost]
        share = np.where(new > 0.0, lost / np.where(new > 0.0, new, 1.0), 0.0)
        np.maximum(v[rows.failed_share], share, out=v[rows.failed_share])
        v[rows.arrived] += new
        v[rows.failed] += lost
        ended = [(queue.own + 3, queue.own + 4) for queue in self.queues]
        for k, (dead, expired) in enumerate(ended):
            v[rows.dead.start + k] = v[dead] + v[expired]
        v[rows.new] = v[rows.lost] = 0.0
