"""The day cut into blocks: how even the rates are in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from apps.engine.stages.base import FloatArray

MINUTES, MINUTE_S, SHORT_S = 1440, 60, 10
# Minutes that one step may take, the most first.
LENGTHS = (15, 7, 1)
# For so many minutes after a rush no step is longer than one: its environments go meanwhile.
RESTING = 7
# A block is even when its rates differ by less than this share of their mean; far below all
# limits by the larger one.
EVEN, EVEN_BELOW = 0.05, 0.15
# Rates that change by more than this factor meet other answers, where something fails.
JUMP = 1.0 + EVEN_BELOW
# A minute is smooth when they differ by less than this: no rush begins in it.
SMOOTH = 0.3
# Rates that grow by more than this factor meet what no gauge tells of beforehand: pools that
# start, pollers that are added.
LEAP = 1.5
# Uses below which all is far from its limits, and below which nothing feeds back.
FAR, NEAR = 0.5, 0.85
# Rates that grow by more than this factor from one minute to the next find what is only noticed
# while it grows: pools that start, pollers that are added.
LEAP = 1.5


class Blocks(NamedTuple):
    """Rates in blocks of one length, by the minute they begin in.

    `means` are by minute, then entry [1/s]; `spread` is highest less lowest over the mean of
    all entries together [-], `highest` their sum in the busiest second [1/s], `peak` that over
    their mean [-].
    """

    means: FloatArray
    spread: list[float]
    highest: list[float]
    peak: list[float]

    @classmethod
    def of(cls, means: FloatArray, highest: FloatArray, lowest: FloatArray, length: int) -> Self:
        """Return the blocks of so many minutes, from means, highest and lowest by minute.

        Parameters
        ----------
        means : ndarray, shape (minutes, entries)
            Mean rates. [1/s]
        highest : ndarray, shape (minutes,)
            Rate of the busiest second at all entries together. [1/s]
        lowest : ndarray, shape (minutes,)
            Rate of the quietest second. [1/s]
        length : int
            Length of a block. [min]

        Returns
        -------
        Blocks
            One for each minute that a block can begin in.
        """
        sums = np.cumsum(np.vstack((np.zeros(means.shape[1]), means)), axis=0)
        mean = (sums[length:] - sums[:-length]) / length
        most = sliding_window_view(highest, length).max(axis=1)
        least = sliding_window_view(lowest, length).min(axis=1)
        total = np.maximum(mean.sum(axis=1), 1e-300)
        peak = np.maximum(most / total, 1.0)
        spread = (most - least) / total
        return cls(np.maximum(mean, 0.0), spread.tolist(), most.tolist(), peak.tolist())

    def scaled(self, factor: float) -> Self:
        """Return the blocks of so many times as much.

        Parameters
        ----------
        factor : float
            What to multiply the rates by. [-]

        Returns
        -------
        Blocks
            With the same spread and peak.
        """
        highest = (np.array(self.highest) * factor).tolist()
        return self._replace(means=self.means * factor, highest=highest)


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates of every entry over a day, by blocks of some minutes, the longest first.

    `seconds` has shape (entries, 86400) [1/s]; `minutes` are means by minute, then entry, and
    `total` their sum.
    """

    seconds: FloatArray
    blocks: dict[int, Blocks]
    minutes: list[list[float]]
    highest: list[float]
    total: list[float]

    @classmethod
    def of(cls, seconds: Sequence[FloatArray]) -> Self:
        """Return the rates of entries, each of shape (86400,).

        Parameters
        ----------
        seconds : sequence of ndarray, each of shape (86400,)
            Rates by second of the day. [1/s]

        Returns
        -------
        Rates
            Of all entries, in blocks of every length.
        """
        rates = np.stack(seconds)
        parts = rates.sum(axis=0).reshape(MINUTES, MINUTE_S)
        highest, lowest = parts.max(axis=1), parts.min(axis=1)
        means = np.ascontiguousarray(rates.reshape(len(rates), MINUTES, MINUTE_S).mean(axis=2).T)
        blocks = {length: Blocks.of(means, highest, lowest, length) for length in LENGTHS}
        minutes = means.tolist()
        return cls(rates, blocks, minutes, highest.tolist(), means.sum(axis=1).tolist())

    def scaled(self, factor: float) -> Self:
        """Return the rates of so many times as much; what is even stays so.

        Parameters
        ----------
        factor : float
            What to multiply the rates by. [-]

        Returns
        -------
        Rates
            A copy.
        """
        minutes, means = self.blocks[1], self.blocks[1].means * factor
        return replace(
            self,
            seconds=self.seconds * factor,
            blocks={length: blocks.scaled(factor) for length, blocks in self.blocks.items()},
            minutes=means.tolist(),
            highest=(np.array(minutes.highest) * factor).tolist(),
            total=means.sum(axis=1).tolist(),
        )

    def within(self, minute: int, length_s: int) -> list[list[float]]:
        """Return the mean rates of a minute in steps of some seconds, by step, then entry.

        Parameters
        ----------
        minute : int
            Minute of the day.
        length_s : int
            Length of a step, a divisor of 60. [s]

        Returns
        -------
        list of list of float, shape (steps, entries)
            Mean rates. [1/s]
        """
        seconds = self.seconds[:, MINUTE_S * minute : MINUTE_S * (minute + 1)]
        rows: list[list[float]] = (
            seconds.reshape(len(seconds), -1, length_s).mean(axis=2).T.tolist()
        )
        return rows

    def busiest_minute(self) -> int:
        """Return the minute of the day with the highest mean rate at all entries together.

        Returns
        -------
        int
            The first of them. [min]
        """
        return max(range(len(self.total)), key=self.total.__getitem__)
