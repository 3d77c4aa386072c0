"""How long requests take, warm and cold: the laws of service."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from apps.engine.stages.base import FloatArray


class Service(Protocol):
    """Draws durations."""

    def draw(self, count: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        """Return how long requests take in a warm and in a new environment. [s], shape (count,)

        Parameters
        ----------
        count : int
            How many requests.
        rng : numpy.random.Generator
            Where chance comes from.

        Returns
        -------
        tuple of FloatArray
            Warm and cold durations of the same requests. [s], shape (count,) each
        """
        ...


@dataclass(frozen=True, slots=True)
class Constant:
    """Every request takes `warm_s`, a cold one `cold_s`. [s]"""

    warm_s: float
    cold_s: float

    def draw(self, count: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        """Return the same durations for all; see `Service.draw`."""
        return np.full(count, self.warm_s), np.full(count, self.cold_s)


@dataclass(frozen=True, slots=True)
class Exponential:
    """Durations are exponential, with mean `warm_s` or `cold_s`. [s]"""

    warm_s: float
    cold_s: float

    def draw(self, count: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        """Return exponential durations; see `Service.draw`."""
        warm = rng.standard_exponential(count)
        cold = warm * self.cold_s
        warm *= self.warm_s
        return warm, cold


@dataclass(frozen=True, slots=True)
class Lognormal:
    """Durations are lognormal, with mean `warm_s` or `cold_s` [s] and variation `cv` [-]."""

    warm_s: float
    cold_s: float
    cv: float

    def draw(self, count: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        """Return lognormal durations; see `Service.draw`."""
        variance = math.log1p(self.cv**2)
        warm = rng.standard_normal(count)
        warm *= math.sqrt(variance)
        warm -= variance / 2.0
        np.exp(warm, out=warm)
        cold = warm * self.cold_s
        warm *= self.warm_s
        return warm, cold


@dataclass(frozen=True, slots=True)
class Empirical:
    """Durations are drawn from samples, `warm` and `cold`, of any shape (n,) and (m,). [s]

    A request of a high rank among the warm ones has a high rank among the cold ones.

    Raises
    ------
    ValueError
        If one of the samples is empty.
    """

    warm: FloatArray
    cold: FloatArray

    def __post_init__(self) -> None:
        if not len(self.warm) or not len(self.cold):
            raise ValueError("Samples of durations must not be empty.")
        object.__setattr__(self, "warm", np.sort(self.warm))
        object.__setattr__(self, "cold", np.sort(self.cold))

    def draw(self, count: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        """Return durations out of the samples; see `Service.draw`."""
        rank = rng.random(count)
        warm = self.warm[(rank * len(self.warm)).astype(np.intp)]
        return warm, self.cold[(rank * len(self.cold)).astype(np.intp)]


LAWS: Final = ("constant", "exponential", "lognormal")


def service_of(law: str, warm_s: float, cold_s: float, cv: float = 1.0) -> Service:
    """Return the service of a law by its name.

    Parameters
    ----------
    law : str
        One of `LAWS`.
    warm_s, cold_s : float
        Mean durations in a warm and in a new environment. [s]
    cv : float
        Coefficient of variation, for the lognormal law only. [-]

    Returns
    -------
    Service
        The law with these means.

    Raises
    ------
    KeyError
        If there is no such law.
    """
    if law == "lognormal":
        return Lognormal(warm_s, cold_s, cv)
    laws: dict[str, type[Constant] | type[Exponential]] = {
        "constant": Constant,
        "exponential": Exponential,
    }
    return laws[law](warm_s, cold_s)
