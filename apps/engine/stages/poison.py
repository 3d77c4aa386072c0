"""Messages that always fail: they come back until they are given up, and others suffer."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from apps.engine.stages._columns import by_columns
from apps.engine.stages.base import NOTHING, FloatArray, Port, State, Step
from apps.engine.stages.queue import Queue


@dataclass(frozen=True, slots=True)
class Poisoned(Queue):
    """A queue in which some messages always fail.

    Parameters
    ----------
    count : float
        Messages that always fail. [count]
    held : int
        First of two slots beside the port: what they hold back [count], and for how long [s].

    Notes
    -----
    Each of them is handed over once in the time for which a failed message is hidden, and the
    rest of its batch fails with it. In an ordered source nothing that stands behind one is
    handed over, so each of them holds back its share of what comes.

    References
    ----------
    .. [1] https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    .. [2] https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
    """

    count: float = 0.0
    held: int = 0

    @classmethod
    def of(cls, queue: Queue, count: float, v: State) -> Poisoned:
        """Return a queue with so many of them; it gets two slots at the end of `v`.

        Parameters
        ----------
        queue : Queue
            The queue as it was.
        count : float
            Messages that always fail. [count]
        v : list of float
            The flat state, which grows by two slots.

        Returns
        -------
        Poisoned
            With the fields of `queue`.
        """
        same = {item.name: getattr(queue, item.name) for item in fields(queue)}
        v += [0.0, 0.0]
        return cls(**same, count=count, held=len(v) - 2)

    @property
    def lasts_s(self) -> float:
        """Return when the messages are given up, from when they came. [s]"""
        return min(self.attempts * self.hidden_s, self.keep_s)

    def bind_batch(self, p: Port, v: FloatArray, dt: float) -> Step:
        return by_columns(self, p, v, dt)

    def bind(self, p: Port, v: State, dt: float) -> Step:
        return self._holding(p, v, dt) if self.is_ordered else self._spoiling(p, v, dt)

    def _spoiling(self, p: Port, v: State, dt: float) -> Step:
        plain, failed = Queue.bind(self, p, v, dt), tuple(call.failed for call in p.calls[:1])
        flight, size, waiting, count = p.own, p.own + 6, p.waiting, self.count
        come_back = count * dt / max(self.hidden_s, dt)

        def step() -> None:
            sent = v[flight]
            share = come_back * (v[size] - 1.0) / sent if sent > NOTHING else 0.0
            well = [1.0 - v[slot] for slot in failed]
            for slot, before in zip(failed, well, strict=True):
                v[slot] = 1.0 - before * (1.0 - min(share, 1.0))
            plain()
            for slot, before in zip(failed, well, strict=True):
                v[slot] = 1.0 - before
            v[waiting] += count

        return step

    def _holding(self, p: Port, v: State, dt: float) -> Step:
        plain, inn, offered, waiting, age = (
            Queue.bind(self, p, v, dt), p.inn, p.offered, p.waiting, p.kept,
        )  # fmt: skip
        held, since, count = self.held, self.held + 1, self.count
        share = min(1.0, count / self.pollers) if math.isfinite(self.pollers) else 0.0

        def step() -> None:
            part = v[inn] * share
            v[held] += part
            v[inn] -= part
            v[offered] += part
            plain()
            v[waiting] += v[held] + count
            v[since] += dt
            v[age] = v[since] if v[since] > v[age] else v[age]

        return step

    def begin(self, p: Port, v: State) -> None:
        """Let the messages in: they come from whoever sent them, and stay.

        Parameters
        ----------
        p : Port
            Where the queue reads and writes.
        v : list of float
            The flat state, which is written.
        """
        v[p.retried] += self.count
        v[p.offered] += self.count
        v[p.waiting] += self.count

    def end(self, p: Port, v: State) -> None:
        """Give the messages up, and let go what they held back.

        Parameters
        ----------
        p : Port
            Where the queue reads and writes.
        v : list of float
            The flat state, which is written.
        """
        v[p.waiting] -= self.count
        v[p.refused] += self.count
        v[p.own + (3 if self.attempts < math.inf else 4)] += self.count
        v[p.own + 5] += v[self.held]
        v[self.held] = v[self.held + 1] = 0.0
