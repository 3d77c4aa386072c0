"""A pool of environments that serves batch after batch of the requests of a graph.

References
----------
.. [1] N. Mahmoudi, H. Khazaei, "SimFaaS: A Performance Simulator for Serverless Computing
   Platforms", CLOSER 2021 (measurements on AWS Lambda).
.. [2] https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from apps.engine.stages.arrivals import Arrivals, BoolArray, Chance, Departures
from apps.engine.stages.base import FloatArray
from apps.engine.stages.pool import Pool

_BLOCK = 8192
# The right to make new environments is saved for so long.
_RAMP_HOLD_S = 10.0
_PASSES = 16


@dataclass(slots=True)
class PoolServer:
    """Environments on a stack, used most recently first.

    `busy` are the ends of what is in service, sorted; `idle` are the times since which the
    others are idle, the most recent last. `kept_s` are environment-seconds, of the number that
    live at the end of each block.
    """

    stage: Pool
    busy: FloatArray = field(default_factory=lambda: np.empty(0))
    idle: FloatArray = field(default_factory=lambda: np.empty(0))
    tokens: float = math.nan
    at: float = math.nan
    kept_s: float = 0.0
    peak: int = 0

    def __post_init__(self) -> None:
        if math.isnan(self.tokens):
            self.tokens = self.stage.ramp_per_s * _RAMP_HOLD_S

    def fork(self) -> PoolServer:
        return PoolServer(
            self.stage, self.busy, self.idle, self.tokens, self.at, self.kept_s, self.peak
        )

    @property
    def kept(self) -> float:
        """Return how many environments live, busy or idle. [count]"""
        alive = np.count_nonzero(self.idle >= self.at - self.stage.idle_s)
        return max(float(len(self.busy) + alive), self.stage.ready)

    def serve(self, arrivals: Arrivals, chance: Chance) -> Departures:
        """Return what becomes of requests; `work` is the number of items in each."""
        stage, times = self.stage, arrivals.times
        warm = np.minimum(
            stage.own_s * arrivals.work * chance.size + arrivals.beyond, stage.timeout_s
        )
        cold = np.minimum(warm + stage.init_s, stage.timeout_s)
        lasts = warm.copy()
        started, lost = np.zeros(len(times), dtype=np.bool_), np.zeros(len(times), dtype=np.bool_)
        low = 0
        while low < len(times):
            since = times[low] if math.isnan(self.at) else self.at
            reach = int(np.searchsorted(times, since + 0.5 * stage.idle_s))
            high = min(len(times), low + _BLOCK, max(low + 1, reach))
            part = slice(low, high)
            block = _Block(
                times[part], warm[part], cold[part], lasts[part], started[part], lost[part]
            )
            if times[high - 1] - since >= stage.idle_s or not self._by_levels(block):
                self._by_stack(block)
            self._note(float(times[low]), float(times[high - 1]))
            low = high
        return Departures(times, times + lasts, lost, started)

    def _note(self, first: float, now: float) -> None:
        before = first if math.isnan(self.at) else self.at
        self.at = now
        self.kept_s += self.kept * (now - before)

    def _refill(self, now: float) -> float:
        if math.isnan(self.at):
            return self.tokens
        rate = self.stage.ramp_per_s
        return min(rate * _RAMP_HOLD_S, self.tokens + rate * (now - self.at))

    def _by_levels(self, block: _Block) -> bool:
        """Serve a block by counting how many are inside, if no limit is met in it."""
        t, start, size = block.times, len(self.busy), len(block.times)
        alive = np.count_nonzero(self.idle >= t[-1] - self.stage.idle_s)
        safe = max(start + int(alive), int(self.stage.ready))
        arrived = np.arange(start + 1, start + size + 1)
        tokens, found = self._refill(float(t[0])), np.empty(0, dtype=np.intp)
        for _ in range(_PASSES):
            ends = np.concatenate((self.busy, t + block.lasts))
            ends.sort()
            left = np.searchsorted(ends, t, side="right")
            level: NDArray[np.intp] = arrived - left
            highest = int(level.max())
            if highest > self.stage.limit:
                return self._give_back(block)
            passing = _Passing(ends, left, level, start)
            new = np.empty(0, dtype=np.intp)
            if highest > safe:
                above = np.flatnonzero(level > safe)
                if len(above) > size // 4:
                    return self._give_back(block)
                new = self._expired(block, passing, above, safe)
            if len(new) > tokens:
                return self._give_back(block)
            if np.array_equal(new, found):
                self.peak = max(self.peak, highest)
                self._keep(block, passing, found, tokens)
                return True
            block.lasts[found] = block.warm[found]
            block.lasts[new] = block.cold[new]
            found = new
        return self._give_back(block)

    def _give_back(self, block: _Block) -> bool:
        block.lasts[:] = block.warm
        return False

    def _expired(
        self, block: _Block, passing: _Passing, above: NDArray[np.intp], safe: int
    ) -> NDArray[np.intp]:
        """Return the requests above the safe level whose environment had been idle too long."""
        crossed = passing.crossed()
        low = np.flatnonzero(crossed > safe)
        events = [(float(passing.ends[j]), 0, int(crossed[j]), -1) for j in low.tolist()]
        events += [(float(block.times[i]), 1, int(passing.level[i]), i) for i in above.tolist()]
        seen, cold = self._last(passing.start), []
        for when, is_arrival, level, i in sorted(events):
            if not is_arrival:
                seen[level] = when
            elif when - seen.get(level, -math.inf) > self.stage.idle_s:
                cold.append(i)
        return np.array(cold, dtype=np.intp)

    def _last(self, start: int) -> dict[int, float]:
        """Return since when the environment of each level is idle."""
        return {start + 1 + k: when for k, when in enumerate(self.idle[::-1].tolist())}

    def _keep(
        self, block: _Block, passing: _Passing, cold: NDArray[np.intp], tokens: float
    ) -> None:
        gone, start = int(passing.left[-1]), passing.start
        crossed = passing.crossed()
        top = max(start + len(self.idle), int(passing.level.max()))
        last = np.full(top + 2, -np.inf)
        last[start + 1 : start + 1 + len(self.idle)] = self.idle[::-1]
        last[crossed] = passing.ends[:gone]  # of several times at one level the latest stays
        self.busy = passing.ends[gone:]
        idle = last[len(self.busy) + 1 : top + 1]
        self.idle = idle[idle > -np.inf][::-1]
        block.started[cold] = True
        self.tokens = tokens - len(cold)

    def _by_stack(self, block: _Block) -> None:
        """Serve a block request by request."""
        stage, busy, idle = self.stage, self.busy.tolist(), self.idle.tolist()
        at = float(block.times[0]) if math.isnan(self.at) else self.at
        tokens, rate, limit, peak = self.tokens, stage.ramp_per_s, stage.limit, self.peak
        most, ready, idle_s, lasts = rate * _RAMP_HOLD_S, stage.ready, stage.idle_s, block.lasts
        for i, now in enumerate(block.times.tolist()):
            while busy and busy[0] <= now:
                idle.append(heappop(busy))
            tokens = min(most, tokens + rate * (now - at))
            at = now
            if len(busy) + 1 > limit:
                block.lost[i], lasts[i] = True, 0.0
                continue
            if idle and now - idle[-1] <= idle_s:
                idle.pop()
            elif len(busy) < ready:
                idle.clear()
            elif tokens < 1.0:
                block.lost[i], lasts[i] = True, 0.0
                continue
            else:
                idle.clear()
                tokens -= 1.0
                block.started[i], lasts[i] = True, block.cold[i]
            heappush(busy, now + float(lasts[i]))
            peak = len(busy) if len(busy) > peak else peak
        self.peak = peak
        self.busy, self.idle, self.tokens = np.sort(np.array(busy)), np.array(idle), tokens


@dataclass(slots=True)
class _Block:
    """Requests that are looked at together; the last three are written."""

    times: FloatArray
    warm: FloatArray
    cold: FloatArray
    lasts: FloatArray
    started: BoolArray
    lost: BoolArray


@dataclass(slots=True)
class _Passing:
    """How the number inside moves: sorted ends, how many left by each arrival, its level."""

    ends: FloatArray
    left: NDArray[np.intp]
    level: NDArray[np.intp]
    start: int

    def crossed(self) -> NDArray[np.intp]:
        """Return the level that each departure leaves."""
        gone = int(self.left[-1])
        before = np.cumsum(np.bincount(self.left, minlength=gone + 1)[: gone + 1])[:gone]
        return np.asarray(self.start + before - np.arange(gone))
