"""What a stage answers when it is asked how long a request stays, and what it has counted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from apps.engine.stages._ports import FloatArray, Port, State


@dataclass(frozen=True, slots=True)
class Sojourn:
    """How long a request stays in one stage itself, without its callees: a distribution.

    Service is lognormal with mean `mean_s` and coefficient of variation `cv`; with probability
    `wait_share` an exponential wait of mean `wait_s` comes before it, with probability
    `cold_share` a start of `cold_s`.
    """

    mean_s: float
    cv: float = 0.0
    wait_share: float = 0.0
    wait_s: float = 0.0
    cold_share: float = 0.0
    cold_s: float = 0.0

    def sample(self, count: int, rng: np.random.Generator) -> FloatArray:
        """Draw times.

        Parameters
        ----------
        count : int
            How many. [count]
        rng : numpy.random.Generator
            Where chance comes from.

        Returns
        -------
        ndarray, shape (count,)
            Times, each with its wait and its cold start where it has them. [s]
        """
        times = np.full(count, self.mean_s)
        if self.cv > 0.0 and self.mean_s > 0.0:
            variance = np.log1p(self.cv**2)
            times = rng.lognormal(np.log(self.mean_s) - variance / 2, np.sqrt(variance), size=count)
        if self.wait_share > 0.0 and self.wait_s > 0.0:
            waits = rng.random(count) < self.wait_share
            times = times + waits * rng.exponential(self.wait_s, size=count)
        if self.cold_share > 0.0:
            times = times + (rng.random(count) < self.cold_share) * self.cold_s
        return times


class Answers:
    """The answers of a stage that keeps nothing ready, gives nothing up and moves no limit."""

    __slots__ = ()

    def sojourn(self, p: Port, v: State) -> Sojourn:
        """Return how long a request stays here, at the state `v`.

        Parameters
        ----------
        p : Port
            Where the stage reads and writes.
        v : list of float
            The flat state.

        Returns
        -------
        Sojourn
            A distribution of times. [s]

        Raises
        ------
        NotImplementedError
            If the stage does not say it.
        """
        raise NotImplementedError

    def rest_s(self) -> float:
        """Return how long a request stays here while nothing waits, without its work. [s]

        Returns
        -------
        float
            Its own time. [s]
        """
        return float(getattr(self, "own_s", 0.0))

    def work_s(self, units: float) -> float:
        """Return how long so many units of work take, where they are time of a server. [s]

        Parameters
        ----------
        units : float
            Work of a request. [units of the stage]

        Returns
        -------
        float
            0 where units are not time of a server. [s]
        """
        return 0.0

    def ready_units(self, p: Port, v: State) -> float:
        """Return the units that were kept ready since the day began, used or not. [count]

        Parameters
        ----------
        p : Port
            Where the stage reads and writes.
        v : list of float
            The flat state.

        Returns
        -------
        float
            Units. [count]
        """
        return 0.0

    def capacity_now(self, gauge: str, p: Port, v: State) -> float | None:
        """Return what a moving limit is at the moment; None for one that stands.

        Parameters
        ----------
        gauge : str
            One of `GAUGES`.
        p : Port
            Where the stage reads and writes.
        v : list of float
            The flat state.

        Returns
        -------
        float or None
            Capacity. [unit of the gauge's limit]
        """
        return None

    def longest_s(self) -> float:
        """Return the time after which a request is given up here. [s]

        Returns
        -------
        float
            Infinite where nothing is given up. [s]
        """
        return math.inf

    def meters(self, p: Port, v: State) -> Mapping[str, float]:
        """Return what only this stage counts, by the names of the catalog's `Meters`.

        Parameters
        ----------
        p : Port
            Where the stage reads and writes.
        v : list of float
            The flat state.

        Returns
        -------
        mapping of str to float
            Totals since the day began, in the units of `Meters`.
        """
        return {}
