"""A token bucket, request by request.

References
----------
.. [1] ITU-T Recommendation I.371, annex A (the continuous-state leaky bucket: the generic cell
   rate algorithm).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from apps.engine.stages.arrivals import BoolArray
from apps.engine.stages.base import FloatArray

_BLOCK = 4096
# Rounding of a sum of many terms must not refuse what fits exactly.
_ROUNDING = 1e-9


@dataclass(slots=True)
class Bucket:
    """A bucket of `burst` tokens, refilled with `rate_per_s`; it begins full.

    `taken` are the tokens that were missing from a full bucket at the time `at`.
    """

    rate_per_s: float
    burst: float
    taken: float = 0.0
    at: float = 0.0

    def fork(self) -> Bucket:
        """Return a copy that goes its own way.

        Returns
        -------
        Bucket
            Of the same state.
        """
        return Bucket(self.rate_per_s, self.burst, self.taken, self.at)

    def resize(self, rate_per_s: float, burst: float) -> None:
        """Change rate and size; the tokens that it holds stay.

        Parameters
        ----------
        rate_per_s : float
            Tokens refilled in a second. [1/s]
        burst : float
            Size. [tokens]
        """
        self.taken += burst - self.burst
        self.rate_per_s, self.burst = rate_per_s, burst

    def take(self, times: FloatArray, amounts: FloatArray) -> BoolArray:
        """Say of each request whether its tokens were there; refused ones take none.

        Parameters
        ----------
        times : ndarray, shape (n,)
            Sorted times. [s]
        amounts : ndarray, shape (n,)
            Tokens that each asks for. [count]

        Returns
        -------
        ndarray of bool, shape (n,)
            Who got their tokens.

        Notes
        -----
        What is missing follows ``U(i) = max(0, U(i-1) - r dt) + a(i)``: a cumulative sum less
        its running minimum, as long as it stays within the burst. Where it does not, a block is
        stepped through.
        """
        passed = np.ones(len(times), dtype=np.bool_)
        for low in range(0, len(times), _BLOCK):
            part = slice(low, low + _BLOCK)
            if not self._all_pass(times[part], amounts[part]):
                self._loop(times[part], amounts[part], passed[part])
        return passed

    def _all_pass(self, times: FloatArray, amounts: FloatArray) -> bool:
        path = np.cumsum(amounts)
        path -= self.rate_per_s * (times - self.at)
        path += self.taken
        before = path - amounts
        lowest = np.minimum(np.minimum.accumulate(before), 0.0)
        missing = path - lowest
        if missing.max() > self.burst + _ROUNDING * max(1.0, self.burst):
            return False
        self.taken, self.at = float(missing[-1]), float(times[-1])
        return True

    def _loop(self, times: FloatArray, amounts: FloatArray, passed: BoolArray) -> None:
        taken, at, rate = self.taken, self.at, self.rate_per_s
        most, refused = self.burst + _ROUNDING * max(1.0, self.burst), []
        for i, (now, amount) in enumerate(zip(times.tolist(), amounts.tolist(), strict=True)):
            taken -= rate * (now - at)
            at = now
            if taken < 0.0:
                taken = 0.0
            if taken + amount > most:
                refused.append(i)
            else:
                taken += amount
        self.taken, self.at = taken, at
        passed[refused] = False
