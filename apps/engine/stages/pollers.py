"""Pollers of a queue, message by message: who takes which messages, and when.

References
----------
.. [1] https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
.. [2] https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, field
from heapq import heappush, heapreplace
from itertools import islice
from operator import length_hint

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
    # Whether messages had to wait the last time.
    _is_busy: bool = False

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
            self._is_busy,
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
        self._shrink(float(ready[0]))
        if math.isinf(self.most) or self._calm(ready, lasting[: len(ready)]):
            begins, edges = ready, np.arange(len(ready) + 1)
        elif self.window_s > 0.0:
            begins, edges = self._collect(ready, lasting, until, each)
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

    def _shrink(self, now: float) -> None:
        """Take idle pollers that were added away again, once messages do not wait any more."""
        if math.isinf(self.most) or self._is_busy or self.window_s > 0.0:
            return
        more = len(self._free) - max(1, round(min(self.first, self.most)))
        if more <= 0:
            return
        self._free.sort()
        idle = bisect_right(self._free, now)
        del self._free[: min(more, idle)]

    def _calm(self, ready: FloatArray, lasting: FloatArray) -> bool:
        """Serve each message as it comes, if there is always a poller."""
        if self.window_s > 0.0 or self._is_busy:
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
        """Hand over one by one; most messages find a poller and need no more than a look."""
        free, times, most, pause_s = self._free, ready.tolist(), self.most, self._pause_s()
        grows_s, next_to_wait, takes_s, end = self._next, 0, lasting.item, len(times)
        coming, waited, batch = iter(times), [(0, 0, 0.0)], max(1, int(self.batch))
        walk = zip(coming, (ready + lasting[:end]).tolist(), strict=True)
        for lying, ends in walk:
            if free[0] <= lying:
                heapreplace(free, ends)
                continue
            place = len(times) - 1 - length_hint(coming)
            if place != next_to_wait or grows_s == math.inf:
                # The ramp begins when a message has to wait after those before it had not.
                grows_s = lying + pause_s
            while grows_s < free[0] and len(free) < most:
                heappush(free, grows_s)
                grows_s += pause_s
            start = free[0] if free[0] > lying else lying
            if start >= until:
                next_to_wait = end = place
                break
            next_to_wait = _taken_too(times, place, start, batch)
            more = next_to_wait - place - 1
            heapreplace(free, start + takes_s(place) * (1.0 + each * more))
            waited.append((place, next_to_wait, start))
            if more:
                next(islice(walk, more - 1, more))
        self._next = grows_s if next_to_wait == end else math.inf
        self._is_busy = len(waited) > 1
        return _deliveries(ready[:end], waited[1:])

    def _collect(
        self, ready: FloatArray, lasting: FloatArray, until: float, each: float
    ) -> tuple[FloatArray, NDArray[np.intp]]:
        """Hand over what pollers collected within their window."""
        free, times, takes = self._free, ready.tolist(), lasting.tolist()
        begins: list[float] = []
        edges, place, batch = [0], 0, max(1, int(self.batch))
        while place < len(times):
            lying = times[place]
            if free[0] <= lying:
                self._next = math.inf
            elif len(free) < self.most:
                self._grow(lying)
            start = self._close(times, place, batch, max(free[0], lying))
            if start >= until:
                break
            end = bisect_right(times, start, place + 1, min(place + batch, len(times)))
            heapreplace(free, start + takes[place] * (1.0 + each * (end - place - 1)))
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
        if self._next == math.inf:
            self._next = lying + self._pause_s()
        while self._next < self._free[0] and len(self._free) < self.most:
            heappush(self._free, self._next)
            self._next += self._pause_s()

    def _pause_s(self) -> float:
        return 1.0 / self.ramp_per_s if self.ramp_per_s > 0.0 else math.inf


def _taken_too(times: list[float], place: int, start: float, batch: int) -> int:
    """Return before which message a delivery ends that begins at `start` with this one."""
    after, end = place + 1, len(times)
    if after == end or times[after] > start:
        return after
    return bisect_right(times, start, after, place + batch if place + batch < end else end)


def _deliveries(
    ready: FloatArray, waited: list[tuple[int, int, float]]
) -> tuple[FloatArray, NDArray[np.intp]]:
    """Return when each delivery was made, and the messages at which they part.

    Those that `waited` say from where to before where they went together, and when.
    """
    if not waited:
        return ready, np.arange(len(ready) + 1)
    begins, change = ready.copy(), np.zeros(len(ready) + 1, dtype=np.int8)
    first, after, starts = zip(*waited, strict=True)
    begins[list(first)] = starts
    # What follows the first message of a delivery, up to its last one, joins it.
    change[np.array(first) + 1] += 1
    change[list(after)] -= 1
    firsts = np.flatnonzero(np.cumsum(change[:-1]) == 0)
    return begins[firsts], np.append(firsts, len(ready))
