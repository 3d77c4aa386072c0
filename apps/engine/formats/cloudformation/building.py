"""Nodes that no file holds: what a translator writes, at the place that it was read from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from apps.engine.formats.cloudformation.nodes import ListNode, MapNode, Node, Plain, Scalar

Written = Node | Plain | Mapping[str, "Written"] | Iterable["Written"]


def written(at: Node, value: Written) -> Node:
    """Return Python's own values as nodes.

    Parameters
    ----------
    at : Node
        What stands where the nodes are said to stand.
    value : Node, mapping, iterable, str, int, bool or None
        Nodes inside it stay as they are. Entries of mappings that are None are left out.

    Returns
    -------
    Node
        A mapping, a list or a scalar.
    """
    if isinstance(value, Node):
        return value
    if isinstance(value, Mapping):
        entries = {key: written(at, part) for key, part in value.items() if part is not None}
        return MapNode(at.file, at.line, entries)
    if value is None or isinstance(value, str | int):
        return Scalar(at.file, at.line, value)
    return ListNode(at.file, at.line, tuple(written(at, part) for part in value))


def ref(name: str) -> dict[str, Written]:
    """Return what names a resource of a template.

    Parameters
    ----------
    name : str
        Its logical id.

    Returns
    -------
    dict
        For `written`.
    """
    return {"Ref": name}


def get_att(name: str, attribute: str = "Arn") -> dict[str, Written]:
    """Return what names an attribute of a resource of a template.

    Parameters
    ----------
    name : str
        Its logical id.
    attribute : str, optional
        The attribute.

    Returns
    -------
    dict
        For `written`.
    """
    return {"Fn::GetAtt": [name, attribute]}


def resource(type_: str, properties: Mapping[str, Written]) -> dict[str, Written]:
    """Return a resource of a template.

    Parameters
    ----------
    type_ : str
        Such as AWS::SQS::Queue.
    properties : mapping
        Those that are None are left out.

    Returns
    -------
    dict
        For `written`.
    """
    return {"Type": type_, "Properties": properties}


def text_of(node: Node | None) -> str:
    """Return a value as text.

    Parameters
    ----------
    node : Node or None
        A value.

    Returns
    -------
    str
        Empty where there is none, or where it is no text.
    """
    return node.text() if node is not None else ""


def is_true(node: Node | None) -> bool:
    """Return whether a value is there and says yes.

    Parameters
    ----------
    node : Node or None
        A value.

    Returns
    -------
    bool
        True for true, in any spelling.
    """
    return text_of(node).lower() == "true"
