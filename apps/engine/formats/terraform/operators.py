"""Operators of HCL on values that are worked out already."""

from __future__ import annotations

import operator
from collections.abc import Callable

from apps.engine.formats.cloudformation.nodes import Node, Scalar, Symbol
from apps.engine.formats.terraform.values import number_of, plain_number

_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
}
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def operated(sign: str, values: list[Node]) -> str | int | bool | None:
    """Return what an operator gives.

    Parameters
    ----------
    sign : str
        The operator.
    values : list of Node
        One operand or two.

    Returns
    -------
    str, int, bool or None
        None where an operand is not known.
    """
    if len(values) == 1:
        return _unary(sign, values[0])
    if sign in ("&&", "||"):
        return _logical(sign, *values)
    if sign in ("==", "!="):
        return _equal(*values, is_same=sign == "==")
    return _numbers(sign, *map(number_of, values))


def _unary(sign: str, value: Node) -> str | int | bool | None:
    if sign == "!":
        return value.text() != "true" if isinstance(value, Scalar) else None
    number = number_of(value)
    return None if number is None else plain_number(-number)


def _logical(sign: str, left: Node, right: Node) -> bool | None:
    if not (isinstance(left, Scalar) and isinstance(right, Scalar)):
        return None
    texts = (left.text() == "true", right.text() == "true")
    return all(texts) if sign == "&&" else any(texts)


def _equal(left: Node, right: Node, *, is_same: bool) -> bool | None:
    if isinstance(left, Symbol) or isinstance(right, Symbol):
        # A resource of this design is there: what is compared with null or "" holds.
        return None
    return bool(left.plain() == right.plain()) == is_same


def _numbers(sign: str, left: float | None, right: float | None) -> str | int | bool | None:
    if left is None or right is None:
        return None
    if sign in _COMPARISONS:
        return _COMPARISONS[sign](left, right)
    try:
        return plain_number(_ARITHMETIC[sign](left, right))
    except (ZeroDivisionError, OverflowError, ValueError):
        return None
