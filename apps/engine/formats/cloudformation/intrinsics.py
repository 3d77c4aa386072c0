"""The functions of CloudFormation: their names, and one form for their two spellings."""

from __future__ import annotations

import difflib

from apps.engine.formats.cloudformation.nodes import ListNode, MapNode, Node, Scalar
from apps.engine.formats.errors import UnreadableInput

FUNCTIONS = (
    *("And", "Base64", "Cidr", "Contains", "EachMemberEquals", "EachMemberIn", "Equals"),
    *("FindInMap", "GetAZs", "GetAtt", "If", "ImportValue", "Join", "Length", "Not", "Or"),
    *("RefAll", "Select", "Split", "Sub", "ToJsonString", "Transform", "ValueOf", "ValueOfAll"),
)
KNOWN = frozenset(f"Fn::{name}" for name in FUNCTIONS)
LOOP = "Fn::ForEach::"
_BARE = ("Ref", "Condition")


def from_tag(tag: str, node: Node) -> Node:
    """Return the long form of a value that carries a short tag such as `!Sub`.

    Parameters
    ----------
    tag : str
        The tag as it stands, such as !Sub.
    node : Node
        A value of a template, or what stands below it.

    Returns
    -------
    Node
        A mapping with one entry, such as Fn::Sub.

    Raises
    ------
    UnreadableInput
        If CloudFormation has no such function.
    """
    name = tag.removeprefix("!")
    if name not in _BARE and name not in FUNCTIONS:
        raise _unknown(tag, [f"!{known}" for known in (*_BARE, *FUNCTIONS)], node)
    if name == "GetAtt" and isinstance(node, Scalar):
        node = _split_attribute(node)
    key = name if name in _BARE else f"Fn::{name}"
    return MapNode(node.file, node.line, {key: node})


def check(node: MapNode) -> None:
    """Refuse a mapping that calls a function which CloudFormation does not have.

    Parameters
    ----------
    node : MapNode
        A mapping of one entry.

    Raises
    ------
    UnreadableInput
        If it calls an unknown function.
    """
    for key, value in node.entries.items():
        if not key.startswith("Fn::") or key in KNOWN or key.startswith(LOOP):
            continue
        raise _unknown(key, sorted(KNOWN), value)


def function_of(node: Node) -> tuple[str, Node] | None:
    """Return the function that a node calls and its argument, or None for a plain value.

    Parameters
    ----------
    node : Node
        A value of a template, or what stands below it.

    Returns
    -------
    tuple[str, Node] or None
        Name and argument of the function.
    """
    if not isinstance(node, MapNode) or len(node.entries) != 1:
        return None
    key, value = next(iter(node.entries.items()))
    is_call = key in KNOWN or (key == "Ref" and isinstance(value, Scalar))
    return (key, value) if is_call else None


def _split_attribute(node: Scalar) -> ListNode:
    name, _, attribute = node.text().partition(".")
    parts = (Scalar(node.file, node.line, name), Scalar(node.file, node.line, attribute))
    return ListNode(node.file, node.line, parts)


def _unknown(name: str, known: list[str], node: Node) -> UnreadableInput:
    close = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}."
    return UnreadableInput(
        f"CloudFormation has no function {name[:60]}; {hint}", node.file, node.line
    )
