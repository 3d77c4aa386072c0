"""Laws of pools by idle ratio, one for each scenario: their tables one after the other."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.engine.stages.base import FloatArray
from apps.engine.stages.environments import ROUNDING, grid, table

_GRID = grid()
_LOW, _STEP, _WIDTH = float(_GRID[0]), float(_GRID[1] - _GRID[0]), len(_GRID)
_LEAST = math.exp(_LOW)
_LAST = _WIDTH - 2
_TINY, _NEVER = 1e-200, -500.0


class _Shelf(NamedTuple):
    """Tables one after the other; a search in one `ladder` finds the place in each of them."""

    extra: FloatArray
    cold: FloatArray
    weight: FloatArray
    ladder: FloatArray
    rise: float


@lru_cache(maxsize=4096)
def _arrays(key: int) -> FloatArray:
    return np.array(table(key))


@lru_cache(maxsize=32)
def _shelf(keys: tuple[float, ...]) -> _Shelf:
    extra, cold, weight = np.concatenate([_arrays(int(key)) for key in keys], axis=1)
    rise = float(weight.max()) + 1e3
    ladder = weight + np.repeat(rise * np.arange(len(keys)), _WIDTH)
    return _Shelf(extra, cold, weight, ladder, rise)


class Laws:
    """The law of each scenario's pool, by the numbers of their idle ratios.

    All functions take and return arrays of shape (scenarios,), by the laws of `law`.
    """

    def __init__(self) -> None:
        self._keys: FloatArray = np.empty(0)
        self._start: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._ratio: FloatArray = np.empty(0)
        self._extra: FloatArray = np.empty(0)
        self._cold: FloatArray = np.empty(0)
        self._weight: FloatArray = np.empty(0)
        self._ladder: FloatArray = np.empty(0)
        self._rung: FloatArray = np.empty(0)

    def use(self, keys: FloatArray) -> None:
        """Take the tables of these numbers, one for each scenario.

        Parameters
        ----------
        keys : ndarray, shape (scenarios,)
            Numbers of idle ratios, from `ratio_key`.
        """
        if np.array_equal(keys, self._keys):
            return
        self._keys = keys.copy()
        each, row = np.unique(keys, return_inverse=True)
        self._extra, self._cold, self._weight, self._ladder, rise = _shelf(tuple(each.tolist()))
        self._start, self._rung = row * _WIDTH, np.asarray(row * rise, dtype=np.float64)
        self._ratio = np.exp(keys * ROUNDING)

    def weight(self, mean: FloatArray) -> FloatArray:
        """Return the logarithm of what a moment at a mean concurrency counts.

        Parameters
        ----------
        mean : ndarray, shape (scenarios,)
            Mean concurrency. [count]

        Returns
        -------
        ndarray, shape (scenarios,)
            Weight. [-]
        """
        few = mean <= _LEAST
        place = (np.log(np.maximum(mean, _LEAST)) - _LOW) / _STEP
        index = np.minimum(place.astype(np.int64), _LAST)
        left = self._start + index
        low = self._weight[left]
        weight = low + (self._weight[left + 1] - low) * (place - index)
        if few.any():
            alone = self._weight[self._start] + np.log(np.maximum(mean, _TINY) / _LEAST)
            weight = np.where(few, np.where(mean > _TINY, alone, _NEVER), weight)
        return weight

    def mean(self, total: FloatArray) -> FloatArray:
        """Return the mean concurrency that a weight stands for.

        Parameters
        ----------
        total : ndarray, shape (scenarios,)
            Logarithm of a weight. [-]

        Returns
        -------
        ndarray, shape (scenarios,)
            Mean concurrency. [count]
        """
        place = self._place(total)[2]
        floor = self._weight[self._start]
        alone = _LEAST * np.exp(np.minimum(total - floor, 0.0))
        return np.where(total <= floor, alone, np.exp(_LOW + _STEP * place))

    def pool(self, total: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the environments, and their growth with the logarithm of the weight.

        Parameters
        ----------
        total : ndarray, shape (scenarios,)
            Logarithm of the mean weight over one idle limit. [-]

        Returns
        -------
        pool : ndarray, shape (scenarios,)
            Environments, busy and idle. [count]
        growth : ndarray, shape (scenarios,)
            Their derivative by `total`. [count]
        """
        left, part, place = self._place(total)
        busy = np.exp(_LOW + _STEP * place)
        extra, cold = self._extra[left], self._cold[left]
        pool = busy + extra + (self._extra[left + 1] - extra) * part
        growth = (cold + (self._cold[left + 1] - cold) * part) * busy * self._ratio
        floor = self._weight[self._start]
        few = total <= floor
        if few.any():
            alone = _LEAST * np.exp(np.minimum(total - floor, 0.0))
            reached = alone * self._ratio
            pool = np.where(few, alone - np.expm1(-reached), pool)
            growth = np.where(few, reached * np.exp(-reached), growth)
        return pool, growth

    def _place(self, total: FloatArray) -> tuple[NDArray[np.int64], FloatArray, FloatArray]:
        """Return where weights lie: left neighbour in the tables, part beyond it, place."""
        found = np.searchsorted(self._ladder, total + self._rung, side="right") - 1
        index = np.clip(found - self._start, 0, _LAST)
        left = self._start + index
        low = self._weight[left]
        part = (total - low) / (self._weight[left + 1] - low)
        return left, part, index + part
