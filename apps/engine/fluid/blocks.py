"""The day cut into blocks: how even the rates are in each, and how fine it must be stepped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from apps.engine.stages.base import FloatArray

BLOCK_S, MINUTE_S, STEP_S, SHORT_S = 300, 60, 30, 5
# A block is even when its rates differ by less than this share of their mean.
EVEN = 0.05
# A minute is smooth when they differ by less than this: no rush begins in it.
SMOOTH = 0.3
# Uses above which moving rates are stepped by seconds, an even block is cut into minutes, and
# an even minute into shorter steps.
BUSY, NEAR, FULL = 0.6, 0.85, 0.98
# Rates that grow by more than this factor find what is only noticed while it grows: pools that
# start, pollers that are added. No gauge tells of it beforehand.
LEAP = 1.5


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates of every entry over a day, as means, lows and highs of blocks and minutes.

    `seconds` has shape (entries, 86400) [1/s]; the lists are by block or minute, then entry.
    """

    seconds: FloatArray
    blocks: list[list[float]]
    minutes: list[list[float]]
    even_block: list[bool]
    even_minute: list[bool]
    smooth_minute: list[bool]
    highest: list[float]
    total: list[float]

    @classmethod
    def of(cls, seconds: Sequence[FloatArray]) -> Self:
        """Return the rates of entries, each of shape (86400,)."""
        rates = np.stack(seconds)
        total = rates.sum(axis=0)
        minutes = rates.reshape(len(rates), -1, MINUTE_S).mean(axis=2)
        return cls(
            seconds=rates,
            blocks=rates.reshape(len(rates), -1, BLOCK_S).mean(axis=2).T.tolist(),
            minutes=minutes.T.tolist(),
            even_block=_even(total, BLOCK_S, EVEN),
            even_minute=_even(total, MINUTE_S, EVEN),
            smooth_minute=_even(total, MINUTE_S, SMOOTH),
            highest=total.reshape(-1, MINUTE_S).max(axis=1).tolist(),
            total=total.reshape(-1, MINUTE_S).mean(axis=1).tolist(),
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


def _even(total: FloatArray, length_s: int, most: float) -> list[bool]:
    """Say of each block whether its rates differ by at most a share of their mean."""
    blocks = total.reshape(-1, length_s)
    spread = blocks.max(axis=1) - blocks.min(axis=1)
    return [bool(even) for even in spread <= most * blocks.mean(axis=1)]
