"""Lines of a bill that stand there only when there is something to bill."""

from __future__ import annotations

from apps.engine.catalog._bill import Usage


def used(*lines: Usage) -> tuple[Usage, ...]:
    """Return the lines that have a quantity.

    Parameters
    ----------
    lines : Usage
        Lines of a bill.

    Returns
    -------
    tuple[Usage, ...]
        The same without those at zero, whose price a book may lack.
    """
    return tuple(line for line in lines if line.quantity > 0.0)
