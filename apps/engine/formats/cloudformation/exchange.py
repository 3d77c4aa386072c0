"""What stacks hand on to one another: exports, and parameters of Systems Manager."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from apps.engine.formats.cloudformation.nodes import Node

EXPORT, STORED = "export", "stored"
# How many values may lead to one another in a row.
MAX_CHAIN = 20
# A shorter end of a name is no sign that two names mean the same.
MIN_TAIL = 4


@dataclass(slots=True)
class Exchange:
    """Values by name, worked out when they are asked for: stacks may stand in any order."""

    _offers: dict[tuple[str, str], list[Callable[[], Node]]] = field(default_factory=dict)
    _open: set[tuple[str, str]] = field(default_factory=set)

    def offer(self, way: str, name: str, value: Callable[[], Node]) -> None:
        """Make a value known to all stacks.

        Parameters
        ----------
        way : str
            EXPORT or STORED.
        name : str
            Name of the export or of the parameter.
        value : callable
            Works the value out.
        """
        self._offers.setdefault((way, name), []).append(value)

    def find(self, way: str, name: str) -> Node | None:
        """Return a value that a stack makes known, or None.

        Parameters
        ----------
        way : str
            EXPORT or STORED.
        name : str
            The name as it is asked for.

        Returns
        -------
        Node or None
            None where no stack has it, or several have, or values lead to one another in a
            circle.
        """
        key = (way, name) if (way, name) in self._offers else self._alike(way, name)
        if key is None or key in self._open or len(self._open) >= MAX_CHAIN:
            return None
        if len(self._offers[key]) > 1:  # Of two that are named alike, none is meant more.
            return None
        self._open.add(key)
        value = self._offers[key][0]()
        self._open.discard(key)
        return value

    def _alike(self, way: str, name: str) -> tuple[str, str] | None:
        """Return the one name that begins with the name of its stack and ends as this one.

        `${AWS::StackName}-Orders` is asked for as `shop-Orders`, or as `${Shop}-Orders`.
        """
        tails = (
            (key, key[1].rpartition("}")[2]) for key in self._offers if key[0] == way
        )  # fmt: skip
        wanted = name.rpartition("}")[2]
        found = [
            key
            for key, tail in tails
            if len(tail) >= MIN_TAIL
            and tail != key[1]
            and (wanted == tail if "}" in name else name.endswith(tail))
        ]
        return found[0] if len(found) == 1 else None
