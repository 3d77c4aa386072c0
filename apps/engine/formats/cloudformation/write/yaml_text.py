"""A template as YAML: two blanks a level, short forms, quotes only where they are needed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from apps.engine.formats.cloudformation.write.values import Function, Value

_SAFE = re.compile(r"[A-Za-z0-9_/$.+(][A-Za-z0-9_ /$.{}:*()+=@,;<>?!&~^%'-]*")
_tag: Any = yaml.resolver.Resolver().resolve
_TEXT = "tag:yaml.org,2002:str"
# CloudFormation reads YAML 1.1 by the letter in some tools and not in others.
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "="})


def yaml_text(template: Mapping[str, Value]) -> str:
    """Return a template as YAML, its sections parted by empty lines.

    Parameters
    ----------
    template : mapping of str to any
        Sections by name.

    Returns
    -------
    str
        The same for equal templates, and ended by a new line.
    """
    blocks = []
    for name, section in template.items():
        is_apart = name == "Resources" and isinstance(section, Mapping)
        lines = _apart(section) if is_apart else list(_lines(section, 1))
        blocks.append("\n".join(_headed(name, lines)))
    return "\n\n".join(blocks) + "\n"


def _apart(section: Mapping[str, Value]) -> list[str]:
    """Return resources with an empty line between them."""
    lines: list[str] = []
    for index, (name, value) in enumerate(section.items()):
        lines += [""] if index else []
        lines += _headed(f"  {name}", list(_lines(value, 2)))
    return lines


def _headed(head: str, lines: list[str]) -> list[str]:
    if len(lines) == 1 and not lines[0].startswith(" "):
        return [f"{head}: {lines[0]}"]
    # A tag or the sign of a block stands on the line of its key.
    if lines and not lines[0].startswith(" "):
        return [f"{head}: {lines[0]}", *lines[1:]]
    return [f"{head}:", *lines]


def _lines(value: Value, level: int) -> Iterator[str]:
    """Yield the lines of a value; one without blanks before it stands beside its key."""
    pad = "  " * level
    if isinstance(value, Function):
        yield from _function(value, level)
    elif isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _headed(pad + scalar(str(key)), list(_lines(item, level + 1)))
    elif isinstance(value, list | tuple) and value:
        for item in value:
            yield from _item(item, level)
    elif isinstance(value, str) and "\n" in value:
        yield "|"
        yield from ((pad + line).rstrip() for line in value.rstrip("\n").split("\n"))
    else:
        yield scalar(value)


def _item(value: Value, level: int) -> Iterator[str]:
    pad = "  " * level
    lines = list(_lines(value, level + 1))
    if lines[0].startswith(" "):
        yield f"{pad}- {lines[0].lstrip()}"
    else:
        yield f"{pad}- {lines[0]}"
    yield from lines[1:]


def _function(function: Function, level: int) -> Iterator[str]:
    argument = function.argument
    if isinstance(argument, str) and "\n" not in argument:
        yield f"!{function.name} {scalar(argument)}"
    elif isinstance(argument, list) and _is_short(argument):
        yield f"!{function.name} [{', '.join(_flow(item) for item in argument)}]"
    else:
        lines = list(_lines(argument, level))
        is_block = lines[0] == "|"
        yield f"!{function.name} |" if is_block else f"!{function.name}"
        yield from lines[1:] if is_block else lines


def _is_short(items: Sequence[Value]) -> bool:
    return all(isinstance(item, str | int | Function) for item in items)


def _flow(value: Value) -> str:
    if isinstance(value, Function):
        return f"!{value.name} {_flow(value.argument)}"
    if isinstance(value, list):
        return f"[{', '.join(_flow(item) for item in value)}]"
    text = scalar(value)
    return json.dumps(value, ensure_ascii=False) if re.search(r"[,\[\]{}]", text) else text


def scalar(value: Value) -> str:
    """Return a plain value as YAML.

    Parameters
    ----------
    value : any
        A text, a number, a flag, None, or an empty list or mapping.

    Returns
    -------
    str
        On one line.

    Examples
    --------
    >>> scalar("2012-10-17"), scalar("rate(5 minutes)"), scalar(2.0)
    ('"2012-10-17"', 'rate(5 minutes)', '2')
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, str):
        return json.dumps(value)
    return value if _is_plain(value) else json.dumps(value, ensure_ascii=False)


def _is_plain(text: str) -> bool:
    if not _SAFE.fullmatch(text) or text.endswith((" ", ":")) or ": " in text:
        return False
    if text.lower() in _WORDS:
        return False
    return bool(_tag(yaml.ScalarNode, text, (True, False)) == _TEXT)
