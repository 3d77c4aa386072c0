"""How exact a result may look: two digits while inputs are assumed, three once they are known."""

from __future__ import annotations

import math
from itertools import pairwise

ASSUMED, CALIBRATED = 2, 3


def rounded(value: float | None, digits: int) -> float | None:
    """Return a result with so many significant digits; None stays None."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.{digits}g}")


def between(points: list[tuple[float, float]], at: float) -> float | None:
    """Return the value at `at`, straight between two points on doubly logarithmic paper.

    Examples
    --------
    >>> between([(1000.0, 10.0), (10000.0, 100.0)], 2000.0)
    20.0
    >>> between([(1000.0, 10.0), (10000.0, 100.0)], 20000.0) is None
    True
    """
    above = [(x, y) for x, y in points if x > 0.0 and y > 0.0]
    for (x0, y0), (x1, y1) in pairwise(above):
        if x0 <= at <= x1:
            share = math.log(at / x0) / math.log(x1 / x0) if x1 > x0 else 0.0
            return round(y0 * math.pow(y1 / y0, share), 6)
    return None
