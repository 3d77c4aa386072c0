"""The variables of the Serverless Framework in a text: `${self:custom.x, 'y'}`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# `${AWS::Region}` and `${Table}` are CloudFormation's and stay.
_START = re.compile(r"\$\{\s*(?=[A-Za-z][\w.-]*\s*(?:\(|:(?!:)))")
_SOURCE = re.compile(r"([A-Za-z][\w.-]*)\s*(?:\(([^()]*)\))?\s*(?::(?!:)(.*))?", re.S)
_CLOSING = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable: what it is looked up by, first ones first."""

    text: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lookup:
    """One way to look a value up: `file(./a.yml):b` has source file, argument ./a.yml."""

    source: str
    argument: str
    address: str


def pieces(text: str) -> tuple[str | Variable, ...]:
    """Return a text as literal pieces and variables.

    Parameters
    ----------
    text : str
        A text as it stands in a file.

    Returns
    -------
    tuple of str or Variable
        In the order of the text. What never ends is literal.

    Examples
    --------
    >>> pieces("a-${opt:stage, 'dev'}")
    ('a-', Variable(text="${opt:stage, 'dev'}", choices=('opt:stage', "'dev'")))
    """
    found: list[str | Variable] = []
    done = 0
    while (start := _START.search(text, done)) is not None:
        end = _end(text, start.end())
        if end < 0:
            break
        if start.start() > done:
            found.append(text[done : start.start()])
        inside = text[start.end() : end]
        found.append(Variable(text[start.start() : end + 1], tuple(_choices(inside))))
        done = end + 1
    if done < len(text):
        found.append(text[done:])
    return tuple(found)


def lookup_of(choice: str) -> Lookup | None:
    """Return how a choice is looked up, None for what is a value itself.

    Parameters
    ----------
    choice : str
        One choice of a variable, without variables in it.

    Returns
    -------
    Lookup or None
        Its source, and what it asks it for.

    Examples
    --------
    >>> lookup_of("self:provider.stage")
    Lookup(source='self', argument='', address='provider.stage')
    >>> lookup_of("15") is None
    True
    """
    match = _SOURCE.fullmatch(choice)
    if match is None or (match[2] is None and match[3] is None):
        return None
    return Lookup(match[1], (match[2] or "").strip(), (match[3] or "").strip())


def _end(text: str, start: int) -> int:
    depth = 0
    for index in range(start, len(text)):
        if text[index] == "{":
            depth += 1
        elif text[index] == "}":
            if not depth:
                return index
            depth -= 1
    return -1


def _choices(text: str) -> Iterator[str]:
    """Yield what stands between the commas that are outside quotes and brackets."""
    start, depth, quote = 0, 0, ""
    for index, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "([{":
            depth += 1
        elif sign in _CLOSING:
            depth -= 1
        elif sign == "," and not depth:
            yield text[start:index].strip()
            start = index + 1
    yield text[start:].strip()
