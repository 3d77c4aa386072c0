"""The functions of CloudFormation on values that are resolved already."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

from apps.engine.formats.cloudformation.nodes import (
    ListNode,
    MapNode,
    Node,
    Plain,
    Reference,
    Scalar,
    Symbol,
)
from apps.engine.formats.errors import UnreadableInput

Part = str | Reference
MAX_TEXT = 1_000_000
_PLACEHOLDER = re.compile(r"\$\{([^${}]*)\}")


class NoValue(Node):
    """What `AWS::NoValue` stands for: the property is not there."""

    __slots__ = ()


def parts_of(node: Node) -> tuple[Part, ...]:
    """Return the texts and references that a value is made of.

    Parameters
    ----------
    node : Node
        A value of a template, or what stands below it.

    Returns
    -------
    tuple[Part, ...]
        Pieces in their order; a list gives those of all its items.
    """
    if isinstance(node, Symbol):
        return node.parts
    if isinstance(node, ListNode | MapNode):
        return tuple(part for item in _values(node) for part in parts_of(item))
    return (node.text(),)


def _values(node: ListNode | MapNode) -> tuple[Node, ...]:
    return node.items if isinstance(node, ListNode) else tuple(node.entries.values())


def joined(at: Node, parts: list[Part]) -> Node:
    """Return pieces as one text: a plain one where no reference is left.

    Parameters
    ----------
    at : Node
        The value whose file and line the result carries.
    parts : list[Part]
        Texts and references in their order.

    Returns
    -------
    Node
        A scalar, or a symbol where references are left.

    Raises
    ------
    UnreadableInput
        If the text would grow beyond a million characters.
    """
    _check_length(at, parts)
    merged: list[Part] = []
    for is_text, group in itertools.groupby(parts, lambda part: isinstance(part, str)):
        pieces = list(group)
        merged += ["".join(str(piece) for piece in pieces)] if is_text else pieces
    merged = [part for part in merged if part != ""]
    if not any(isinstance(part, Reference) for part in merged):
        return Scalar(at.file, at.line, "".join(str(part) for part in merged))
    return Symbol(at.file, at.line, tuple(merged))


def _check_length(at: Node, parts: list[Part]) -> None:
    if sum(len(part) if isinstance(part, str) else 20 for part in parts) > MAX_TEXT:
        raise UnreadableInput(
            f"A text grows beyond {MAX_TEXT:,} characters here; write fewer repetitions.",
            at.file,
            at.line,
        )


def literal(at: Node, value: Plain) -> Scalar:
    """Return a plain value as a node.

    Parameters
    ----------
    at : Node
        The value whose file and line the result carries.
    value : Plain
        A value of a template, or a plain one.

    Returns
    -------
    Scalar
        A scalar at that place.
    """
    return Scalar(at.file, at.line, value)


def substitute(at: Node, text: str, lookup: Callable[[str], Node]) -> Node:
    """Return a text in which `${Name}` is replaced by what `lookup` gives for the name.

    Parameters
    ----------
    at : Node
        The value whose file and line the result carries.
    text : str
        A text as it stands in a template.
    lookup : callable
        Gives the value of a name.

    Returns
    -------
    Node
        A scalar, or a symbol where names stay unknown.
    """
    parts: list[Part] = []
    end = 0
    for match in _PLACEHOLDER.finditer(text):
        parts.append(text[end : match.start()])
        name = match[1].strip()
        if name.startswith("!"):
            parts.append("${" + name[1:] + "}")
        else:
            parts.extend(parts_of(lookup(name)))
        end = match.end()
    parts.append(text[end:])
    return joined(at, parts)


def join(argument: Node) -> Node:
    """Join the items of a list by a separator, as Fn::Join does.

    Parameters
    ----------
    argument : Node
        What the function is called with, resolved as far as it is known.

    Returns
    -------
    Node
        A scalar, or a symbol where references are left.
    """
    delimiter, items = argument.get("0"), argument.get("1")
    if delimiter is None or items is None:
        return literal(argument, "")
    parts: list[Part] = []
    for index, item in enumerate(items.elements()):
        if index:
            parts.append(delimiter.text())
        parts.extend(parts_of(item))
    return joined(argument, parts)


def split(argument: Node) -> Node:
    """Split a text; references stay whole, in the piece where they stand.

    Parameters
    ----------
    argument : Node
        What the function is called with, resolved as far as it is known.

    Returns
    -------
    Node
        The pieces as a list.
    """
    delimiter, source = argument.get("0"), argument.get("1")
    if delimiter is None or source is None or not delimiter.text():
        return argument
    pieces: list[list[Part]] = [[]]
    for part in parts_of(source):
        if isinstance(part, Reference):
            pieces[-1].append(part)
            continue
        first, *rest = part.split(delimiter.text())
        pieces[-1].append(first)
        pieces.extend([piece] for piece in rest)
    items = tuple(joined(source, piece) for piece in pieces)
    return ListNode(argument.file, argument.line, items)


def select(argument: Node) -> Node:
    """Pick an item; where the list or the index is not known, the first that may be meant.

    Parameters
    ----------
    argument : Node
        What the function is called with, resolved as far as it is known.

    Returns
    -------
    Node
        The item, or a symbol where nothing is known.
    """
    index, items = argument.get("0"), argument.get("1")
    if index is None or items is None:
        return argument
    found = items.elements()
    number = int(index.text()) if index.text().isdigit() and len(index.text()) < 6 else 0
    if not found:
        return literal(argument, "")
    return found[number] if number < len(found) else found[-1]


def length(argument: Node) -> Node:
    """Count the items of a list, as Fn::Length does.

    Parameters
    ----------
    argument : Node
        What the function is called with, resolved as far as it is known.

    Returns
    -------
    Node
        The number of items.
    """
    return literal(argument, len(argument.elements()))


def zones(argument: Node) -> Node:
    """Return a Region's availability zones, as Fn::GetAZs does.

    Parameters
    ----------
    argument : Node
        What the function is called with, resolved as far as it is known.

    Returns
    -------
    Node
        Three zones by their letters.
    """
    region = Reference("AWS::Region")
    items = tuple(Symbol(argument.file, argument.line, (region, letter)) for letter in "abc")
    return ListNode(argument.file, argument.line, items)


def unknown(at: Node, name: str) -> Symbol:
    """Return a value that the template does not hold, shown by its name.

    Parameters
    ----------
    at : Node
        The value whose file and line the result carries.
    name : str
        What stands for the value, such as a parameter without default.

    Returns
    -------
    Symbol
        A symbol of that name.
    """
    return Symbol(at.file, at.line, (Reference(name),))


SIMPLE: dict[str, Callable[[Node], Node]] = {
    "Fn::Base64": lambda argument: argument,
    "Fn::Cidr": lambda argument: unknown(argument, "Cidr"),
    "Fn::GetAZs": zones,
    "Fn::Join": join,
    "Fn::Length": length,
    "Fn::Select": select,
    "Fn::Split": split,
    # The tree says more than its text.
    "Fn::ToJsonString": lambda argument: argument,
}
