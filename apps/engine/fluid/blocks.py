"""The day cut into blocks: how even the rates are in each, and how fine it must be stepped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from apps.engine.stages.base import FloatArray

LONG_S, BLOCK_S, MINUTE_S, SHORT_S = 900, 300, 60, 10
# A block is even when its rates differ by less than this share of their mean.
EVEN = 0.05
# A minute is smooth when they differ by less than this: no rush begins in it.
SMOOTH = 0.3
# A use below which nothing feeds back, so that a block needs no more than one step.
NEAR = 0.85


class Blocks(NamedTuple):
    """Rates in blocks of one length: means by entry, whether they are even, highest in all."""

    means: list[list[float]]
    even: list[bool]
    highest: list[float]

    @classmethod
    def of(cls, rates: FloatArray, total: FloatArray, length_s: int) -> Self:
        parts = total.reshape(-1, length_s)
        highest, lowest, mean = parts.max(axis=1), parts.min(axis=1), parts.mean(axis=1)
        return cls(
            means=rates.reshape(len(rates), -1, length_s).mean(axis=2).T.tolist(),
            even=(highest - lowest <= EVEN * mean).tolist(),
            highest=highest.tolist(),
        )


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates of every entry over a day, by blocks of some lengths, the longest first.

    `seconds` has shape (entries, 86400) [1/s]; `minutes` are means by minute, then entry.
    """

    seconds: FloatArray
    blocks: dict[int, Blocks]
    minutes: list[list[float]]
    even_minute: list[bool]
    smooth_minute: list[bool]
    highest: list[float]
    total: list[float]

    @classmethod
    def of(cls, seconds: Sequence[FloatArray]) -> Self:
        """Return the rates of entries, each of shape (86400,)."""
        rates = np.stack(seconds)
        total = rates.sum(axis=0)
        blocks = {length: Blocks.of(rates, total, length) for length in (LONG_S, BLOCK_S, MINUTE_S)}
        minutes = total.reshape(-1, MINUTE_S)
        mean = minutes.mean(axis=1)
        spread = minutes.max(axis=1) - minutes.min(axis=1)
        return cls(
            seconds=rates,
            blocks=blocks,
            minutes=blocks[MINUTE_S].means,
            even_minute=blocks[MINUTE_S].even,
            smooth_minute=(spread <= SMOOTH * mean).tolist(),
            highest=blocks[MINUTE_S].highest,
            total=mean.tolist(),
        )

    def within(self, minute: int, length_s: int) -> list[list[float]]:
        """Return the mean rates of a minute in steps of some seconds, by step, then entry."""
        seconds = self.seconds[:, MINUTE_S * minute : MINUTE_S * (minute + 1)]
        rows: list[list[float]] = (
            seconds.reshape(len(seconds), -1, length_s).mean(axis=2).T.tolist()
        )
        return rows

    def busiest_minute(self) -> int:
        return max(range(len(self.total)), key=self.total.__getitem__)
