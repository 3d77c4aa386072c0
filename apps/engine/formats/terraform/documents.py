"""Attributes that hold a document: JSON as text, or written out by jsonencode."""

from __future__ import annotations

from apps.engine.formats.cloudformation.definitions import tree_of_text
from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.cloudformation.nodes import (
    ListNode,
    MapNode,
    Node,
    Scalar,
    Symbol,
    references,
)
from apps.engine.formats.cloudformation.services import service_of
from apps.engine.formats.terraform.types import type_of

_POLICIES = frozenset({"policy", "assume_role_policy"})
_TREES = frozenset({"redrive_policy", "event_pattern", "body", "secret_string", "pattern"})
DOCUMENTS = _POLICIES | _TREES | {"definition"}
# Its keys begin with small letters there, and with large ones in CloudFormation.
CONTAINERS = "container_definitions"


def document_of(name: str, node: Node, library: Library) -> Node:
    """Return an attribute that holds a document as a tree, any other as it is.

    Parameters
    ----------
    name : str
        The attribute.
    node : Node
        Its value.
    library : Library
        The files that came along, and the warnings so far.

    Returns
    -------
    Node
        The tree; of a policy that only a plan tells, one that allows whatever it names.
    """
    is_text = isinstance(node, Scalar | Symbol)
    if name in _POLICIES:
        tree = tree_of_text(node, library) if isinstance(node, Scalar | Symbol) else node
        return tree if isinstance(tree, MapNode) else _open(node, library)
    if name in _TREES and isinstance(node, Scalar | Symbol):
        found = tree_of_text(node, library)
        if name == "redrive_policy" and isinstance(found, Symbol):
            library.warn(
                "After how many receives a message goes to the dead-letter queue is known only "
                "once it is applied.",
                node.at,
            )
            return MapNode(node.file, node.line, {"deadLetterTargetArn": found})
        return found if isinstance(found, MapNode | ListNode) else node
    if name == CONTAINERS:
        tree = tree_of_text(node, library) if is_text else node  # type: ignore[arg-type]
        return _capitalised(tree) if tree is not None else node
    return node


def _open(node: Node, library: Library) -> Node:
    """Return a policy that allows all of what it names, since its actions are not known."""
    statements: list[Node] = []
    for reference, _ in references(node):
        type_ = _type_in(reference.target)
        service = service_of(type_of(type_).name) if type_ else ""
        if not service:
            continue
        at = (node.file, node.line)
        entries: dict[str, Node] = {
            "Effect": Scalar(*at, "Allow"),
            "Action": Scalar(*at, f"{service}:*"),
            "Resource": Symbol(*at, (reference,)),
        }
        statements.append(MapNode(*at, entries))
    if statements:
        library.warn(
            "Which actions this policy allows is known only once it is applied; "
            "it is taken to allow all of them on what it names.",
            node.at,
        )
    return MapNode(
        node.file, node.line, {"Statement": ListNode(node.file, node.line, tuple(statements))}
    )


def _type_in(address: str) -> str:
    """Return the type in an address such as module.shop.aws_sqs_queue.orders."""
    return address.rpartition(".")[0].rpartition(".")[2]


def _capitalised(node: Node) -> Node:
    if isinstance(node, ListNode):
        return ListNode(node.file, node.line, tuple(_capitalised(item) for item in node.items))
    if isinstance(node, MapNode):
        entries = {key[:1].upper() + key[1:]: _capitalised(v) for key, v in node.pairs()}
        return MapNode(node.file, node.line, entries)
    return node
