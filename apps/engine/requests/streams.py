"""When requests come: streams of arrivals, in blocks, whatever their number."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from apps.engine.stages.base import FloatArray

# Chance is drawn in blocks of this size, however the requests are worked through afterwards.
BLOCK = 16_384


class Stream(Protocol):
    """Arrivals from 0 to a horizon."""

    def blocks(self, horizon_s: float, rng: np.random.Generator) -> Iterator[FloatArray]:
        """Yield sorted times before the horizon [s], in blocks that follow each other.

        Parameters
        ----------
        horizon_s : float
            End of the time looked at. [s]
        rng : numpy.random.Generator
            Where chance comes from.

        Yields
        ------
        FloatArray
            Times of at most `BLOCK` requests. [s], shape (n,), n > 0
        """
        ...

    def expected(self, horizon_s: float) -> float:
        """Return the mean number of requests before the horizon [s]. [count]"""
        ...


@dataclass(frozen=True, slots=True)
class Renewal:
    """Independent gaps of one law with mean `1 / rate_per_s`, given by its unit law.

    `unit` draws so many gaps of mean 1. [-]
    """

    rate_per_s: float
    unit: Callable[[int, np.random.Generator], FloatArray]

    def blocks(self, horizon_s: float, rng: np.random.Generator) -> Iterator[FloatArray]:
        """Yield the times; see `Stream.blocks`."""
        start, scale = 0.0, 1.0 / self.rate_per_s
        while True:
            times = self.unit(BLOCK, rng)
            np.cumsum(times, out=times)
            times *= scale
            times += start
            start = float(times[-1])
            if start >= horizon_s:
                times = times[: int(np.searchsorted(times, horizon_s))]
                if len(times):
                    yield times
                return
            yield times

    def expected(self, horizon_s: float) -> float:
        """Return the mean number of requests; see `Stream.expected`."""
        return self.rate_per_s * horizon_s


def poisson(rate_per_s: float) -> Renewal:
    """Return independent arrivals.

    Parameters
    ----------
    rate_per_s : float
        Arrivals. [1/s]

    Returns
    -------
    Renewal
        The stream.
    """
    return Renewal(rate_per_s, lambda count, rng: rng.standard_exponential(count))


def gamma_gaps(rate_per_s: float, cv: float) -> Renewal:
    """Return arrivals with gamma gaps: in bursts where `cv` is above 1, regular below.

    Parameters
    ----------
    rate_per_s : float
        Arrivals. [1/s]
    cv : float
        Coefficient of variation of the gaps. [-]

    Returns
    -------
    Renewal
        The stream.
    """
    shape = cv**-2
    return Renewal(rate_per_s, lambda count, rng: rng.standard_gamma(shape, count) / shape)


def lognormal_gaps(rate_per_s: float, cv: float) -> Renewal:
    """Return arrivals with lognormal gaps.

    Parameters
    ----------
    rate_per_s : float
        Arrivals. [1/s]
    cv : float
        Coefficient of variation of the gaps. [-]

    Returns
    -------
    Renewal
        The stream.
    """
    variance = math.log1p(cv**2)
    sigma = math.sqrt(variance)
    return Renewal(rate_per_s, lambda count, rng: rng.lognormal(-variance / 2.0, sigma, count))


@dataclass(frozen=True, slots=True)
class Varying:
    """Poisson arrivals whose rate is given for each second from 0 on, and 0 afterwards.

    `rates_per_s` has shape (seconds,). [1/s]

    Notes
    -----
    Unit Poisson arrivals, on the scale of the summed rate, are laid back onto time [1]_.

    References
    ----------
    .. [1] E. Çinlar, "Introduction to Stochastic Processes", 1975, theorem 4.7.
    """

    rates_per_s: FloatArray

    def blocks(self, horizon_s: float, rng: np.random.Generator) -> Iterator[FloatArray]:
        """Yield the times; see `Stream.blocks`."""
        total = np.concatenate(([0.0], np.cumsum(self.rates_per_s)))
        seconds = np.arange(len(total), dtype=np.float64)
        most = float(np.interp(horizon_s, seconds, total))
        for sums in poisson(1.0).blocks(most, rng):
            yield np.minimum(np.interp(sums, total, seconds), horizon_s)

    def expected(self, horizon_s: float) -> float:
        """Return the mean number of requests; see `Stream.expected`."""
        total = np.concatenate(([0.0], np.cumsum(self.rates_per_s)))
        return float(np.interp(horizon_s, np.arange(len(total)), total))


@dataclass(frozen=True, slots=True)
class Trace:
    """Arrivals as given, sorted, shape (n,). [s]

    Raises
    ------
    ValueError
        If the times are not sorted, or one is negative or not finite.
    """

    times: FloatArray

    def __post_init__(self) -> None:
        times = self.times
        if not np.isfinite(times).all() or (len(times) and times[0] < 0.0):
            raise ValueError("Arrival times must be finite and at least 0.")
        if (np.diff(times) < 0.0).any():
            raise ValueError("Arrival times must be sorted.")

    def blocks(self, horizon_s: float, rng: np.random.Generator) -> Iterator[FloatArray]:
        """Yield the times; see `Stream.blocks`."""
        count = int(np.searchsorted(self.times, horizon_s))
        for low in range(0, count, BLOCK):
            yield self.times[low : min(count, low + BLOCK)]

    def expected(self, horizon_s: float) -> float:
        """Return the number of requests; see `Stream.expected`."""
        return float(np.searchsorted(self.times, horizon_s))
