"""Which of some requests: masks, where None stands for all of them or for nobody."""

from __future__ import annotations

import numpy as np

from apps.engine.stages.arrivals import BoolArray
from apps.engine.stages.base import FloatArray

# Closer than this two times are the same. [s]
SAME_S = 1e-6


def or_mask(first: BoolArray | None, second: BoolArray | None) -> BoolArray | None:
    """Return whom either of two masks names, where None names nobody.

    Parameters
    ----------
    first, second : ndarray of bool, shape (n,), or None
        Some of the requests.

    Returns
    -------
    ndarray of bool, shape (n,), or None
        None where both are None.
    """
    if first is None or second is None:
        return second if first is None else first
    return first | second


def and_mask(first: BoolArray | None, second: BoolArray | None) -> BoolArray | None:
    """Return whom both of two masks name, where None names all.

    Parameters
    ----------
    first, second : ndarray of bool, shape (n,), or None
        Some of the requests.

    Returns
    -------
    ndarray of bool, shape (n,), or None
        None where both are None.
    """
    if first is None or second is None:
        return second if first is None else first
    return first & second


def agree(first: BoolArray | None, second: BoolArray | None) -> bool:
    """Say whether two masks name the same, where None names all.

    Parameters
    ----------
    first, second : ndarray of bool, shape (n,), or None
        Some of the requests.

    Returns
    -------
    bool
        Whether they do.
    """
    if first is None or second is None:
        named = second if first is None else first
        return named is None or bool(named.all())
    return bool(np.array_equal(first, second))


def apart(first: FloatArray, second: FloatArray, alive: BoolArray | None) -> bool:
    """Say whether times differ for anybody who comes.

    Parameters
    ----------
    first, second : ndarray, shape (n,)
        When each comes. [s]
    alive : ndarray of bool, shape (n,), or None
        Who comes; None for all.

    Returns
    -------
    bool
        Whether any two differ by more than rounding.
    """
    if first is second or not len(first):
        return False
    far = np.abs(first - second) > SAME_S
    return bool((far if alive is None else far & alive).any())
