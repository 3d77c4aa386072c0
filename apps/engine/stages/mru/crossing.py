"""A pool with one idle limit, worked through by level crossing: exact, many requests at once.

Notes
-----
Idle environments are a stack, so the request that raises the number in service to L takes the
environment that was released when that number last fell from L: it is cold exactly if that is
longer ago than the idle limit, or never was. In a chunk that spans less than the idle limit only
levels above those lately released can be cold; for the rest the number in service need not be
known. Where a limit refuses, or many are cold, the chunk is worked through by the stack.

References
----------
.. [1] M. Eisenberg, "Level crossing" arguments in P. Brill, "Level Crossing Methods in Stochastic
   Models", Springer, 2008, chapter 1.
"""

from __future__ import annotations

import math
from copy import copy

import numpy as np

from apps.engine.stages.base import FloatArray
from apps.engine.stages.mru.chunk import ARRIVALS, FEW_ARRIVALS, Crossings, Grid
from apps.engine.stages.mru.rules import Allowance, Rules
from apps.engine.stages.mru.stack import Outcome, Rest, SingleStack

CHUNK = 16_384
# A chunk spans at most this part of the idle limit.
_SPAN = 0.75
# Chunks of fewer requests are worked through faster by the stack, and so many at a time.
_FEW, _MANY = 256, 4_096
# Where fewer than so many buckets more may be in service, the buckets are small.
_ROOMY = 3
# A cold request is longer, so the chunk is repeated until the cold ones stay the same.
_PASSES = 64


class _Chunk:
    """Requests of which some are taken to be cold, with their durations and ends. [s]"""

    __slots__ = ("_cold", "_durations", "_start", "_times", "_warm", "ends", "found")

    def __init__(
        self, times: FloatArray, durations: FloatArray, cold: FloatArray, ends: FloatArray
    ) -> None:
        self._times, self._durations, self._cold, self.ends = times, durations, cold, ends
        self._start = len(ends) - len(times)
        self._warm: dict[int, float] = {}
        self.found: list[int] = []

    def take(self, found: list[int]) -> None:
        """Take these to be cold, and no others."""
        for i, lasts in self._warm.items():
            self._set(i, lasts)
        self._warm = {i: float(self._durations[i]) for i in found}
        for i in found:
            self._set(i, float(self._cold[i]))
        self.found = found

    def _set(self, i: int, lasts: float) -> None:
        self._durations[i] = lasts
        self.ends[self._start + i] = self._times[i] + lasts


class Crossing:
    """A pool of environments with one idle limit and none provisioned.

    `ends` are those of the requests in service after the last arrival; `idle` says when idle
    environments were released, the latest first; `idle_s` sums the idle times that ended. [s]
    `peak` is the most that were in service at once: only a new environment can raise it.
    """

    __slots__ = ("allowance", "chunk", "ends", "idle", "idle_s", "peak", "rules", "since")

    def __init__(self, rules: Rules, chunk: int = CHUNK) -> None:
        self.rules, self.chunk = rules, chunk
        self.allowance = Allowance(rules)
        self.ends = np.empty(0)
        self.idle = np.empty(0)
        self.idle_s = 0.0
        self.since = math.nan
        self.peak = 0

    def fork(self) -> Crossing:
        """Return a copy that goes its own way.

        Returns
        -------
        Crossing
            Of the same state.
        """
        other = copy(self)
        other.allowance = self.allowance.copy()
        return other

    @property
    def kept(self) -> int:
        """How many environments live at the last arrival, busy or idle. [count]"""
        alive = np.count_nonzero(self.since - self.idle <= self.rules.life.last_s)
        return len(self.ends) + int(alive)

    def serve(self, times: FloatArray, durations: FloatArray, cold: FloatArray) -> Outcome:
        """Work through requests; parameters and result are those of `SingleStack.serve`.

        Parameters
        ----------
        times, durations, cold : FloatArray
            When they come, and how long they take warm and cold, shape (n,). [s]

        Returns
        -------
        tuple of list of int
            The indices of the cold and of the refused requests.
        """
        new: list[int] = []
        lost: list[int] = []
        low = 0
        while low < len(times):
            if math.isnan(self.since):
                self.since = float(times[0])
            # A few more are worked through with the others rather than by themselves.
            few_more = len(times) - low <= self.chunk + self.chunk // 8
            high = len(times) if few_more else low + self.chunk
            high = min(high, self._reach(times, low))
            part = slice(low, high)
            found = self._calm(times[part], durations[part], cold[part])
            if found is None:
                high = max(high, min(len(times), low + min(_MANY, self.chunk)))
                part = slice(low, high)
                found, refused = self._stacked(times[part], durations[part], cold[part])
                lost += [low + i for i in refused]
            new += [low + i for i in found]
            low, self.since = high, float(times[high - 1])
        return new, lost

    def _reach(self, times: FloatArray, low: int) -> int:
        """Return where a chunk from `low` on must end to span less than the idle limit."""
        edge = self.since + _SPAN * self.rules.life.last_s
        return max(low + 1, int(np.searchsorted(times, edge)))

    def _calm(self, times: FloatArray, durations: FloatArray, cold: FloatArray) -> list[int] | None:
        """Return the cold ones of a chunk in which nothing is refused, or None if it is not so."""
        last = float(times[-1])
        if len(times) < _FEW or last - self.since >= self.rules.life.last_s:
            return None
        chunk = _Chunk(times, durations, cold, np.concatenate((self.ends, times + durations)))
        safe = len(self.ends) + int(np.count_nonzero(last - self.idle <= self.rules.life.last_s))
        for _ in range(_PASSES):
            seen = self._pass(times, chunk.ends, safe)
            if seen is None:
                break
            if seen[0] == chunk.found:
                if not self._may_start(times[chunk.found]):
                    break
                self.idle_s += seen[1] - float(durations.sum())
                self.peak = max(self.peak, int(seen[2].level.max(initial=0)))
                self._advance(times, chunk.ends, seen[2])
                return chunk.found
            chunk.take(seen[0])
        chunk.take([])
        return None

    def _may_start(self, times: FloatArray) -> bool:
        """Take the new environments of a chunk, or none of them where one is refused."""
        allowance = self.allowance.copy()
        if not all(allowance.take(now) for now in times.tolist()):
            return False
        self.allowance = allowance
        return True

    def _pass(
        self, times: FloatArray, ends: FloatArray, safe: int
    ) -> tuple[list[int], float, Crossings] | None:
        """Return the cold ones, what they take from the idle time, and the last crossings."""
        crossings = self._crossings(times, ends, safe)
        if crossings is None:
            return None
        if len(crossings.level) and crossings.level.max() > self.rules.limit:
            return None
        if np.count_nonzero(crossings.level > safe) > len(times) // 4:
            return None
        found, idle_s = self._expired(times, crossings, safe, len(ends) - len(times))
        return found, idle_s, crossings

    def _crossings(self, times: FloatArray, ends: FloatArray, safe: int) -> Crossings | None:
        """Return the crossings that matter; None where times are too near to tell them apart."""
        watch = min(safe, self.rules.limit)
        room = watch - (len(ends) - len(times))
        if room <= FEW_ARRIVALS:
            return Crossings.all_of(times, ends)
        arrivals = ARRIVALS if room > _ROOMY * ARRIVALS else FEW_ARRIVALS
        grid = Grid.over(self.since, times, ends, arrivals)
        if grid is None:
            return None
        at_end = int(np.count_nonzero(ends > times[-1]))
        marked = grid.latest(at_end) | (grid.bound[: grid.final + 1] > watch)
        return Crossings.within(grid, marked, times, ends)

    def _expired(
        self, times: FloatArray, crossings: Crossings, safe: int, start: int
    ) -> tuple[list[int], float]:
        """Return arrivals above the safe level that find their environment dead, or none.

        The second value corrects the idle time: what was never released was not idle, and
        what is dead was idle for no longer than the limit. [s]
        """
        longest, last, idle = self.rules.life.last_s, float(times[-1]), self.idle
        rises, falls = crossings.level > safe, crossings.crossed > safe
        came, left = times[crossings.index[rises]], crossings.ends[falls]
        order = np.argsort(np.concatenate((left, came)), kind="stable")
        when = np.concatenate((left, came))[order].tolist()
        levels = np.concatenate((crossings.crossed[falls], crossings.level[rises]))[order].tolist()
        index = np.concatenate((np.full(len(left), -1), crossings.index[rises]))[order].tolist()
        released: dict[int, float] = {}
        found: list[int] = []
        idle_s = 0.0
        for now, level, i in zip(when, levels, index, strict=True):
            if i < 0:
                released[level] = now
                continue
            place = level - start - 1
            since = released.get(level)
            if since is None:
                since = float(idle[place]) if place < len(idle) else -math.inf
            if now - since > longest:
                found.append(i)
                idle_s += last - now if since == -math.inf else longest - (now - since)
        return found, idle_s

    def _advance(self, times: FloatArray, ends: FloatArray, crossings: Crossings) -> None:
        """Move on to the end of a chunk.

        Idle times that ended are those that lasted at the chunk's start or began in it, less
        those that last at its end. Releases begin one and arrivals end one, so that the sum
        needs no more than the durations, which are counted already.
        """
        last, start = float(times[-1]), len(self.ends)
        stay = ends[ends > last]
        top = start + len(self.idle)
        highest = max(top, len(stay), int(crossings.crossed.max(initial=0)))
        released = np.empty(highest + 1)
        released[start + 1 : top + 1] = self.idle
        # Where a level is crossed several times, the last one stays.
        released[crossings.crossed] = crossings.ends
        idle = released[len(stay) + 1 :]
        before = (last - self.idle).sum() + (last - self.ends).sum()
        self.idle_s += float(before - (last - stay).sum() - (last - idle).sum())
        longest = self.rules.life.last_s
        alive = int(np.count_nonzero(last - idle <= longest))
        self.idle_s += longest * (len(idle) - alive) if alive < len(idle) else 0.0
        self.ends, self.idle = stay, idle[:alive]

    def _stacked(self, times: FloatArray, durations: FloatArray, cold: FloatArray) -> Outcome:
        """Work through a chunk request by request."""
        stack = SingleStack(self.rules, self.allowance)
        stack.busy, stack.idle = np.sort(self.ends).tolist(), self.idle[::-1].tolist()
        outcome = stack.serve(times, durations, cold)
        self.ends, self.idle = np.array(stack.busy), np.array(stack.idle[::-1])
        self.idle_s += stack.idle_s
        self.peak = max(self.peak, stack.peak)
        return outcome

    def rest(self) -> Rest:
        """Return what is in service and idle after the last request.

        Returns
        -------
        Rest
            Times of ends and releases [s], and the idle time so far [s].
        """
        return Rest(self.ends, self.idle, self.idle_s)
