"""The values of a template, each with the file and line where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from apps.engine.graph import Source

# Numbers with a fraction stay text: the 10 of `16.10` is no 1.
Plain = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Node:
    file: str
    line: int

    @property
    def at(self) -> Source:
        """File and line where the value stands."""
        return Source(self.file, self.line)

    def get(self, path: str) -> Node | None:
        """Return what stands under a dotted path, or None.

        Parameters
        ----------
        path : str
            Keys of mappings and numbers of list items, joined by dots.

        Returns
        -------
        Node or None
            The value there.
        """
        node: Node | None = self
        for part in path.split("."):
            if isinstance(node, MapNode):
                node = node.entries.get(part)
            elif isinstance(node, ListNode) and part.isdigit() and int(part) < len(node.items):
                node = node.items[int(part)]
            else:
                return None
        return node

    def text(self) -> str:
        """Return the value as text, references as placeholders; empty for what is no text.

        Returns
        -------
        str
            Placeholders are of the form ${name}.
        """
        return ""

    def elements(self) -> tuple[Node, ...]:
        """Return the items of a list, and of anything else itself: AWS takes both.

        Returns
        -------
        tuple of Node
            Empty for a value that is null.
        """
        return (self,)

    def pairs(self) -> Iterator[tuple[str, Node]]:
        """Yield the entries of a mapping; nothing for other values.

        Yields
        ------
        (str, Node)
            Key and value.
        """
        return iter(())

    def plain(self) -> Any:
        """Return the value as Python's own types, references as text.

        Returns
        -------
        any
            A dict, list, str, int, bool or None.
        """
        return None

    def walk(self) -> Iterator[tuple[str, Node]]:
        """Yield every entry of every mapping below, outer ones first.

        Yields
        ------
        (str, Node)
            Key and value.
        """
        return iter(())


@dataclass(frozen=True, slots=True)
class Scalar(Node):
    value: Plain

    def text(self) -> str:
        if isinstance(self.value, bool):
            return str(self.value).lower()
        return "" if self.value is None else str(self.value)

    def elements(self) -> tuple[Node, ...]:
        return () if self.value is None else (self,)

    def plain(self) -> Plain:
        return self.value


@dataclass(frozen=True, slots=True)
class Reference:
    """A name inside a value: of a resource (then `target` is its id), or one without a value."""

    name: str
    attribute: str = ""
    target: str = ""
    # Names nothing that the template has.
    is_dangling: bool = False

    def __str__(self) -> str:
        return "${" + self.name + ("." + self.attribute if self.attribute else "") + "}"


@dataclass(frozen=True, slots=True)
class Symbol(Node):
    """A text that is known only in part: literal pieces and references."""

    parts: tuple[str | Reference, ...]

    def text(self) -> str:
        return "".join(str(part) for part in self.parts)

    def plain(self) -> str:
        return self.text()

    def references(self) -> Iterator[Reference]:
        """Yield the names inside the text.

        Yields
        ------
        Reference
            In the order of the text.
        """
        return (part for part in self.parts if isinstance(part, Reference))


@dataclass(frozen=True, slots=True)
class ListNode(Node):
    items: tuple[Node, ...]

    def elements(self) -> tuple[Node, ...]:
        return self.items

    def plain(self) -> list[Any]:
        return [item.plain() for item in self.items]

    def walk(self) -> Iterator[tuple[str, Node]]:
        for item in self.items:
            yield from item.walk()


@dataclass(frozen=True, slots=True)
class MapNode(Node):
    entries: Mapping[str, Node] = field(default_factory=dict)
    # Where the keys stand: a value may begin on a later line.
    key_lines: Mapping[str, int] = field(default_factory=dict)

    def pairs(self) -> Iterator[tuple[str, Node]]:
        return iter(self.entries.items())

    def plain(self) -> dict[str, Any]:
        return {key: value.plain() for key, value in self.entries.items()}

    def walk(self) -> Iterator[tuple[str, Node]]:
        for key, value in self.entries.items():
            yield key, value
            yield from value.walk()


def flat(text: str) -> str:
    """Return a text whose placeholders hold no colon, so that it can be read as an ARN.

    Parameters
    ----------
    text : str
        A text as it stands in a template.

    Returns
    -------
    str
        The text without colons inside its placeholders.

    Examples
    --------
    >>> flat("arn:aws:sqs:${AWS::Region}:1:orders")
    'arn:aws:sqs:${AWS.Region}:1:orders'
    """
    return text.replace("${AWS::", "${AWS.")


def leaves(node: Node | None) -> Iterator[Scalar | Symbol]:
    """Yield every text and number below a node.

    Parameters
    ----------
    node : Node or None
        A value of a template, or what stands below it.

    Yields
    ------
    Scalar or Symbol
        Scalars and symbols, in the order of the template.
    """
    if isinstance(node, Scalar | Symbol):
        yield node
    elif isinstance(node, ListNode):
        for item in node.items:
            yield from leaves(item)
    elif isinstance(node, MapNode):
        for value in node.entries.values():
            yield from leaves(value)


def references(node: Node | None) -> Iterator[tuple[Reference, Symbol]]:
    """Yield every reference below a node, with the value that holds it.

    Parameters
    ----------
    node : Node or None
        A value of a template, or what stands below it.

    Yields
    ------
    tuple[Reference, Symbol]
        Each reference with the value that holds it.
    """
    for leaf in leaves(node):
        if isinstance(leaf, Symbol):
            for reference in leaf.references():
                yield reference, leaf
