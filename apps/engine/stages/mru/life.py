"""How long an environment lives: three parameters, with where they are from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Self


@dataclass(frozen=True, slots=True)
class Life:
    """The life cycle of idle environments, reused in the order most recently used.

    Parameters
    ----------
    last_s : float
        T1: the last environment that is left dies when idle for longer. [s]
    others_s : float
        T2: while there are others, an environment dies when idle for longer. [s]
    max_age_s : float
        A: an environment of this age at the end of a request is not used again. [s]
    count_idle_s : float or None
        For so long after its last request an environment is counted. Default: `last_s`. [s]
    source : str
        Where the three parameters are from.
    source_date : str
        Of when they are.

    Raises
    ------
    ValueError
        If a parameter is negative or not a number.
    """

    last_s: float
    others_s: float
    max_age_s: float = math.inf
    count_idle_s: float | None = None
    source: str = ""
    source_date: str = ""

    def __post_init__(self) -> None:
        for value in (self.last_s, self.others_s, self.max_age_s, self.counted_s):
            if not value >= 0.0:
                raise ValueError(
                    f"A time of an environment's life must be at least 0, not {value}."
                )

    @classmethod
    def single(cls, idle_s: float) -> Self:
        """Return a life with one idle limit [s] for all environments, and no maximum age.

        Parameters
        ----------
        idle_s : float
            Any environment dies when idle for longer. [s]

        Returns
        -------
        Life
            With T1 = T2 = `idle_s`.
        """
        return cls(idle_s, idle_s, source="one idle limit, as given")

    @property
    def counted_s(self) -> float:
        """For how long an environment is counted after its last request. [s]"""
        return self.last_s if self.count_idle_s is None else self.count_idle_s

    @property
    def is_single(self) -> bool:
        """Whether one idle limit says all."""
        return self.last_s == self.others_s == self.counted_s and math.isinf(self.max_age_s)


MEASURED: Final = Life(
    last_s=640.0,
    others_s=925.0,
    max_age_s=7200.0,
    source=(
        "fitted to 20 experiments on AWS Lambda, us-east-1, of https://github.com/pacslab/simfaas"
    ),
    source_date="2020-06",
)
