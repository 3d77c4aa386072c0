"""Requests that all stay for the same time, for many scenarios at once: the law of `windows`."""

from __future__ import annotations

import numpy as np

from apps.engine.stages.base import FloatArray
from apps.engine.stages.windows import EVEN, GENERATIONS, HELD, WANTED


class WindowBatch:
    """The law of `windows.Window` for some of the scenarios.

    Parameters
    ----------
    rows : ndarray, shape (WINDOW, scenarios)
        Their slots, which are written.
    """

    __slots__ = ("_had", "_is_over", "_pace", "_rows", "_turns")

    def __init__(self, rows: FloatArray) -> None:
        self._rows = rows
        self._turns = self._had = self._pace = np.empty(0)
        self._is_over = np.empty(0, dtype=np.bool_)

    def leave(
        self, wanted: FloatArray, held: FloatArray, pace: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Move on by a share of the time that requests stay; return what is left of them.

        Parameters
        ----------
        wanted, held : ndarray, shape (scenarios,)
            What there is before. [count]
        pace : ndarray, shape (scenarios,)
            Length of the step over the time that requests stay. [-]

        Returns
        -------
        tuple of ndarray
            What is left of both. [count]
        """
        rows = self._rows
        self._fill(wanted, held)
        self._had, self._pace = rows[0].copy(), pace * GENERATIONS
        clock = self._had + self._pace
        self._is_over = over = clock >= GENERATIONS
        self._turns = np.floor(np.where(over, 0.0, clock))
        clock = clock - self._turns
        part = np.where(pace < 1.0, 1.0 - pace, 0.0)
        rows[0] = np.where(over, EVEN, clock)
        kept, kept_held = self._turn(rows[WANTED:HELD], clock), self._turn(rows[HELD:], clock)
        return np.where(over, wanted * part, kept), np.where(over, held * part, kept_held)

    def _fill(self, wanted: FloatArray, held: FloatArray) -> None:
        rows = self._rows
        is_even = (rows[0] < 0.0) | (wanted <= 0.0)
        if not is_even.any():
            return
        rows[0] = np.where(is_even, 0.0, rows[0])
        for first, amount in ((WANTED, wanted), (HELD, held)):
            rows[first] = np.where(is_even, 0.0, rows[first])
            past = slice(first + 1, first + 1 + GENERATIONS)
            rows[past] = np.where(is_even, amount / GENERATIONS, rows[past])

    def _turn(self, part: FloatArray, clock: FloatArray) -> FloatArray:
        if self._turns.any():
            older = np.arange(GENERATIONS + 1)[:, None] - self._turns.astype(np.intp)
            kept = np.take_along_axis(part, np.maximum(older, 0), axis=0)
            part[:] = np.where(older >= 0, kept, 0.0)
        left: FloatArray = part.sum(axis=0) - part[-1] * clock
        return left

    def enter(self, wanted: FloatArray, held: FloatArray) -> None:
        """Add what comes evenly in the step that was moved on by.

        Parameters
        ----------
        wanted, held : ndarray, shape (scenarios,)
            What comes. [count]
        """
        rows, turns, whole = self._rows, self._turns, 1.0 / self._pace
        place = np.arange(GENERATIONS + 1)[:, None]
        share = np.where(place < turns, whole, np.where(place == turns, 1.0, 0.0))
        share[0] = np.where(turns > 0.0, rows[0] * whole, share[0])
        last = (place == turns) & (turns > 0.0)
        share = np.where(last, (1.0 - self._had) * whole, share)
        share = np.where(self._is_over, 0.0, share)
        rows[WANTED:HELD] += share * wanted
        rows[HELD:] += share * held
