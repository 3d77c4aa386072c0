"""A pool with provisioned environments: many requests at once while those suffice.

References
----------
.. [1] https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
"""

from __future__ import annotations

import math
from copy import copy

import numpy as np

from apps.engine.stages.base import FloatArray
from apps.engine.stages.mru.chunk import Crossings, Grid
from apps.engine.stages.mru.rules import Rules
from apps.engine.stages.mru.stack import PROVISIONED, LifeStack, Outcome, Rest


class Provisioned:
    """A pool whose requests are all warm as long as no more are in service than are ready.

    A chunk in which that is so needs no more than to know it; others go by the stack.

    Parameters
    ----------
    rules : Rules
        How the pool behaves.
    chunk : int
        Requests that are looked at together. It changes the speed and nothing else. [count]
    """

    __slots__ = ("chunk", "since", "stack")

    def __init__(self, rules: Rules, chunk: int) -> None:
        self.stack, self.chunk = LifeStack(rules), chunk
        self.since = math.nan

    def serve(self, times: FloatArray, durations: FloatArray, cold: FloatArray) -> Outcome:
        """Work through requests; parameters and result are those of `SingleStack.serve`.

        Parameters
        ----------
        times, durations, cold : FloatArray
            When they come, and how long they take warm and cold, shape (n,); `durations` is
            written where a request is cold or refused. [s]

        Returns
        -------
        tuple of list of int
            The indices of the cold and of the refused requests.
        """
        outcome: Outcome = ([], [])
        for low in range(0, len(times), self.chunk):
            part = slice(low, low + self.chunk)
            if math.isnan(self.since):
                self.since = float(times[0])
            if not self._calm(times[part], durations[part]):
                seen = self.stack.serve(times[part], durations[part], cold[part])
                for indices, found in zip(outcome, seen, strict=True):
                    indices += [low + i for i in found]
            self.since = float(times[part][-1])
        return outcome

    def fork(self) -> Provisioned:
        """Return a copy that goes its own way.

        Returns
        -------
        Provisioned
            Of the same state.
        """
        other = copy(self)
        other.stack = self.stack.fork()
        return other

    @property
    def kept(self) -> int:
        """How many environments live at the last arrival, busy or idle. [count]"""
        return self.stack.kept

    @property
    def peak(self) -> int:
        """The most requests that were in service at once. [count]"""
        return self.stack.peak

    def rest(self) -> Rest:
        """Return what is in service and idle after the last request.

        Returns
        -------
        Rest
            Ends and releases, and sums of what ended. [s]
        """
        return self.stack.rest()

    def _calm(self, times: FloatArray, durations: FloatArray) -> bool:
        """Work through a chunk that provisioned environments can serve, if they can."""
        stack, last = self.stack, float(times[-1])
        ready = min(stack.rules.ready, stack.rules.limit)
        if any(born != PROVISIONED for _, born in stack.busy):
            return False
        busy = np.array([end for end, _ in stack.busy])
        ends = np.concatenate((busy, times + durations))
        grid = Grid.over(self.since, times, ends)
        if grid is None:
            return False
        # What may be more than ever before, or more than are ready, is looked at closely.
        marked = grid.bound[: grid.final + 1] > min(ready, stack.peak)
        if marked.any():
            level = int(Crossings.within(grid, marked, times, ends).level.max())
            if level > ready:
                return False
            stack.peak = max(stack.peak, level)
        stay = np.sort(ends[ends > last]).tolist()
        stack.busy = [(end, PROVISIONED) for end in stay]
        stack.spare = stack.rules.ready - len(stay)
        stack.lent_s += float(durations.sum())
        stack.now_s = last
        return True
