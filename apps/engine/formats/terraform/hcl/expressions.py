"""Expressions of HCL."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from apps.engine.formats.terraform.hcl.scanner import Scanner
from apps.engine.formats.terraform.hcl.syntax import (
    Call,
    Conditional,
    Expr,
    For,
    GetAttr,
    Index,
    Literal,
    Name,
    Object,
    Operation,
    Splat,
    Tuple,
)
from apps.engine.formats.terraform.hcl.templates import heredoc, quoted

_NUMBER = re.compile(r"\d+(\.\d+)?([eE][+-]?\d+)?")
# Operators from the weakest to the strongest; longer ones first where they begin alike.
_LEVELS = (("||",), ("&&",), ("==", "!="), ("<=", ">=", "<", ">"), ("+", "-"), ("*", "/", "%"))
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
# Longer numbers are none that AWS knows.
_MAX_DIGITS = 30


def expression(scanner: Scanner) -> Expr:
    """Return the expression that begins here.

    Parameters
    ----------
    scanner : Scanner
        Before the expression, which it is moved behind.

    Returns
    -------
    Expr
        The expression with its place.

    Raises
    ------
    UnreadableInput
        If there is none; with file and line.
    """
    scanner.enter()
    found = _binary(scanner, 0)
    if scanner.take("?"):
        then = expression(scanner)
        scanner.need(":")
        otherwise = expression(scanner)
        found = Conditional(found.start, otherwise.end, found.line, found, then, otherwise)
    scanner.leave()
    return found


def _binary(scanner: Scanner, level: int) -> Expr:
    if level == len(_LEVELS):
        return _unary(scanner)
    left = _binary(scanner, level + 1)
    while True:
        scanner.skip()
        operator = next((sign for sign in _LEVELS[level] if scanner.sees(sign)), "")
        if not operator:
            return left
        scanner.at += len(operator)
        scanner.skip_lines()
        right = _binary(scanner, level + 1)
        left = Operation(left.start, right.end, left.line, operator, (left, right))


def _unary(scanner: Scanner) -> Expr:
    scanner.skip()
    start, line = scanner.at, scanner.line()
    for sign in "!-":
        if scanner.take(sign):
            scanner.enter()
            operand = _unary(scanner)
            scanner.leave()
            if isinstance(operand, Literal) and type(operand.value) is int and sign == "-":
                return Literal(start, operand.end, line, -operand.value)
            return Operation(start, operand.end, line, sign, (operand,))
    return _postfix(scanner)


def _postfix(scanner: Scanner) -> Expr:
    found = _primary(scanner)
    steps = 0
    while True:
        step = _step(scanner, found)
        if step is None:
            for _ in range(steps):
                scanner.leave()
            return found
        # A chain is as deep as it is long when it is worked out.
        scanner.enter()
        steps += 1
        found = step


def _step(scanner: Scanner, base: Expr) -> Expr | None:
    if scanner.sees("...") or not (scanner.sees(".") or scanner.sees("[")):
        return None
    if scanner.sees("["):
        return _index(scanner, base)
    scanner.at += 1
    if scanner.sees("*"):
        scanner.at += 1
        return Splat(base.start, scanner.at, base.line, base)
    digits = re.compile(r"\d{1,6}").match(scanner.text, scanner.at)
    if digits:
        key = Literal(scanner.at, digits.end(), scanner.line(), int(digits[0]))
        scanner.at = digits.end()
        return Index(base.start, scanner.at, base.line, base, key)
    name = scanner.name()
    if not name:
        scanner.expected("a name after '.'")
    return GetAttr(base.start, scanner.at, base.line, base, name)


def _index(scanner: Scanner, base: Expr) -> Expr:
    scanner.at += 1
    scanner.brackets += 1
    is_splat = scanner.take("*")
    key = None if is_splat else expression(scanner)
    scanner.need("]")
    scanner.brackets -= 1
    if key is None:
        return Splat(base.start, scanner.at, base.line, base)
    return Index(base.start, scanner.at, base.line, base, key)


def _primary(scanner: Scanner) -> Expr:
    scanner.skip()
    start, line = scanner.at, scanner.line()
    if scanner.sees('"'):
        return quoted(scanner, expression)
    if scanner.sees("<<"):
        return heredoc(scanner, expression)
    if scanner.sees("["):
        return _bracketed(scanner, "[", "]", _list)
    if scanner.sees("{"):
        return _bracketed(scanner, "{", "}", _object)
    if scanner.sees("("):
        inner = _bracketed(scanner, "(", ")", expression)
        return Operation(start, scanner.at, line, "()", (inner,))
    number = _NUMBER.match(scanner.text, start)
    if number:
        scanner.at = number.end()
        is_whole = number[1] is None and number[2] is None and len(number[0]) < _MAX_DIGITS
        return Literal(start, scanner.at, line, int(number[0]) if is_whole else number[0])
    return _named(scanner)


def _named(scanner: Scanner) -> Expr:
    start, line = scanner.at, scanner.line()
    name = scanner.name()
    if not name:
        scanner.expected("a value")
    if name in _WORDS:
        return Literal(start, scanner.at, line, _WORDS[name])
    while scanner.sees("::"):  # Functions of providers have names in parts.
        scanner.at += 2
        name = f"{name}::{scanner.name()}"
    if scanner.sees("("):
        scanner.at += 1
        return _call(scanner, name, start, line)
    return Name(start, scanner.at, line, name)


def _call(scanner: Scanner, name: str, start: int, line: int) -> Call:
    scanner.brackets += 1
    arguments: list[Expr] = []
    spreads = False
    while not scanner.take(")"):
        arguments.append(expression(scanner))
        spreads = scanner.take("...")
        if not scanner.take(","):
            scanner.need(")")
            break
    scanner.brackets -= 1
    return Call(start, scanner.at, line, name, tuple(arguments), spreads)


def _bracketed(
    scanner: Scanner, opening: str, closing: str, read: Callable[[Scanner], Expr]
) -> Expr:
    start, line = scanner.at, scanner.line()
    scanner.need(opening)
    scanner.brackets += 1
    scanner.enter()
    found = _for(scanner, closing) or read(scanner)
    scanner.need(closing)
    scanner.leave()
    scanner.brackets -= 1
    return replace(found, start=start, end=scanner.at, line=line)


def _list(scanner: Scanner) -> Tuple:
    items: list[Expr] = []
    scanner.skip()
    while not scanner.sees("]"):
        items.append(expression(scanner))
        if not scanner.take(","):
            break
        scanner.skip()
    return Tuple(0, 0, 0, tuple(items))


def _object(scanner: Scanner) -> Object:
    items: list[tuple[Expr, Expr]] = []
    scanner.skip()
    while not scanner.sees("}"):
        key = expression(scanner)
        if not (scanner.take("=") or scanner.take(":")):
            scanner.expected("'=' or ':'")
        # Line ends separate the entries, so a value ends with its line.
        outer, scanner.brackets = scanner.brackets, 0
        scanner.skip_lines()
        items.append((key, expression(scanner)))
        scanner.brackets = outer
        scanner.take(",")
        scanner.skip()
    return Object(0, 0, 0, tuple(items))


def _for(scanner: Scanner, closing: str) -> For | None:
    start = scanner.at
    if (
        closing == ")"
        or scanner.name() != "for"
        or not re.match(
            r"[ \t\r\n]+[\w-]+\s*(,\s*[\w-]+\s*)?in\b", scanner.text[scanner.at : scanner.at + 300]
        )
    ):
        scanner.at = start
        return None
    names = [scanner.name()]
    if scanner.take(","):
        names.append(scanner.name())
    scanner.name()
    source = expression(scanner)
    scanner.need(":")
    value, key = expression(scanner), None
    if closing == "}":
        scanner.need("=>")
        key, value = value, expression(scanner)
    groups = scanner.take("...")
    before, condition = scanner.at, None
    if scanner.name() == "if":
        condition = expression(scanner)
    else:
        scanner.at = before
    return For(start, scanner.at, 0, tuple(names), source, key, value, condition, groups)
