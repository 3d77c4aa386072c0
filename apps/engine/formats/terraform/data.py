"""Data sources: policy documents, which files write out, and what only AWS knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from apps.engine.formats.cloudformation.nodes import (
    ListNode,
    MapNode,
    Node,
    Reference,
    Scalar,
    Symbol,
)
from apps.engine.formats.terraform.evaluate import Step

if TYPE_CHECKING:
    from apps.engine.formats.terraform.names import Names

DOCUMENT = "aws_iam_policy_document"
# What AWS fills in everywhere has the names of CloudFormation, which readers of links know.
_PSEUDO = {
    "aws_region": "AWS::Region",
    "aws_caller_identity": "AWS::AccountId",
}
_TEXTS = {
    ("aws_partition", "partition"): "aws",
    ("aws_partition", "dns_suffix"): "amazonaws.com",
}
_ATTRIBUTES = {"actions": "Action", "resources": "Resource", "effect": "Effect"}


def of_data(module: Names, steps: Sequence[Step], at: Node) -> tuple[Node, int]:
    """Return what a data source gives, and how many steps behind `data` that took.

    Parameters
    ----------
    module : Names
        In which it is named.
    steps : sequence of Step
        Type, name, maybe an index, attribute.
    at : Node
        Where it is named.

    Returns
    -------
    node : Node
        Its value.
    taken : int
        Steps that are dealt with. [count]
    """
    names = [step for step in steps if isinstance(step, str)]
    type_, name, attribute = (*names, "", "", "")[:3]
    if (type_, attribute) in _TEXTS:
        return Scalar(at.file, at.line, _TEXTS[type_, attribute]), len(steps)
    if type_ in _PSEUDO:
        return Symbol(at.file, at.line, (Reference(_PSEUDO[type_]),)), len(steps)
    if type_ == DOCUMENT and attribute == "json":
        found = module.data(type_, name)
        if found is not None:
            return document(found), len(steps)
    shown = ".".join(("data", *names))
    return Symbol(at.file, at.line, (Reference(shown),)), len(steps)


def document(attributes: Node) -> MapNode:
    """Return a policy document as IAM writes it.

    Parameters
    ----------
    attributes : Node
        Of an aws_iam_policy_document.

    Returns
    -------
    MapNode
        With the statements of the documents that it takes in.
    """
    statements: list[Node] = []
    for name in ("source_policy_documents", "override_policy_documents"):
        taken = attributes.get(name)
        for other in taken.elements() if taken is not None else ():
            inner = other.get("Statement")
            statements += inner.elements() if inner is not None else ()
    own = attributes.get("statement")
    for statement in own.elements() if own is not None else ():
        statements.append(_statement(statement))
    items = ListNode(attributes.file, attributes.line, tuple(statements))
    return MapNode(attributes.file, attributes.line, {"Statement": items})


def _statement(node: Node) -> Node:
    entries = {_ATTRIBUTES[name]: value for name, value in node.pairs() if name in _ATTRIBUTES}
    return MapNode(node.file, node.line, entries)
