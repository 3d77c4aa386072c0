"""How a store is read from end to end: by pages of a megabyte."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scanned:
    """What reading one megabyte asks of a store.

    `calls` come in by the door `role`, each of so many `units` of the store's own resource. One
    reader gets through `mb_per_s`, and all of them together through `most_mb_per_s` [MB/s].
    """

    role: str
    calls: float
    units: float
    mb_per_s: float
    most_mb_per_s: float = math.inf
