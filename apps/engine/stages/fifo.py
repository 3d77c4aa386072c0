"""First come, first served: c servers, a room, and callers who give up.

References
----------
.. [1] J. Kiefer, J. Wolfowitz, "On the theory of queues with many servers", Transactions of the
   American Mathematical Society 78, 1955.
.. [2] D. V. Lindley, "The theory of queues with a single server", Mathematical Proceedings of
   the Cambridge Philosophical Society 48, 1952.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from heapq import heapreplace

import numpy as np

from apps.engine.stages.arrivals import BoolArray
from apps.engine.stages.base import FloatArray

# Requests that are looked at together: if none of them waits, no loop is needed.
_BLOCK = 2048


@dataclass(slots=True)
class Fifo:
    """Servers that take requests in the order in which they come.

    Parameters
    ----------
    servers : float
        Whole number of servers, or infinite. [count]
    room : float
        Most requests inside, served or waiting; who comes then is refused. [count]
    """

    servers: float
    room: float = math.inf
    _free: list[float] = field(default_factory=list)
    _waiting: deque[float] = field(default_factory=deque)

    def __post_init__(self) -> None:
        if self.servers > self.room:
            self.servers = self.room
        if not self._free and math.isfinite(self.servers):
            self._free = [-math.inf] * int(self.servers)

    def fork(self) -> Fifo:
        """Return a copy that goes its own way.

        Returns
        -------
        Fifo
            Of the same state.
        """
        return Fifo(self.servers, self.room, self._free.copy(), self._waiting.copy())

    def serve(
        self, times: FloatArray, service: FloatArray, patience: FloatArray | None = None
    ) -> tuple[FloatArray, BoolArray]:
        """Return when the service of each request begins, and who is refused or gives up.

        Parameters
        ----------
        times : ndarray, shape (n,)
            Sorted arrival times. [s]
        service : ndarray, shape (n,)
            Service times. [s]
        patience : ndarray, shape (n,), optional
            Who would wait longer leaves after so long, unserved. [s]

        Returns
        -------
        begins : ndarray, shape (n,)
            Begin of service; for those who give up when they leave, for those who find the
            room full when they came. [s]
        lost : ndarray of bool, shape (n,)

        Notes
        -----
        Blocks in which nobody waits are decided by counting: with all served at once, no
        request finds more than `servers` inside. One server follows Lindley's recursion as a
        cumulative maximum. All else is the heap of the servers' free times.
        """
        begins, lost = times.copy(), np.zeros(len(times), dtype=np.bool_)
        if math.isinf(self.servers):
            return begins, lost
        for low in range(0, len(times), _BLOCK):
            part = slice(low, low + _BLOCK)
            t, s = times[part], service[part]
            if self._calm(t, s):
                continue
            limit = patience[part] if patience is not None else None
            if (
                self.servers == 1.0
                and math.isinf(self.room)
                and self._lindley(t, s, limit, begins[part])
            ):
                continue
            self._loop(t, s, limit, begins[part], lost[part])
        return begins, lost

    def _calm(self, t: FloatArray, s: FloatArray) -> bool:
        """Serve a block without any wait, if that is how it goes."""
        ends = np.concatenate((np.asarray(self._free), t + s))
        order = np.sort(ends)
        gone = np.searchsorted(order, t, side="right")
        # Free servers stand in `order` with the time since which they are free.
        if (gone < np.arange(1, len(t) + 1)).any():
            return False
        self._free = order[len(t) :].tolist()
        self._waiting.clear()
        return True

    def _lindley(
        self, t: FloatArray, s: FloatArray, patience: FloatArray | None, begins: FloatArray
    ) -> bool:
        """Serve a block with one server, if nobody gives up and all have room."""
        if self.servers != 1.0 or math.isfinite(self.room):
            return False
        before = np.concatenate(([0.0], np.cumsum(s)[:-1]))
        lead = t - before
        lead[0] = max(lead[0], self._free[0])
        start = np.maximum.accumulate(lead) + before
        np.maximum(start, t, out=start)
        if patience is not None and (start - t > patience).any():
            return False
        begins[:] = start
        self._free = [float(start[-1] + s[-1])]
        return True

    def _loop(
        self,
        t: FloatArray,
        s: FloatArray,
        patience: FloatArray | None,
        begins: FloatArray,
        lost: BoolArray,
    ) -> None:
        starts = t.tolist()
        limits = patience.tolist() if patience is not None else [math.inf] * len(starts)
        if math.isfinite(self.room):
            gave_up = self._loop_in_room(starts, s.tolist(), limits)
        else:
            gave_up = self._loop_unbounded(starts, s.tolist(), limits)
        begins[:] = starts
        lost[gave_up] = True

    def _loop_unbounded(
        self, starts: list[float], service: list[float], limits: list[float]
    ) -> list[int]:
        """Write begins in the place of arrivals; return who gives up."""
        free, gave_up = self._free, []
        for i, (now, lasts, limit) in enumerate(zip(starts, service, limits, strict=True)):
            start = free[0]
            if start <= now:
                heapreplace(free, now + lasts)
            elif start - now > limit:
                starts[i] = now + limit
                gave_up.append(i)
            else:
                starts[i] = start
                heapreplace(free, start + lasts)
        return gave_up

    def _loop_in_room(
        self, starts: list[float], service: list[float], limits: list[float]
    ) -> list[int]:
        """Do the same where few may wait; who waits stands in line by its begin of service."""
        free, waiting, lost = self._free, self._waiting, []
        places = self.room - self.servers
        for i, (now, lasts, limit) in enumerate(zip(starts, service, limits, strict=True)):
            while waiting and waiting[0] <= now:
                waiting.popleft()
            start = free[0]
            if start <= now:
                heapreplace(free, now + lasts)
            elif len(waiting) >= places:
                lost.append(i)
            elif start - now > limit:
                starts[i] = now + limit
                lost.append(i)
            else:
                starts[i] = start
                waiting.append(start)
                heapreplace(free, start + lasts)
        return lost


@dataclass(slots=True)
class Limiter:
    """Hold at most `limit` at once; who comes then is refused at once."""

    limit: float
    _ends: FloatArray = field(default_factory=lambda: np.empty(0))

    def fork(self) -> Limiter:
        """Return a copy that goes its own way.

        Returns
        -------
        Limiter
            Of the same state.
        """
        return Limiter(self.limit, self._ends)

    def serve(self, times: FloatArray, lasts: FloatArray) -> BoolArray:
        """Say who is refused; the others are held.

        Parameters
        ----------
        times : ndarray, shape (n,)
            Sorted times. [s]
        lasts : ndarray, shape (n,)
            For how long each is held. [s]

        Returns
        -------
        ndarray of bool, shape (n,)
            Who is refused.
        """
        lost = np.zeros(len(times), dtype=np.bool_)
        for low in range(0, len(times), _BLOCK):
            part = slice(low, low + _BLOCK)
            self._block(times[part], lasts[part], lost[part])
        return lost

    def all_fit(self, times: FloatArray, lasts: FloatArray) -> bool:
        """Hold them all, in any order, if counting shows that nobody can be refused.

        Whoever is inside came at most the longest stay ago: within two bins of that length.

        Parameters
        ----------
        times : ndarray, shape (n,)
            Times, in any order. [s]
        lasts : ndarray, shape (n,)
            For how long each is held. [s]

        Returns
        -------
        bool
            False where it is not plain; then nothing is held.
        """
        if not len(times):
            return True
        first, longest = float(times.min()), max(float(lasts.max()), 1e-3)
        bins = ((times - first) * (1.0 / longest)).astype(np.intp)
        counts = np.bincount(bins)
        if len(self._ends) + 2 * int(counts.max()) > self.limit:
            return False
        ends, last = times + lasts, float(times.max())
        self._ends = np.sort(np.concatenate((self._ends[self._ends > last], ends[ends > last])))
        return True

    def _block(self, t: FloatArray, lasts: FloatArray, lost: BoolArray) -> None:
        ends = np.sort(np.concatenate((self._ends, t + lasts)))
        inside = len(self._ends) + np.arange(1, len(t) + 1)
        left = np.searchsorted(ends, t, side="right")
        if (inside - left).max() > self.limit:
            fifo = Fifo(max(1.0, math.floor(self.limit)), max(1.0, math.floor(self.limit)))
            fifo._free[: len(self._ends)] = np.sort(self._ends)[-len(fifo._free) :].tolist()
            fifo._free.sort()
            fifo._loop(t, lasts, None, np.empty_like(t), lost)
            if self.limit < 1.0:
                lost[:] = True
            ends = np.sort(np.concatenate((self._ends, (t + lasts)[~lost])))
            left = np.searchsorted(ends, t, side="right")
        self._ends = ends[int(left[-1]) :]


def lanes(times: FloatArray, service: FloatArray, servers: int) -> FloatArray:
    """Return when service begins in many independent queues of c servers at once.

    Parameters
    ----------
    times, service : ndarray, shape (queues, n)
        Sorted arrival times and service times. [s]
    servers : int
        Servers of each queue. [count]

    Returns
    -------
    ndarray, shape (queues, n)
        Begin of service. [s]
    """
    queues, count = times.shape
    free, begins, row = np.full((queues, servers), -np.inf), np.empty_like(times), np.arange(queues)
    for k in range(count):
        first = free.argmin(axis=1)
        begins[:, k] = np.maximum(times[:, k], free[row, first])
        free[row, first] = begins[:, k] + service[:, k]
    return begins
