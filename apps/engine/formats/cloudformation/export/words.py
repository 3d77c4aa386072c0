"""Values as the words of a template, in the style of what stood there or stands beside."""

from __future__ import annotations

import json
import re
from decimal import Decimal

from apps.engine.formats.cloudformation.yaml_reader import plain_value

Value = str | int | float | bool
# What needs no quotes in YAML, in braces neither.
_PLAIN = re.compile(r"[A-Za-z_/](?:[\w ./()*?+@=%$-]|:(?=\S))*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_PAIRS = (("true", "false"), ("yes", "no"), ("on", "off"))
_QUOTES = ("'", '"')


def text_of(value: Value) -> str:
    """Return a value as plain text.

    Parameters
    ----------
    value : Value
        What a property is to hold.

    Returns
    -------
    str
        Numbers without an exponent, and without a fraction where they have none.

    Examples
    --------
    >>> [text_of(value) for value in (True, 30.0, 0.5, 1e22, "python3.12")]
    ['true', '30', '0.5', '10000000000000000000000', 'python3.12']
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        exact = Decimal(repr(value))
        return format(exact.to_integral() if exact == exact.to_integral() else exact, "f")
    return str(value)


def json_word(value: Value, old: str = "") -> str:
    """Return a value as JSON has it.

    Parameters
    ----------
    value : Value
        What a property is to hold.
    old : str, optional
        The word that stands there so far; what was in quotes stays so.

    Returns
    -------
    str
        A string, number or truth value.
    """
    if isinstance(value, str) or old.startswith('"'):
        return json.dumps(text_of(value), ensure_ascii=False)
    return text_of(value)


def yaml_word(value: Value, style: str = "", old: str = "") -> str:
    """Return a value as YAML has it, on one line.

    Parameters
    ----------
    value : Value
        What a property is to hold.
    style : str, optional
        The quote of what stands there so far.
    old : str, optional
        What stands there so far; `yes` becomes `no`, and `True` `False`.

    Returns
    -------
    str
        A scalar that is read as the value.
    """
    text = text_of(value)
    if style in _QUOTES:
        return _quoted(text, style)
    if isinstance(value, bool):
        return _like(value, old)
    if not isinstance(value, str) or _is_plain(text) or _is_number_like(text, old):
        return text
    return _quoted(text, "'")


def _is_plain(text: str) -> bool:
    is_word = _PLAIN.fullmatch(text) is not None and not text.endswith((" ", ":"))
    return is_word and plain_value(text) == text


def _is_number_like(text: str, old: str) -> bool:
    """Say whether a version such as 15.4 may stay without quotes, as the one before it."""
    if not (_NUMBER.fullmatch(text) and _NUMBER.fullmatch(old)):
        return False
    return text_of(float(text)) == text


def _like(value: bool, old: str) -> str:
    for pair in _PAIRS:
        if old.lower() in pair:
            word = pair[0] if value else pair[1]
            return word.upper() if old.isupper() else word.title() if old.istitle() else word
    return text_of(value)


def _quoted(text: str, quote: str) -> str:
    if quote == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return json.dumps(text, ensure_ascii=False)
