"""Clients that come back after a failure, and what a step misjudged of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from apps.engine.stages.base import NOTHING, FloatArray


@dataclass(frozen=True, slots=True)
class Retry:
    """How clients come back after a refusal: attempts in all, mean delay before each [s]."""

    attempts: int = 1
    delay_s: float = 1.0


class Owed(NamedTuple):
    """Clients that come later than they should, less those that came too early, and over what.

    They come over `over_s` seconds: so long as the step took in which they were misjudged.
    """

    late: float
    over_s: float

    def with_more(self, more: float, dt: float, delay_s: float) -> Owed:
        """Return what is owed after a step that misjudged some more.

        Parameters
        ----------
        more : float
            Those that come later than they should, less those that came too early. [count]
        dt : float
            Length of the step. [s]
        delay_s : float
            Mean delay before they come back. [s]

        Returns
        -------
        Owed
            All of them, over a time between those of both.
        """
        old, new = abs(self.late), abs(more)
        if old + new <= NOTHING:
            return Owed(self.late + more, delay_s)
        over_s = old * max(self.over_s - dt, delay_s) + new * max(dt, delay_s)
        return Owed(self.late + more, over_s / (old + new))


class Returning:
    """The clients of one day that wait to come back.

    `again` are by entry and by how often they failed before, less one; `owed` of them those that
    are late, less those that came too early. An entry is `calm` where nobody waits.
    """

    def __init__(self, retry: Retry, entries: int) -> None:
        self.retry = retry
        self.again = [[0.0] * (retry.attempts - 1) for _ in range(entries)]
        self.owed = [[Owed(0.0, retry.delay_s)] * (retry.attempts - 1) for _ in range(entries)]
        self.calm = [False] * entries

    def waiting(self) -> float:
        """Return how many wait to come back.

        Returns
        -------
        float
            Clients of all entries. [count]
        """
        return sum(map(sum, self.again)) + sum(late for own in self.owed for late, _ in own)

    def step(
        self, dt: float
    ) -> tuple[Callable[[int, float, float], float], Callable[[int, float], float]]:
        """Return what comes at an entry in a step, and what fails there for good.

        Parameters
        ----------
        dt : float
            Length of the step. [s]

        Returns
        -------
        tuple of callable
            The first takes an entry, new requests, and the share that fails; the second takes an
            entry and the share that failed. Both answer with requests. [count]
        """
        again, owed, ratio = self.again, self.owed, dt / self.retry.delay_s
        comes_back = -math.expm1(-ratio)
        at_once, delay_s = 1.0 - comes_back / ratio, self.retry.delay_s
        offered = [[0.0] * self.retry.attempts for _ in again]
        hurried = [[0.0] * self.retry.attempts for _ in again]

        def come_again(k: int, new: float, bad: float) -> float:
            self.calm[k] = False
            tries, soon = offered[k], at_once * bad
            tries[0] = new
            for often, waiting in enumerate(again[k], start=1):
                late, over_s = owed[k][often - 1]
                back, early = waiting * comes_back, tries[often - 1] * soon
                tries[often] = max(0.0, back + early - late * math.expm1(-dt / over_s))
                again[k][often - 1] = waiting - back
                left = late + back + early - tries[often]
                owed[k][often - 1], hurried[k][often - 1] = Owed(left, over_s), early
            return sum(tries)

        def fail(k: int, bad: float) -> float:
            waits = again[k]
            for often in range(len(waits)):
                lost = offered[k][often] * bad
                waits[often] += lost * (1.0 - at_once)
                more = lost * at_once - hurried[k][often]
                owed[k][often] = owed[k][often].with_more(more, dt, delay_s)
            self.calm[k] = not (max(waits) > NOTHING or any(abs(o.late) > NOTHING for o in owed[k]))
            return offered[k][-1] * bad

        return come_again, fail


@dataclass(frozen=True, slots=True)
class Clients:
    """The clients of many scenarios, in the rows of their states.

    `waiting` is the first row of those that wait to come back, by entry and by how often they
    failed, `late` of those of them that are owed, `over_s` of over how long.
    """

    retry: Retry
    waiting: int
    late: int
    over_s: int

    def at_once(self, dt: float) -> float:
        """Return the share of those that fail in a step who come back within it.

        Parameters
        ----------
        dt : float
            Length of the step. [s]

        Returns
        -------
        float
            From 0 to 1. [-]
        """
        ratio = dt / self.retry.delay_s
        return 1.0 + math.expm1(-ratio) / ratio

    def come_again(
        self, v: FloatArray, entry: int, new: FloatArray, soon: FloatArray, dt: float
    ) -> list[FloatArray]:
        """Return what comes in at an entry, by how often it failed before.

        Parameters
        ----------
        v : ndarray, shape (rows, scenarios)
            The state; who comes is taken out of it.
        entry : int
            Which of the entries.
        new : ndarray, shape (scenarios,)
            Those that come for the first time. [count]
        soon : ndarray, shape (scenarios,)
            The share that will fail and come back within the step. [-]
        dt : float
            Length of the step. [s]

        Returns
        -------
        list of ndarray, shape (scenarios,)
            Requests of each attempt. [count]
        """
        tries, comes_back = [new], -math.expm1(-dt / self.retry.delay_s)
        for waiting, late, over_s in self._rows(entry):
            back, due = v[waiting] * comes_back, -v[late] * np.expm1(-dt / v[over_s])
            tries.append(np.maximum(back + tries[-1] * soon + due, 0.0))
            v[waiting] -= back
            v[late] += back - tries[-1]
        return tries

    def fail(
        self,
        v: FloatArray,
        entry: int,
        offered: Sequence[FloatArray],
        bad: FloatArray,
        soon: FloatArray,
        dt: float,
    ) -> None:
        """Let those wait who failed; what was wrongly thought to come back at once is owed.

        Parameters
        ----------
        v : ndarray, shape (rows, scenarios)
            The state.
        entry : int
            Which of the entries.
        offered : sequence of ndarray
            What `come_again` answered. [count]
        bad, soon : ndarray, shape (scenarios,)
            The share that failed, and the one that `come_again` was given. [-]
        dt : float
            Length of the step. [s]
        """
        at_once, delay_s = self.at_once(dt), self.retry.delay_s
        for tried, (waiting, late, over_s) in zip(offered, self._rows(entry), strict=False):
            v[waiting] += tried * bad * (1.0 - at_once)
            more, left = tried * bad * at_once - tried * soon, v[late] + tried * soon
            old, new = np.abs(left), np.abs(more)
            over = old * np.maximum(v[over_s] - dt, delay_s) + new * max(dt, delay_s)
            total = np.maximum(old + new, NOTHING)
            v[over_s] = np.where(old + new > NOTHING, over / total, delay_s)
            v[late] = left + more

    def _rows(self, entry: int) -> Iterator[tuple[int, int, int]]:
        first = entry * (self.retry.attempts - 1)
        for place in range(first, first + self.retry.attempts - 1):
            yield self.waiting + place, self.late + place, self.over_s + place
