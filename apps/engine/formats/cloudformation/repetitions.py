"""Fn::ForEach written out: the entries that a loop stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from apps.engine.formats.cloudformation.intrinsics import LOOP
from apps.engine.formats.cloudformation.nodes import ListNode, MapNode, Node, Scalar
from apps.engine.formats.errors import UnreadableInput

# How much text counts as one value, so that no template grows without end.
TEXT_PER_STEP = 20


def has_loops(text: bytes) -> bool:
    """Return whether a file may hold loops, by its bytes.

    Parameters
    ----------
    text : bytes
        A file.

    Returns
    -------
    bool
        False where none can be in it.
    """
    return LOOP.encode() in text


class Repetitions:
    """Writes loops out. `values_of` gives the values that a loop runs over."""

    def __init__(
        self, values_of: Callable[[Node], Node], work: Callable[[int, Node], None]
    ) -> None:
        self._values_of, self._work = values_of, work

    def written_out(self, node: Node) -> Node:
        """Return a value with the loops in it written out.

        Parameters
        ----------
        node : Node
            A value of a template, as it stands.

        Returns
        -------
        Node
            The same node where it has no loops.

        Raises
        ------
        UnreadableInput
            If a loop is none that CloudFormation knows.
        """
        if isinstance(node, ListNode):
            items = tuple(map(self.written_out, node.items))
            return replace(node, items=items)
        if not isinstance(node, MapNode):
            return node
        entries: dict[str, Node] = {}
        lines = dict(node.key_lines)
        for key, value in node.entries.items():
            if not key.startswith(LOOP):
                entries[key] = self.written_out(value)
                continue
            for name, body in self._loop(value):
                entries[name] = body
                lines[name] = body.line
        return replace(node, entries=entries, key_lines=lines)

    def _loop(self, loop: Node) -> Iterator[tuple[str, Node]]:
        parts = loop.elements()
        if len(parts) != 3 or not isinstance(parts[0], Scalar):
            raise UnreadableInput(
                "Fn::ForEach takes a list of three: a name, the values, and what is repeated.",
                loop.file,
                loop.line,
            )
        name, body = parts[0].text(), parts[2]
        for value in self._values_of(parts[1]).elements():
            if not isinstance(value, Scalar):  # Not known before it is deployed.
                continue
            one = self._filled(body, name, value.text())
            yield from self.written_out(one).pairs()

    def _filled(self, node: Node, name: str, value: str) -> Node:
        """Return what is repeated, for one value."""
        self._work(1, node)
        if isinstance(node, Scalar):
            text = _filled_text(node.text(), name, value) if isinstance(node.value, str) else ""
            self._work(len(text) // TEXT_PER_STEP, node)
            return replace(node, value=text) if text and text != node.value else node
        if isinstance(node, ListNode):
            return replace(node, items=tuple(self._filled(x, name, value) for x in node.items))
        if not isinstance(node, MapNode):
            return node
        if set(node.entries) == {"Ref"} and node.entries["Ref"].text() == name:
            return Scalar(node.file, node.line, value)
        entries = {
            _filled_text(key, name, value): self._filled(below, name, value)
            for key, below in node.entries.items()
        }
        return MapNode(node.file, node.line, entries, node.key_lines)


def _filled_text(text: str, name: str, value: str) -> str:
    plain = "".join(character for character in value if character.isalnum())
    return text.replace("${" + name + "}", value).replace("&{" + name + "}", plain)
