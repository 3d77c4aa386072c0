"""Pollers of a queue, message by message: who takes which messages, and when.

References
----------
.. [1] https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
.. [2] https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from heapq import heappush, heapreplace

import numpy as np
from numpy.typing import NDArray

from apps.engine.stages.base import FloatArray


@dataclass(slots=True)
class Pollers:
    """Pollers that take messages in the order in which they lie.

    Parameters
    ----------
    most, first : float
        Pollers at most, and before any scaling; infinite where nothing counts them. [count]
    ramp_per_s : float
        Pollers added in a second while messages wait for one. [1/s]
    batch : float
        Most messages that a poller takes at once. [count]
    window_s : float
        Pollers collect for so long; what comes spreads over all of them. [s]
    rate_per_s : float
        Most messages in a second, of all pollers together. [1/s]
    """

    most: float
    first: float
    ramp_per_s: float
    batch: float
    window_s: float
    rate_per_s: float
    _free: list[float] = field(default_factory=list)
    _paced: float = -math.inf
    _next: float = math.inf

    def __post_init__(self) -> None:
        if not self._free and math.isfinite(self.most):
            self._free = [-math.inf] * max(1, round(min(self.first, self.most)))

    def fork(self) -> Pollers:
        """Return a copy that goes its own way.

        Returns
        -------
        Pollers
            Of the same state.
        """
        return Pollers(
            self.most,
            self.first,
            self.ramp_per_s,
            self.batch,
            self.window_s,
            self.rate_per_s,
            self._free.copy(),
            self._paced,
            self._next,
        )

    def deliver(
        self, times: FloatArray, lasting: FloatArray, until: float, each: float = 0.0
    ) -> tuple[FloatArray, NDArray[np.intp]]:
        """Hand messages over.

        Parameters
        ----------
        times : ndarray, shape (messages,)
            Since when each can be taken, sorted. [s]
        lasting : ndarray, shape (at least messages,)
            Time that a delivery takes whose first message is this. [s]
        until : float
            Deliveries from then on are left for later. [s]
        each : float
            Part of `lasting` that a delivery takes again for every further message. [-]

        Returns
        -------
        begins : ndarray, shape (deliveries,)
            When each delivery is made. [s]
        edges : ndarray, shape (deliveries + 1,)
            Delivery k takes the messages from ``edges[k]`` to before ``edges[k + 1]``.
        """
        ready = self._pace(times)
        ready = ready[: int(np.searchsorted(ready, until))]
        if not len(ready):
            return ready, np.zeros(1, dtype=np.intp)
        if math.isinf(self.most) or self._calm(ready, lasting[: len(ready)]):
            begins, edges = ready, np.arange(len(ready) + 1)
        else:
            begins, edges = self._loop(ready, lasting, until, each)
        if math.isfinite(self.rate_per_s) and edges[-1] > 0:
            self._paced = float(ready[edges[-1] - 1]) + 1.0 / self.rate_per_s
        return begins, edges

    def _pace(self, times: FloatArray) -> FloatArray:
        """Return when each message can be taken, no more than `rate_per_s` of them."""
        if math.isinf(self.rate_per_s) or not len(times):
            return times
        gone = np.arange(len(times)) / self.rate_per_s
        lead = times - gone
        lead[0] = max(lead[0], self._paced)
        return np.asarray(np.maximum.accumulate(lead) + gone)

    def _calm(self, ready: FloatArray, lasting: FloatArray) -> bool:
        """Serve each message as it comes, if there is always a poller."""
        if self.window_s > 0.0:
            return False
        order = np.sort(np.concatenate((np.asarray(self._free), ready + lasting)))
        gone = np.searchsorted(order, ready, side="right")
        if (gone < np.arange(1, len(ready) + 1)).any():
            return False
        self._free, self._next = order[len(ready) :].tolist(), math.inf
        return True

    def _loop(
        self, ready: FloatArray, lasting: FloatArray, until: float, each: float
    ) -> tuple[FloatArray, NDArray[np.intp]]:
        free, times, takes = self._free, ready.tolist(), lasting.tolist()
        begins: list[float] = []
        edges, place, count = [0], 0, len(times)
        batch = max(1, int(self.batch))
        while place < count:
            lying = times[place]
            if free[0] <= lying:
                self._next = math.inf
            elif len(free) < self.most:
                self._grow(lying)
            start = free[0] if free[0] > lying else lying
            if self.window_s > 0.0:
                start = self._close(times, place, batch, start)
            if start >= until:
                break
            end = place + 1
            while end < count and end - place < batch and times[end] <= start:
                end += 1
            takes_s = takes[place]
            if end > place + 1:
                takes_s *= 1.0 + each * (end - place - 1)
            heapreplace(free, start + takes_s)
            begins.append(start)
            edges.append(end)
            place = end
        return np.array(begins), np.array(edges, dtype=np.intp)

    def _close(self, times: list[float], place: int, batch: int, start: float) -> float:
        """Return when a poller that begins to collect hands over."""
        closes = start + self.window_s / len(self._free)
        last = place + batch - 1
        if last < len(times) and times[last] < closes:
            return max(start, times[last])
        return closes

    def _grow(self, lying: float) -> None:
        """Add pollers one by one as the ramp allows, from when a message first had to wait."""
        pause = 1.0 / self.ramp_per_s if self.ramp_per_s > 0.0 else math.inf
        if self._next == math.inf:
            self._next = lying + pause
        while self._next < self._free[0] and len(self._free) < self.most:
            heappush(self._free, self._next)
            self._next += pause
