"""Does it hold? Every window of 60 s, every entry, every queue, against the targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from apps.engine.fluid.day import Record
from apps.engine.fluid.model import Model
from apps.engine.headroom.case import Case
from apps.engine.latency import draw

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
        """Return the target of an entry, None where nobody waits for an answer. [ms]"""
        entry = self.case.entries[k]
        if entry.faces_users:
            return self.targets.p95_ms or PAGE_P95_MS
        return OTHER_P95_MS if entry.role == "invoke" else None

    def of_minute(self, record: Record, model: Model, minute: int) -> Violation | None:
        """Return the first target that the last window of a run misses."""
        arrived, failed = record.arrived[-1], record.failed[-1]
        most = self.targets.refused_share.max
        for k, component in enumerate(self.components):
            if arrived[k] > 0.0 and failed[k] > most * arrived[k]:
                found = self._judged(
                    "refused_share", component, minute, failed[k] / arrived[k], most
                )
                if found:
                    return found
        return self._queues(record, model, minute)

    def _queues(self, record: Record, model: Model, minute: int) -> Violation | None:
        oldest, lost = self.targets.queue_age_s.max, self.targets.dead_letters.max
        for k, queue in enumerate(model.queues()):
            if record.ages[-1][k] > oldest:
                found = self._judged(
                    "queue_age_s", queue.component, minute, record.ages[-1][k], oldest
                )
                if found:
                    return found
            if record.dead[k] > lost + _ONE_MESSAGE:
                found = self._judged("dead_letters", queue.component, minute, record.dead[k], lost)
                if found:
                    return found
        return None

    def of_day(self, record: Record, model: Model) -> Violation | None:
        """Return the latency target that the slowest moment of a day misses."""
        for k, door in enumerate(self.case.doors(model)):
            target = self.p95_target_ms(k)
            mean_s, state = record.worst[k]
            if target is None or not state or mean_s * 1000.0 < _SAFE_MEAN * target:
                continue
            p95 = self.p95_ms(model, k, state)
            if p95 > target:
                minute = max(range(len(record.responses)), key=lambda m: record.responses[m][k])
                found = self._judged("p95_ms", door.component, minute, p95, target)
                if found:
                    return found
        return None

    def p95_ms(self, model: Model, k: int, state: list[float]) -> float:
        """Return the p95 that a user meets at a warm entry, the network included. [ms]"""
        door = self.case.doors(model)[k]
        rng = np.random.default_rng(self.seed)
        times = draw(model, door, state, _DRAWS, rng, with_cold=False)
        return float(np.percentile(times, 95)) * 1000.0 + self.case.inputs.scenario.client.rtt_ms

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
