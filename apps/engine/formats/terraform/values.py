"""Values of Terraform as nodes: the same that templates of CloudFormation are read into."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from apps.engine.formats.cloudformation.functions import joined, parts_of
from apps.engine.formats.cloudformation.nodes import (
    ListNode,
    MapNode,
    Node,
    Reference,
    Scalar,
    Symbol,
    references,
)

# Attributes by which a resource is known to others; what they hold is a name and no quantity.
_IDENTITY = re.compile(
    r"(?:^|_)(?:id|arn|name|url|uri|identifier|bucket|endpoint|address|domain|json)s?$"
)


def is_identity(attribute: str) -> bool:
    """Say whether an attribute is a name by which others know a resource.

    Parameters
    ----------
    attribute : str
        Name of an attribute, dotted where it is nested.

    Returns
    -------
    bool
        True for arn, id, queue_url and their like.

    Examples
    --------
    >>> is_identity("invoke_arn"), is_identity("memory_size")
    (True, False)
    """
    return _IDENTITY.search(attribute.rpartition(".")[2]) is not None


def unknown(at: Node, name: str) -> Symbol:
    """Return a value that only a plan could tell, shown by its name.

    Parameters
    ----------
    at : Node
        Where it stands.
    name : str
        What stands for it, such as var.size.

    Returns
    -------
    Symbol
        A symbol of that name.
    """
    return Symbol(at.file, at.line, (Reference(name),))


def of_references(at: Node, name: str, *sources: Node) -> Node:
    """Return what is worked out of some values in a way not known here: the names in them.

    Parameters
    ----------
    at : Node
        Where it stands.
    name : str
        What stands for it where there are no names.
    *sources : Node
        What it depends on.

    Returns
    -------
    Node
        A symbol with each reference once.
    """
    found = dict.fromkeys(reference for node in sources for reference, _ in references(node))
    return Symbol(at.file, at.line, tuple(found)) if found else unknown(at, name)


def concatenated(at: Node, values: list[Node]) -> Node:
    """Return values as one text.

    Parameters
    ----------
    at : Node
        Where it stands.
    values : list of Node
        The pieces.

    Returns
    -------
    Node
        A scalar, or a symbol where references are left.
    """
    return joined(at, [part for value in values for part in parts_of(value)])


def node_of(value: Any, file: str, line: int) -> Node:
    """Return a value of JSON as a node.

    Parameters
    ----------
    value : any
        What `json.loads` gives.
    file : str
        The file it stands in.
    line : int
        Its line there.

    Returns
    -------
    Node
        The same value.
    """
    if isinstance(value, Mapping):
        entries = {str(key): node_of(item, file, line) for key, item in value.items()}
        return MapNode(file, line, entries)
    if isinstance(value, list):
        return ListNode(file, line, tuple(node_of(item, file, line) for item in value))
    if isinstance(value, float):
        return Scalar(file, line, repr(value))
    return Scalar(file, line, value)


def number_of(node: Node) -> float | None:
    """Return a node as a number; None for what is none.

    Parameters
    ----------
    node : Node
        A value.

    Returns
    -------
    float or None
        The number.
    """
    if not isinstance(node, Scalar) or isinstance(node.value, bool) or node.value is None:
        return None
    try:
        return float(node.value)
    except (ValueError, OverflowError):
        return None


def plain_number(value: float) -> str | int:
    """Return a number as nodes keep it: a whole one as such, any other as text.

    Parameters
    ----------
    value : float
        The number.

    Returns
    -------
    str or int
        Such as 3, or "0.5".
    """
    return int(value) if value == value and abs(value) < 1e18 and value % 1 == 0 else repr(value)


def is_handed_on(node: Node) -> bool:
    """Say whether a value is the name of a resource and nothing beside it.

    Parameters
    ----------
    node : Node
        A value.

    Returns
    -------
    bool
        True for a symbol of one reference.
    """
    parts = node.parts if isinstance(node, Symbol) else ()
    return len(parts) == 1 and isinstance(parts[0], Reference) and bool(parts[0].target)
