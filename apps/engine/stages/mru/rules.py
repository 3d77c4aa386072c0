"""What bounds a pool of environments, and its allowance of new ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from apps.engine.stages.mru.life import MEASURED, Life

# A refill of ten tenths is one, whatever its last bit.
ONE: Final = 1.0 - 1e-9


@dataclass(frozen=True, slots=True)
class Rules:
    """How one pool behaves.

    Parameters
    ----------
    life : Life
        How long idle environments live.
    limit : float
        Most requests in service at once; those above it are refused. [count]
    ramp_per_s : float
        New environments in a second, refilled continuously. [1/s]
    saved : float
        Most new environments at once after a rest; the allowance begins full. [count]
    ready : int
        Environments that are always kept (provisioned concurrency). A request takes one of
        them while one is free, and is never cold then. [count]

    Raises
    ------
    ValueError
        If a bound is negative or not a number.

    References
    ----------
    .. [1] https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html
    .. [2] https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
    """

    life: Life = MEASURED
    limit: float = math.inf
    ramp_per_s: float = math.inf
    saved: float = math.inf
    ready: int = 0

    def __post_init__(self) -> None:
        for value in (self.limit, self.ramp_per_s, self.saved, self.ready):
            if not value >= 0.0:
                raise ValueError(f"A bound of a pool must be at least 0, not {value}.")


class Allowance:
    """A token bucket of new environments, refilled continuously.

    It is asked at cold requests only, so that every way of working through the same requests
    asks the same questions and gets the same answers, to the last bit.

    Parameters
    ----------
    rules : Rules
        Its refill [1/s] and the most it saves [count].

    References
    ----------
    .. [1] https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html
    """

    __slots__ = ("_now_s", "_rate", "_saved", "left")

    def __init__(self, rules: Rules) -> None:
        self._rate, self._saved = rules.ramp_per_s, rules.saved
        self.left = rules.saved
        self._now_s = 0.0

    @property
    def is_free(self) -> bool:
        """Whether new environments are never refused."""
        return math.isinf(self._rate) or math.isinf(self._saved)

    def take(self, now_s: float) -> bool:
        """Take one new environment, and say whether it was there.

        Parameters
        ----------
        now_s : float
            When it is asked for, not before an earlier call. [s]

        Returns
        -------
        bool
            Whether it may start.
        """
        if self.is_free:
            return True
        self.left = min(self._saved, self.left + self._rate * max(0.0, now_s - self._now_s))
        self._now_s = now_s
        if self.left < ONE:
            return False
        self.left -= 1.0
        return True

    def copy(self) -> Allowance:
        """Return an allowance of the same state, to try things with.

        Returns
        -------
        Allowance
            Of its own: what is taken of it is left in this one.
        """
        other = Allowance.__new__(Allowance)
        other._rate, other._saved, other.left, other._now_s = (
            self._rate, self._saved, self.left, self._now_s)  # fmt: skip
        return other
