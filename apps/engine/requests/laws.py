"""How long requests take and when they come: laws that are drawn from, portion by portion."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from apps.engine.stages.base import FloatArray

Law = Literal["constant", "exponential", "lognormal", "empirical"]
LAWS: tuple[Law, ...] = ("constant", "exponential", "lognormal", "empirical")
# Requests that are drawn at once. Where arrivals and durations have generators of their own it
# changes the memory that is used, and of the results no more than the last digits.
PORTION = 1 << 16


@dataclass(frozen=True, slots=True)
class Service:
    """Durations of requests, warm and cold.

    Parameters
    ----------
    warm_s, cold_s : float
        Mean duration in a warm and in a new environment. [s]
    law : str
        constant, exponential, lognormal with coefficient of variation `cv`, or empirical: one of
        `samples`, scaled to the mean.
    cv : float
        Coefficient of variation of the lognormal law. [-]
    samples : FloatArray or None
        Durations that were measured, shape (n,). [s]

    Raises
    ------
    ValueError
        If a mean is negative, or the empirical law has no samples.
    """

    warm_s: float
    cold_s: float
    law: Law = "exponential"
    cv: float = 0.66
    samples: FloatArray | None = None

    def __post_init__(self) -> None:
        if not (0.0 <= self.warm_s < math.inf and 0.0 <= self.cold_s < math.inf):
            raise ValueError("A mean duration must be at least 0.")
        if self.law == "empirical" and (self.samples is None or not self.samples.sum() > 0.0):
            raise ValueError("The empirical law needs durations that were measured.")

    def draw(self, count: int, rng: np.random.Generator) -> FloatArray:
        """Return durations over their mean.

        Parameters
        ----------
        count : int
            How many. [count]
        rng : np.random.Generator
            Where chance comes from.

        Returns
        -------
        FloatArray
            Shape (count,). [-]
        """
        if self.law == "constant":
            return np.ones(count)
        if self.law == "exponential":
            return rng.standard_exponential(count)
        if self.samples is not None:
            return np.asarray(rng.choice(self.samples, count) / self.samples.mean())
        variance = math.log1p(self.cv**2)
        return rng.lognormal(-variance / 2.0, math.sqrt(variance), count)


def poisson(rate_per_s: float, until_s: float, rng: np.random.Generator) -> Iterator[FloatArray]:
    """Yield arrival times of a Poisson process in portions, up to `until_s`.

    Parameters
    ----------
    rate_per_s : float
        Requests a second. [1/s]
    until_s : float
        End of the time looked at. [s]
    rng : numpy.random.Generator
        Where the draws come from.

    Yields
    ------
    FloatArray
        Sorted times, shape (n,). [s]
    """
    yield from _renewal(lambda n: rng.standard_exponential(n) / rate_per_s, until_s)


def renewal(
    rate_per_s: float, cv: float, until_s: float, rng: np.random.Generator
) -> Iterator[FloatArray]:
    """Yield arrival times whose gaps follow a gamma law, in portions.

    Parameters
    ----------
    rate_per_s : float
        Requests a second. [1/s]
    cv : float
        Coefficient of variation of the gaps: 1 for Poisson, above for bursts. [-]
    until_s : float
        End of the time looked at. [s]
    rng : numpy.random.Generator
        Where the draws come from.

    Yields
    ------
    FloatArray
        Sorted times, shape (n,). [s]
    """
    shape = 1.0 / cv**2
    yield from _renewal(lambda n: rng.gamma(shape, 1.0 / (shape * rate_per_s), n), until_s)


def by_second(rates: FloatArray, rng: np.random.Generator) -> Iterator[FloatArray]:
    """Yield arrival times of a Poisson process whose rate changes from second to second.

    Parameters
    ----------
    rates : FloatArray
        Requests a second in each second, shape (seconds,). [1/s]
    rng : numpy.random.Generator
        Where the draws come from.

    Yields
    ------
    FloatArray
        Sorted times, shape (n,). [s]
    """
    counts = rng.poisson(rates)
    ends = np.cumsum(counts)
    start = 0
    while start < len(counts):
        before = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + PORTION)))
        seconds = np.repeat(np.arange(start, stop), counts[start:stop])
        yield np.sort(seconds + rng.random(len(seconds)))
        start = stop


def _renewal(draw: Callable[[int], FloatArray], until_s: float) -> Iterator[FloatArray]:
    now = 0.0
    while now < until_s:
        times = np.cumsum(draw(PORTION))
        times += now
        now = float(times[-1])
        yield times if now <= until_s else times[: int(np.searchsorted(times, until_s, "right"))]
