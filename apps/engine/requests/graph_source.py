"""When requests come at the doors of a design."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from apps.engine.stages.base import FloatArray

# From when to when [s] → the sorted times of each entry [s].
Source = Callable[[float, float], list[FloatArray]]


def poisson(rates: FloatArray, start_s: float, rng: np.random.Generator) -> Source:
    """Return a source of Poisson arrivals.

    Parameters
    ----------
    rates : ndarray, shape (entries, seconds)
        Rates from `start_s` on, second by second; before it the first holds. [1/s]
    start_s : float
        Time of the first rate. [s]
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    callable
        Arrivals between two times; every call draws anew. [s]
    """

    def between(low: float, high: float) -> list[FloatArray]:
        first, last = int(np.floor(low)), int(np.ceil(high))
        seconds = np.arange(first, last)
        part = np.minimum(seconds + 1.0, high) - np.maximum(seconds, low)
        at = np.clip(seconds - int(start_s), 0, rates.shape[1] - 1)
        drawn = []
        for rate in rates:
            counts = rng.poisson(rate[at] * part)
            base = np.repeat(np.maximum(seconds, low), counts)
            times = base + rng.random(len(base)) * np.repeat(part, counts)
            times.sort()
            drawn.append(times)
        return drawn

    return between


def given(times: Sequence[FloatArray]) -> Source:
    """Return a source of arrivals at given times.

    Parameters
    ----------
    times : sequence of ndarray, shape (n,)
        Sorted arrivals of each entry. [s]

    Returns
    -------
    callable
        Arrivals between two times. [s]
    """

    def between(low: float, high: float) -> list[FloatArray]:
        edges = [np.searchsorted(own, (low, high)) for own in times]
        return [own[a:b] for own, (a, b) in zip(times, edges, strict=True)]

    return between
