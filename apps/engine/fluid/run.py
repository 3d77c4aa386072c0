"""The moving parts of one day: a step of it, and the record that it leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

from apps.engine.fluid.blocks import RESTING
from apps.engine.fluid.model import Model, Placed
from apps.engine.fluid.returning import Retry as Retry
from apps.engine.fluid.returning import Returning
from apps.engine.stages.base import NOTHING, State

# A smaller share of failures leaves the flows as they are.
WELL = 1e-4


@dataclass(slots=True)
class Record:
    """What a day left behind, minute by minute; the state itself stays in the model.

    `uses[m]` are the highest gauges of minute m, `arrived[m]` and `failed[m]` are requests by
    entry, `ages[m]` the age of the oldest message by queue [s]; `dead` is by queue, in all.
    `waiting_before` and `pending_before` are what each stage began with, `returned` the
    refused requests that clients made again, by entry.
    `worst` holds by entry the slowest mean response [s], and the state then. What is kept is in
    tuples: Python's collector passes over those of plain numbers.
    """

    uses: list[tuple[float, ...]] = field(default_factory=list)
    arrived: list[tuple[float, ...]] = field(default_factory=list)
    failed: list[tuple[float, ...]] = field(default_factory=list)
    responses: list[tuple[float, ...]] = field(default_factory=list)
    ages: list[tuple[float, ...]] = field(default_factory=list)
    dead: list[float] = field(default_factory=list)
    snapshots: list[tuple[int, float, tuple[float, ...]]] = field(default_factory=list)
    worst: list[tuple[float, tuple[float, ...]]] = field(default_factory=list)
    waiting_before: list[float] = field(default_factory=list)
    pending_before: list[float] = field(default_factory=list)
    returned: list[float] = field(default_factory=list)
    refined_minutes: int = 0
    stopped_at: int | None = None
    clients_waiting: float = 0.0


class _Feed(NamedTuple):
    """Where requests come in: the slots of an entry."""

    inn: int
    work: int
    failed: int
    response: int


Advance = Callable[[Sequence[float]], None]


class Run:
    """A day under way: it steps the model, and books each minute."""

    def __init__(self, model: Model, entries: Sequence[Placed], retry: Retry) -> None:
        count = len(entries)
        self.model, self.retry = model, retry
        self.record = Record(worst=[(0.0, ())] * count, returned=[0.0] * count)
        self.arrived, self.failed = [0.0] * count, [0.0] * count
        self.back = Returning(retry, count)
        self._feed = [
            _Feed(e.port.inn, e.port.work, e.port.failed, e.port.response) for e in entries
        ]
        self._queues = [(q.port.kept, q.port.own + 3, q.port.own + 4) for q in model.queues()]
        # The rates at which all stages answered as they did before, while they still do.
        self.settled_at: Sequence[float] | None = None
        # Minutes since rates last moved fast: at 0 stages may not have heard yet how their callees
        # answer now, and until `RESTING` environments of a rush may still be there.
        self.quiet_minutes = RESTING
        self._steps: dict[float, Advance] = {}
        self._standing = standing = {g.slot for g in model.gauges if not g.limit.grows}
        self._highest_standing = _highest_of(sorted(standing))
        self._highest_growing = _highest_of([k for k in range(model.uses) if k not in standing])
        self._answers = [
            slot for item in model.placed for slot in (item.port.failed, item.port.response)
        ]

    def is_well(self) -> bool:
        """Say whether next to nothing fails anywhere.

        Returns
        -------
        bool
            True where every stage fails less than one request in 10,000.
        """
        v = self.model.v
        return max(v[slot] for slot in self._answers[::2]) < WELL

    def step(self, rates: Sequence[float], dt: float) -> None:
        """Advance by `dt` seconds at these rates.

        Parameters
        ----------
        rates : sequence of float, shape (entries,)
            Mean rates of new requests. [1/s]
        dt : float
            Length of the step. [s]
        """
        if dt not in self._steps:
            self._steps[dt] = self._coming_back(dt) if self.retry.attempts > 1 else self._once(dt)
        self._steps[dt](rates)

    def highest_use(self) -> float:
        """Return the highest use that grows with the load; 1 or more where another is full.

        Returns
        -------
        float
            Use over limit. [-]
        """
        v = self.model.v
        standing = self._highest_standing(v)
        growing = self._highest_growing(v)
        return growing if standing < 1.0 or growing > standing else standing

    def uses(self, peak: float = 1.0) -> list[float]:
        """Return all uses, those that grow with the load at a peak of so many times the mean.

        Parameters
        ----------
        peak : float, optional
            Busiest second over the mean of the step. [-]

        Returns
        -------
        list of float, shape (gauges,)
            Use over limit. [-]
        """
        now = self.model.v[: self.model.uses]
        if peak == 1.0:
            return now
        standing = self._standing
        return [use if slot in standing else use * peak for slot, use in enumerate(now)]

    def answers(self) -> list[float]:
        """Return how every stage answers its callers now: share failed and response.

        Returns
        -------
        list of float, shape (2 × stages,)
            Share failed [-] and response [s], in turn.
        """
        v = self.model.v
        return [v[slot] for slot in self._answers]

    def _once(self, dt: float) -> Advance:
        """Return a step after which nobody comes back."""
        v, steps, arrived, lost = self.model.v, self.model.steps(dt), self.arrived, self.failed
        feed = list(enumerate(self._feed))

        def advance(rates: Sequence[float]) -> None:
            for k, (inn, work, _, _) in feed:
                new = rates[k] * dt
                arrived[k] += new
                v[inn] += new
                v[work] += new
            for step in steps:
                step()
            for k, (_, _, failed, _) in feed:
                if v[failed] > NOTHING:
                    lost[k] += rates[k] * dt * v[failed]

        return advance

    def _coming_back(self, dt: float) -> Advance:
        """Return a step in which clients come back after their delay.

        Those that fail within the step come back within it too, as far as the delay allows: by
        the share that failed in the step before. What that was wrong by is owed, and comes over
        as long as the step was; at once it would be a rush that nobody sent.
        """
        v, steps, arrived, lost = self.model.v, self.model.steps(dt), self.arrived, self.failed
        returned, feed = self.record.returned, list(enumerate(self._feed))
        back, calm = self.back, self.back.calm
        come_again, fail = back.step(dt)

        def advance(rates: Sequence[float]) -> None:
            for k, (inn, work, failed, _) in feed:
                new = every = rates[k] * dt
                if v[failed] > NOTHING or not calm[k]:
                    every = come_again(k, new, v[failed])
                arrived[k] += new
                returned[k] += every - new
                v[inn] += every
                v[work] += every
            for step in steps:
                step()
            for k, (_, _, failed, _) in feed:
                bad = v[failed]
                if calm[k] and bad > NOTHING:
                    come_again(k, rates[k] * dt, 0.0)
                if bad > NOTHING or not calm[k]:
                    lost[k] += fail(k, bad)

        return advance

    def forget(self) -> None:
        """Zero what only counts."""
        for books in (self.arrived, self.failed, self.record.returned):
            books[:] = [0.0] * len(books)
        for slot in self.model.counters():
            self.model.v[slot] = 0.0

    def clients_waiting(self) -> float:
        """Return how many clients wait to come back.

        Returns
        -------
        float
            Clients of all entries. [count]
        """
        return self.back.waiting()

    def oldest(self) -> list[float]:
        """Return the age of the oldest message in each queue.

        Returns
        -------
        list of float, shape (queues,)
            Ages. [s]
        """
        v = self.model.v
        return [v[age] for age, _, _ in self._queues]

    def close(self, minutes: int, uses: list[float], ages: list[float]) -> None:
        """Book what happened since the last call as `minutes` equal minutes.

        Parameters
        ----------
        minutes : int
            How many minutes passed. [min]
        uses : list of float, shape (gauges,)
            Highest use over limit in them. [-]
        ages : list of float, shape (queues,)
            Oldest messages. [s]
        """
        v, record = self.model.v, self.record
        arrived = tuple([value / minutes for value in self.arrived])
        failed = tuple([value / minutes for value in self.failed])
        responses = tuple([v[feed.response] for feed in self._feed])
        for k, response in enumerate(responses):
            if response > 1.001 * record.worst[k][0]:
                record.worst[k] = (response, tuple(v))
        record.uses += [tuple(uses)] * minutes
        record.arrived += [arrived] * minutes
        record.failed += [failed] * minutes
        record.responses += [responses] * minutes
        record.ages += [tuple(ages)] * minutes
        record.dead = [v[dead] + v[expired] for _, dead, expired in self._queues]
        self.arrived[:] = self.failed[:] = [0.0] * len(arrived)


def _highest_of(slots: Sequence[int]) -> Callable[[State], float]:
    """Return a function that reads the highest of some slots; 0 where there is none."""
    if len(slots) < 2:
        return lambda v: v[slots[0]] if slots else 0.0
    pick = itemgetter(*slots)
    return lambda v: float(max(pick(v)))
