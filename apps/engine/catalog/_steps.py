"""AWS counts what passes in steps of a size, and what a bill gives is not worked out again."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from apps.engine.catalog._bill import Meters, Usage

# Sizes come as sums over counts, and a float's last digits must not make one more step.
_NEARLY: Final = 1e-9


class Given(NamedTuple):
    """A line that stands on a bill only where its quantity is given, by the name of the meter."""

    meter: str
    price_id: str
    label: str
    unit: str
    note: str = ""


def steps(total: float, count: float, step: float) -> int:
    """Return how many steps one of `count` equal parts of a total takes; one at least.

    Parameters
    ----------
    total : float
        Size of all parts together. [unit of the step]
    count : float
        How many parts there are.
    step : float
        Size of a step.

    Returns
    -------
    int
        Steps of one part, the last one begun.
    """
    if not count:
        return 1
    return max(1, math.ceil(total / count / step - _NEARLY))


def given_lines(meters: Meters, rows: Iterable[Given]) -> Iterator[Usage]:
    """Yield a line for each quantity that is given, and none for the others.

    Parameters
    ----------
    meters : Meters
        What a component did in a month.
    rows : iterable of Given
        The lines that can be given, in their order on the bill.

    Yields
    ------
    Usage
        With the quantity as given.
    """
    for row in rows:
        quantity = meters.given.get(row.meter, 0.0)
        if quantity:
            yield Usage(row.price_id, row.label, row.unit, quantity, row.note)
