"""Does it hold? Every window of 60 s, every entry, every queue, against the targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from apps.engine.fluid.day import Record
from apps.engine.fluid.model import Model
from apps.engine.headroom.bill import monthly_usd
from apps.engine.headroom.case import Case
from apps.engine.latency import draw
from apps.engine.traffic.targets import Targets

# Where the template's author says nothing: people wait a second for a page, three elsewhere.
PAGE_P95_MS, OTHER_P95_MS = 1000.0, 3000.0
# A mean below this share of the target cannot have its p95 above it.
_SAFE_MEAN = 0.15
_DRAWS = 1500
# Every target of every queue can be set aside once.
_MOST_QUEUES = 200
# Half a message a day is rounding of the flows, not a loss.
_ONE_MESSAGE = 0.5
# A target that a single user misses counts again at so many times what that user meets.
_WORSE = 1.5


@dataclass(frozen=True, slots=True)
class Violation:
    """A target that was missed: which, where, when, and by how much."""

    target: str
    component: str
    minute: int
    value: float
    allowed: float


@dataclass(frozen=True, slots=True)
class Missed:
    """A target that is missed with a single user, so that it cannot bound their number."""

    target: str
    component: str
    value: float
    allowed: float


class Judge:
    """Compare a run with the targets.

    A target that a single user misses is set aside: from there on it is missed only by what is
    clearly worse than a single user meets, which is then the doing of the load.
    """

    def __init__(self, case: Case, seed: int) -> None:
        self.case, self.seed = case, seed
        self.targets = case.inputs.scenario.targets
        self.components = [entry.component for entry in case.entries]
        self.missed: tuple[Missed, ...] = ()
        self._aside: dict[tuple[str, str], float] = {}
        self._set_aside()

    def p95_target_ms(self, k: int) -> float | None:
        """Return the p95 target of an entry, None where nobody waits for an answer.

        Parameters
        ----------
        k : int
            Number of the entry.

        Returns
        -------
        float or None
            Target. [ms]
        """
        entry = self.case.entries[k]
        if entry.faces_users:
            return self.targets.p95_ms or PAGE_P95_MS
        return OTHER_P95_MS if entry.role == "invoke" else None

    def of_minute(self, record: Record, model: Model, minute: int) -> Violation | None:
        """Return the first target that the last window of a run misses.

        Parameters
        ----------
        record : Record
            A run up to and with that minute.
        model : Model
            The model that runs.
        minute : int
            Minute of the day.

        Returns
        -------
        Violation or None
            Of refused requests, then of queues: age [s] and dead letters [count].
        """
        arrived, failed = self._window(record.arrived), self._window(record.failed)
        most = self.targets.refused_share.max
        for k, component in enumerate(self.components):
            if arrived[k] > 0.0 and failed[k] > most * arrived[k]:
                found = self._judged(
                    "refused_share", component, minute, failed[k] / arrived[k], most
                )
                if found:
                    return found
        return self._queues(record, model, minute)

    def _window(self, rows: Sequence[Sequence[float]]) -> Sequence[float]:
        """Return the sums by entry over the last window, which is one minute if nobody said."""
        minutes = round(self.targets.refused_share.window_s / 60.0)
        return (
            rows[-1]
            if minutes == 1
            else [sum(column) for column in zip(*rows[-minutes:], strict=True)]
        )

    def _queues(self, record: Record, model: Model, minute: int) -> Violation | None:
        for k, queue in enumerate(model.queues()):
            oldest, lost = self._most(queue.component)
            age, dead = record.ages[-1][k], record.dead[k]
            found = None
            if age > oldest:
                found = self._judged("queue_age_s", queue.component, minute, age, oldest)
            if found is None and dead > lost + _ONE_MESSAGE:
                found = self._judged("dead_letters", queue.component, minute, dead, lost)
            if found is not None:
                return found
        return None

    def _most(self, queue: str) -> tuple[float, float]:
        """Return the age [s] and the losses allowed at a queue; the usual where none is named."""
        age, dead, usual = self.targets.queue_age_s, self.targets.dead_letters, Targets()
        return (
            (age if age.queue in (None, queue) else usual.queue_age_s).max,
            (dead if dead.queue in (None, queue) else usual.dead_letters).max,
        )

    def of_day(self, record: Record, model: Model) -> Violation | None:
        """Return the latency target that the slowest moment of a day misses.

        Parameters
        ----------
        record : Record
            A run, with the slowest state of each entry.
        model : Model
            The model that ran.

        Returns
        -------
        Violation or None
            Of p95 or p99. [ms]
        """
        for k, door in enumerate(self.case.doors(model)):
            for name, target in (("p95_ms", self.p95_target_ms(k)), ("p99_ms", self._p99_ms(k))):
                found = self._slow(record, model, k, name, target)
                if found is not None:
                    return replace(found, component=door.component)
        return None

    def _slow(
        self, record: Record, model: Model, k: int, name: str, target: float | None
    ) -> Violation | None:
        mean_s, state = record.worst[k]
        if target is None or not state or mean_s * 1000.0 < _SAFE_MEAN * target:
            return None
        met = self.p95_ms(model, k, state) if name == "p95_ms" else self.p99_ms(model, k, state)
        if met <= target:
            return None
        minute = max(range(len(record.responses)), key=lambda m: record.responses[m][k])
        return self._judged(name, self.components[k], minute, met, target)

    def _p99_ms(self, k: int) -> float | None:
        """Return the p99 target of an entry where there is one and somebody waits. [ms]"""
        return None if self.p95_target_ms(k) is None else self.targets.p99_ms

    def p95_ms(self, model: Model, k: int, state: Sequence[float]) -> float:
        """Return the p95 that a user meets at a warm entry, the network included.

        Parameters
        ----------
        model : Model
            The model that ran.
        k : int
            Number of the entry.
        state : list of float
            The model's state at a moment.

        Returns
        -------
        float
            Percentile of drawn times, and the round trip. [ms]
        """
        return self._percentile(model, k, state, 95.0, _DRAWS)

    def p99_ms(self, model: Model, k: int, state: Sequence[float]) -> float:
        """Return the p99 that a user meets, cold starts and the network included.

        Parameters
        ----------
        model : Model
            The model that ran.
        k : int
            Number of the entry.
        state : list of float
            The model's state at a moment.

        Returns
        -------
        float
            Percentile of drawn times, and the round trip. [ms]
        """
        return self._percentile(model, k, state, 99.0, 4 * _DRAWS)

    def _percentile(
        self, model: Model, k: int, state: Sequence[float], percent: float, count: int
    ) -> float:
        door = self.case.doors(model)[k]
        rng = np.random.default_rng(self.seed)
        times = draw(model, door, list(state), count, rng, with_cold=percent > 95.0)
        met = float(np.percentile(times, percent)) * 1000.0
        return met + self.case.inputs.scenario.client.rtt_ms

    def of_bill(self, model: Model, daily_users: float, minute: int) -> Violation | None:
        """Return the cap on costs where the month of such days passes it.

        It names the component that costs most. A cap that nobody can keep to holds no users.

        Parameters
        ----------
        model : Model
            The model after a whole day.
        daily_users : float
            Users a day. [users/day]
        minute : int
            Minute that the violation is dated to.

        Returns
        -------
        Violation or None
            Cost and cap. [USD/month]
        """
        cap = self.targets.monthly_usd
        if cap is None:
            return None
        usd, costliest = monthly_usd(self.case, model, daily_users)
        return Violation("monthly_usd", costliest, minute, usd, cap) if usd > cap else None

    def _judged(
        self, target: str, component: str, minute: int, value: float, allowed: float
    ) -> Violation | None:
        if value <= self._aside.get((target, component), 0.0):
            return None
        return Violation(target, component, minute, value, allowed)

    def _set_aside(self) -> None:
        """Find the targets that are missed although nearly nobody comes."""
        rates = self.case.rates(1e-3)
        minute = rates.busiest_minute()
        span = range(max(0, minute - 5), minute + 1)
        missed: list[Missed] = []
        for _ in range(3 * len(self.components) + _MOST_QUEUES):
            model, record = self.case.run(1e-3, minutes=span, rates=rates)
            found = self.of_minute(record, model, minute) or self.of_day(record, model)
            if found is None:
                break
            self._aside[found.target, found.component] = _clearly_worse(found)
            missed.append(Missed(found.target, found.component, found.value, found.allowed))
        self.missed = tuple(missed)


def _clearly_worse(found: Violation) -> float:
    """Return how bad a target must become, where a single user misses it, to be the load's."""
    if found.target == "refused_share":
        return found.value + found.allowed
    return _WORSE * found.value
