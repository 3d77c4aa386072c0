"""What comes in at every entry in many scenarios, and how long their next steps may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from apps.engine.fluid.blocks import (
    EVEN,
    EVEN_BELOW,
    FAR,
    LEAP,
    LENGTHS,
    MINUTE_S,
    NEAR,
    RESTING,
    SHORT_S,
    SMOOTH,
    Rates,
)
from apps.engine.stages.base import FloatArray

# A minute at a full limit: short steps until its answers settle, and one for the rest.
SETTLE = 0


@dataclass(frozen=True, slots=True)
class Load:
    """Rates of scenarios that share the course of the day: users × growing + fixed.

    `users` has shape (scenarios,); the rates are those of one daily user, and those that come
    whoever comes. [1/s]
    """

    users: FloatArray
    growing: Rates
    fixed: Rates

    @classmethod
    def of(cls, users: FloatArray, growing: list[FloatArray], fixed: list[FloatArray]) -> Self:
        """Return the load of entries, each with rates of shape (86400,).

        Parameters
        ----------
        users : ndarray, shape (scenarios,)
            Daily users. [users/day]
        growing : list of ndarray, each of shape (86400,)
            Rates by entry for one daily user. [1/s]
        fixed : list of ndarray, each of shape (86400,)
            Rates by entry that come whoever comes. [1/s]

        Returns
        -------
        Load
            Ready to be asked by minute.
        """
        return cls(users, Rates.of(growing), Rates.of(fixed))

    def means(self, length: int, minute: int, chosen: NDArray[np.int64]) -> FloatArray:
        """Return the mean rates of some minutes.

        Parameters
        ----------
        length : int
            Minutes in a step, one of `LENGTHS`. [min]
        minute : int
            Minute of the day that it begins in.
        chosen : ndarray of int, shape (chosen,)
            Numbers of scenarios.

        Returns
        -------
        ndarray, shape (entries, chosen)
            Rates. [1/s]
        """
        grows, still = self.growing.blocks[length].means, self.fixed.blocks[length].means
        rates: FloatArray = grows[minute][:, None] * self.users[chosen] + still[minute][:, None]
        return rates

    def peak(self, length: int, minute: int, chosen: NDArray[np.int64]) -> FloatArray:
        """Return the busiest second over the mean of some minutes, at least one.

        Parameters
        ----------
        length : int
            Minutes in a step, one of `LENGTHS`. [min]
        minute : int
            Minute of the day that it begins in.
        chosen : ndarray of int, shape (chosen,)
            Numbers of scenarios.

        Returns
        -------
        ndarray, shape (chosen,)
            Ratio. [-]
        """
        total = self.means(length, minute, chosen).sum(axis=0)
        most = self.highest(minute, length)[chosen]
        peak: FloatArray = np.maximum(most / np.maximum(total, 1e-300), 1.0)
        return peak

    def within(self, minute: int, length_s: int, chosen: NDArray[np.int64]) -> list[FloatArray]:
        """Return the mean rates of a minute in steps of some seconds.

        Parameters
        ----------
        minute : int
            Minute of the day.
        length_s : int
            Length of a step, a divisor of 60. [s]
        chosen : ndarray of int, shape (chosen,)
            Numbers of scenarios.

        Returns
        -------
        list of ndarray, each of shape (entries, chosen)
            Rates by step. [1/s]
        """
        span = slice(MINUTE_S * minute, MINUTE_S * (minute + 1))
        grows, still = (
            rates.seconds[:, span].reshape(len(rates.seconds), -1, length_s).mean(axis=2).T
            for rates in (self.growing, self.fixed)
        )
        users = self.users[chosen]
        return [up[:, None] * users + base[:, None] for up, base in zip(grows, still, strict=True)]

    def total(self, minute: int) -> FloatArray:
        """Return the mean rate at all entries together.

        Parameters
        ----------
        minute : int
            Minute of the day.

        Returns
        -------
        ndarray, shape (scenarios,)
            Rate. [1/s]
        """
        return self.users * self.growing.total[minute] + self.fixed.total[minute]

    def highest(self, minute: int, length: int = 1) -> FloatArray:
        """Return the rate of the busiest second; at most, where both parts move.

        Parameters
        ----------
        minute : int
            Minute of the day that the block begins in.
        length : int, optional
            Minutes in the block, one of `LENGTHS`. [min]

        Returns
        -------
        ndarray, shape (scenarios,)
            Rate at all entries together. [1/s]
        """
        grows, still = self.growing.blocks[length], self.fixed.blocks[length]
        return self.users * grows.highest[minute] + still.highest[minute]

    def spread(self, minute: int, length: int) -> FloatArray:
        """Return highest less lowest over the mean; at most, where both parts move.

        Parameters
        ----------
        minute : int
            Minute of the day that the block begins in.
        length : int
            Minutes in the block, one of `LENGTHS`. [min]

        Returns
        -------
        ndarray, shape (scenarios,)
            Ratio. [-]
        """
        grows, still = self.growing.blocks[length], self.fixed.blocks[length]
        up, base = grows.means[minute].sum(), still.means[minute].sum()
        differs = self.users * grows.spread[minute] * up + still.spread[minute] * base
        spread: FloatArray = differs / np.maximum(self.users * up + base, 1e-300)
        return spread


def step_lengths(
    load: Load,
    minute: int,
    here: NDArray[np.int64],
    use: FloatArray,
    calm: NDArray[np.bool_],
    quiet: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return how each scenario goes on, by the rules of `run_day`.

    Parameters
    ----------
    load : Load
        What comes in.
    minute : int
        Where they stand.
    here : ndarray of int
        The scenarios that stand there.
    use : ndarray, shape (here,)
        Their highest use that grows with the load. [-]
    calm : ndarray of bool, shape (here,)
        Where nothing waits.
    quiet : ndarray of int, shape (here,)
        Minutes since rates last moved fast.

    Returns
    -------
    ndarray of int, shape (here,)
        Minutes in one step; 0 for a minute that is stepped until it settles; below zero the
        seconds of the steps that cut a minute.
    """
    spread = load.spread(minute, 1)[here]
    result = np.where(spread <= EVEN, SETTLE, np.where(spread <= SMOOTH, -SHORT_S, -1))
    before = np.maximum(load.total(minute - 1)[here], 1e-12)
    for length in reversed(LENGTHS):
        if minute + length > len(load.growing.total):
            continue
        growth = load.highest(minute, length)[here] / before
        even, most = load.spread(minute, length)[here], use * np.maximum(growth, 1.0)
        fits = calm & (growth <= LEAP) & (even <= EVEN_BELOW) & (most < NEAR)
        result = np.where(
            fits & ((even <= EVEN) | (most < FAR)),
            np.where(quiet >= RESTING, length, np.where(quiet > 0, 1, SETTLE)),
            result,
        )
    if minute > 0:
        leaps = load.highest(minute)[here] > LEAP * load.highest(minute - 1)[here]
        result = np.where(leaps, -1, result)
    return result.astype(np.int64)


def jumps(load: Load, minute: int, factor: float) -> NDArray[np.bool_]:
    """Say where so many times as much comes as in the minute before, or as many times less.

    Parameters
    ----------
    load : Load
        What comes in.
    minute : int
        Of the day.
    factor : float
        How many times. [-]

    Returns
    -------
    ndarray of bool, shape (scenarios,)
        By scenario.
    """
    now = load.total(minute)
    if minute == 0:
        return np.zeros(now.shape, dtype=np.bool_)
    before = load.total(minute - 1)
    jumped: NDArray[np.bool_] = (now > factor * before) | (before > factor * now)
    return jumped
