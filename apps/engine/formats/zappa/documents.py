"""A file of Zappa's settings → nodes: JSON and YAML as templates are read, and TOML."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from apps.engine.formats.cloudformation.bounds import Budget, decode
from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.cloudformation.nodes import ListNode, MapNode, Node, Scalar
from apps.engine.formats.errors import UnreadableInput

_TABLE = re.compile(r"\s*\[\[?([^\]]+)\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"""\s*("[^"]*"|'[^']*'|[\w.-]+)\s*=""")
_PLACE = re.compile(r"line (\d+)")


def read_settings(library: Library, name: str) -> Node:
    """Return the nodes of one file of settings.

    Parameters
    ----------
    library : Library
        The files that came along.
    name : str
        Path of the file.

    Returns
    -------
    Node
        The root of the document.

    Raises
    ------
    UnreadableInput
        With file and line.
    """
    if not name.endswith(".toml"):
        return library.document(name)
    text = decode(name, library.data(name))
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError) as error:
        place = _PLACE.search(str(error))
        line = int(place[1]) if place else 0
        raise UnreadableInput(f"This is not TOML: {error}; correct it.", name, line) from error
    return _Toml(name, text).node((), values, 1)


class _Toml:
    """Values of TOML with the lines on which their keys stand."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._budget = Budget(name)
        self._lines = dict(_lines(text))

    def node(self, path: tuple[str, ...], value: Any, line: int) -> Node:
        """Return a value as a node.

        Parameters
        ----------
        path : tuple of str
            The keys above it.
        value : any
            What TOML holds there.
        line : int
            Line of its key, from 1.

        Returns
        -------
        Node
            Dates and fractions as text.
        """
        self._budget.spend(1, line)
        self._budget.check_depth(len(path) + 1, line)
        if isinstance(value, dict):
            lines = {key: self._lines.get((*path, key), line) for key in value}
            entries = {
                key: self.node((*path, key), part, lines[key]) for key, part in value.items()
            }
            return MapNode(self._name, line, entries, lines)
        if isinstance(value, list):
            items = tuple(self.node((*path, str(i)), part, line) for i, part in enumerate(value))
            return ListNode(self._name, line, items)
        kept = value if isinstance(value, str | bool | int) else str(value)
        return Scalar(self._name, line, kept)


def _lines(text: str) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        head = _TABLE.fullmatch(line)
        key = _KEY.match(line)
        if head:
            table = tuple(part.strip(" \"'") for part in head[1].split("."))
            found.setdefault(table, number)
        elif key:
            found.setdefault((*table, key[1].strip("\"'")), number)
    return found
