"""Single requests at one stage: when they come, and what becomes of each.

References
----------
.. [1] L. Kleinrock, "Queueing Systems, Volume 1: Theory", Wiley, 1975, section 2.1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.engine.stages.base import FloatArray

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Requests in the order in which they come; all arrays have shape (n,).

    `times` are when they come, sorted [s]; `work` is what each takes of the stage's own
    resource [units]; `beyond` is the time that its callees take, while which it stays [s].
    """

    times: FloatArray
    work: FloatArray
    beyond: FloatArray

    @classmethod
    def at(cls, times: FloatArray) -> Arrivals:
        """Return requests of one unit of work each, that call nothing."""
        return cls(times, np.ones_like(times), np.zeros_like(times))


@dataclass(frozen=True, slots=True)
class Departures:
    """What became of each request, in the order of the arrivals; all arrays have shape (n,).

    `begins` is when its service began and `ends` when it left, both the time of its arrival for
    one that was refused at once [s].
    """

    begins: FloatArray
    ends: FloatArray
    refused: BoolArray
    cold: BoolArray
