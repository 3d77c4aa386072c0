"""How many requests are in service, for a chunk of them at once and without sorting it.

The chunk's span is cut into buckets of a few arrivals. Counting arrivals and ends in each gives
the exact number in service at every edge, and a bound of it inside; only in buckets whose bound
matters is it worked out request by request.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from apps.engine.stages.base import FloatArray

IntArray = NDArray[np.intp]

# Arrivals in a bucket: fewer where some more in service would matter.
FEW_ARRIVALS, ARRIVALS = 2, 8


@dataclass(frozen=True, slots=True)
class Grid:
    """Arrivals and ends by bucket; the last bucket with an arrival is `final`.

    `of_times` and `of_ends` are the buckets of single arrivals and ends; `leave` counts the ends
    in each; `after` is the number in service at a bucket's end and `bound` the most inside it.
    """

    since: float
    scale: float
    final: int
    of_times: IntArray
    of_ends: IntArray
    leave: IntArray
    after: IntArray
    bound: IntArray

    @classmethod
    def over(
        cls, since: float, times: FloatArray, ends: FloatArray, arrivals: int = ARRIVALS
    ) -> Self | None:
        """Return the buckets from `since` [s] to the last arrival; None where they have no width.

        Rounding keeps the order of times, so a request in an earlier bucket is earlier.

        Parameters
        ----------
        since : float
            Where the chunk begins. [s]
        times : ndarray, shape (n,)
            Sorted arrivals. [s]
        ends : ndarray, shape (m,)
            Ends of these and of those that were in service. [s]
        arrivals : int
            How many fall into a bucket, about.

        Returns
        -------
        Grid or None
            Buckets of so many arrivals on average.
        """
        count, width = max(1, len(times) // arrivals), float(times[-1]) - since
        scale = count / width if width > 0.0 else math.inf
        if math.isinf(scale):
            return None
        of_times = ((times - since) * scale).astype(np.intp)
        places = ends - since
        places *= scale
        of_ends = np.minimum(places, count + 1.0, out=places).astype(np.intp)
        arrive = np.bincount(of_times, minlength=count + 2)
        leave = np.bincount(of_ends, minlength=count + 2)
        after = np.cumsum(arrive - leave)
        after += len(ends) - len(times)
        return cls(since, scale, int(of_times[-1]), of_times, of_ends, leave, after, after + leave)

    def latest(self, at_end: int) -> NDArray[np.bool_]:
        """Return which buckets may hold the last fall from some level above `at_end`.

        `at_end` is the number in service just after the last arrival. Shape (final + 1,).

        Parameters
        ----------
        at_end : int
            In service just after the last arrival. [count]

        Returns
        -------
        ndarray of bool, shape (final + 1,)
            Which buckets.
        """
        later = self.after[: self.final + 1].copy()
        later[-1] = at_end
        later = np.maximum.accumulate(later[::-1])[::-1]
        return self.bound[: self.final + 1] > later


@dataclass(frozen=True, slots=True)
class Crossings:
    """The arrivals and ends in some buckets, in order, with the levels that they cross.

    `index` are the arrivals' places in the chunk and `level` the number in service just after
    each; `ends` are the ends [s] and `crossed` the number in service just before each.
    """

    index: IntArray
    level: IntArray
    ends: FloatArray
    crossed: IntArray

    @classmethod
    def all_of(cls, times: FloatArray, ends: FloatArray) -> Self:
        """Return all that happens; quicker than `within` where most buckets matter.

        Parameters
        ----------
        times : ndarray, shape (n,)
            Sorted arrivals. [s]
        ends : ndarray, shape (m,)
            Ends of what is in service before them and of themselves. [s]

        Returns
        -------
        Crossings
            Of every arrival, and of the ends up to the last arrival.
        """
        start, some = len(ends) - len(times), np.sort(ends)
        index = np.arange(len(times))
        left = np.searchsorted(some, times, side="right")
        some = some[: int(left[-1])]
        # Arrivals before each end: those by whose time it has not been counted yet.
        arrived = np.cumsum(np.bincount(left, minlength=len(some) + 1))[: len(some)]
        return cls(index, index + (start + 1) - left, some, arrived + start - np.arange(len(some)))

    @classmethod
    def within(
        cls, grid: Grid, buckets: NDArray[np.bool_], times: FloatArray, ends: FloatArray
    ) -> Self:
        """Return what happens in the `buckets` that are marked, shape (final + 1,).

        Parameters
        ----------
        grid : Grid
            The buckets.
        buckets : ndarray of bool, shape (final + 1,)
            Which are marked.
        times : ndarray, shape (n,)
            Sorted arrivals. [s]
        ends : ndarray, shape (m,)
            Ends of these and of those that were in service. [s]

        Returns
        -------
        Crossings
            Arrivals and ends up to the last arrival.
        """
        start, last = len(ends) - len(times), float(times[-1])
        marked = np.zeros(len(grid.leave), np.bool_)
        marked[: len(buckets)] = buckets
        index = np.flatnonzero(marked[grid.of_times])
        some = ends[marked[grid.of_ends]]
        some.sort()
        some = some[: int(np.searchsorted(some, last, side="right"))]
        # Ends in buckets that are not marked, before each bucket.
        missing = np.cumsum(np.where(marked, 0, grid.leave))
        before = np.searchsorted(some, times[index], side="right")
        level = index + (start + 1) - before - missing[grid.of_times[index]]
        places = ((some - grid.since) * grid.scale).astype(np.intp)
        crossed = np.searchsorted(times, some) + start - np.arange(len(some)) - missing[places]
        return cls(index, level, some, crossed)
