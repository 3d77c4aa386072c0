"""Lines of a bill that stand there only when used, and quantities that are billed in steps."""

from __future__ import annotations

import math

from apps.engine.catalog._bill import Usage

# A size that follows from a sum may be off in its last digits.
_SLACK = 1e-9


def used(*lines: Usage) -> tuple[Usage, ...]:
    """Return the lines that have a quantity.

    Parameters
    ----------
    *lines : Usage
        Lines of a bill.

    Returns
    -------
    tuple[Usage, ...]
        The same without those at zero, whose price a book may lack.
    """
    return tuple(line for line in lines if line.quantity > 0.0)


def steps(size: float, step: float) -> int:
    """Return how many steps a size counts as, a part of one as a whole.

    Parameters
    ----------
    size : float
        Size of a request or message. [bytes]
    step : float
        What AWS meters by. [bytes]

    Returns
    -------
    int
        At least 1. [count]
    """
    return max(1, math.ceil(size / step - _SLACK))
