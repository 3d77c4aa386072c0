"""Percentiles of any number of durations, in little memory."""

from __future__ import annotations

import math

import numpy as np

from apps.engine.stages.base import FloatArray

# A power of two is cut into so many bins of equal width, as a power of two: 0.1 % and less.
_BITS = 10
_SHIFT = 52 - _BITS
# Bins from 2**-30 s, a nanosecond, to 2**34 s.
_LOWEST = (1023 - 30) << _BITS
_BINS = 64 << _BITS


class Spread:
    """A histogram whose bins are as wide as a thousandth of what is in them.

    The leading bits of a positive float are its bin: exponent, then the first of the mantissa.
    """

    def __init__(self) -> None:
        self._counts = np.zeros(_BINS, np.int64)
        self._least, self._most = math.inf, 0.0
        self.count, self.sum_s = 0, 0.0

    def add(self, durations: FloatArray) -> None:
        """Count durations.

        Parameters
        ----------
        durations : FloatArray
            None of them negative, shape (n,). [s]
        """
        if not len(durations):
            return
        bins = durations.view(np.int64) >> _SHIFT
        bins -= _LOWEST
        low, high = int(bins.min()), int(bins.max())
        if low < 0 or high >= _BINS:
            np.clip(bins, 0, _BINS - 1, out=bins)
            low, high = max(low, 0), min(high, _BINS - 1)
        bins -= low
        counts = np.bincount(bins)
        self._counts[low : low + len(counts)] += counts
        self._least = min(self._least, float(durations.min()))
        self._most = max(self._most, float(durations.max()))
        self.count += len(durations)
        self.sum_s += float(durations.sum())

    @property
    def mean_s(self) -> float:
        """Mean of all durations. [s]"""
        return self.sum_s / self.count if self.count else 0.0

    @property
    def most_s(self) -> float:
        """The longest duration. [s]"""
        return self._most

    def percentile_s(self, share: float) -> float:
        """Return the duration that a share of all does not exceed, to 0.1 %.

        Parameters
        ----------
        share : float
            From 0 to 1. [-]

        Returns
        -------
        float
            The duration, 0 where there was none. [s]
        """
        if not self.count:
            return 0.0
        sums = np.cumsum(self._counts)
        place = int(np.searchsorted(sums, share * self.count))
        inside = 1.0 - (float(sums[place]) - share * self.count) / float(self._counts[place])
        edges = (np.array([place, place + 1]) + _LOWEST) << _SHIFT
        low, high = (float(edge) for edge in edges.view(np.float64))
        return min(max(low + inside * (high - low), self._least), self._most)
