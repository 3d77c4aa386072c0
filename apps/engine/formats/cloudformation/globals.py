"""SAM's Globals, written into the resources that they stand for."""

from __future__ import annotations

from apps.engine.formats.cloudformation.nodes import ListNode, MapNode, Node

SECTIONS = {
    "AWS::Serverless::Function": "Function",
    "AWS::Serverless::Api": "Api",
    "AWS::Serverless::HttpApi": "HttpApi",
    "AWS::Serverless::SimpleTable": "SimpleTable",
    "AWS::Serverless::StateMachine": "StateMachine",
    "AWS::Serverless::WebSocketApi": "WebSocketApi",
}


def with_globals(body: Node, section: Node | None) -> Node:
    """Return a resource with the global properties of its type below its own.

    Parameters
    ----------
    body : Node
        A resource as it stands in the template.
    section : Node or None
        The Globals of the template, None where it has none.

    Returns
    -------
    Node
        Its properties, with the global ones where it has none of its own.
    """
    type_ = body.get("Type")
    name = SECTIONS.get(type_.text() if type_ is not None else "", "")
    common = section.get(name) if section is not None and name else None
    if common is None or not isinstance(body, MapNode):
        return body
    own = body.entries.get("Properties", MapNode(body.file, body.line, {}))
    return MapNode(body.file, body.line, {**body.entries, "Properties": merge(common, own)})


def merge(common: Node, own: Node) -> Node:
    """Return `own` over `common`: mappings key by key, lists after one another.

    Parameters
    ----------
    common : Node
        What the Globals say.
    own : Node
        What the resource says.

    Returns
    -------
    Node
        The two as one value.
    """
    if isinstance(common, MapNode) and isinstance(own, MapNode):
        if _is_function(common) or _is_function(own):
            return own
        entries = dict(common.entries)
        for key, value in own.entries.items():
            entries[key] = merge(entries[key], value) if key in entries else value
        return MapNode(own.file, own.line, entries)
    if isinstance(common, ListNode) and isinstance(own, ListNode):
        return ListNode(own.file, own.line, common.items + own.items)
    return own


def _is_function(node: MapNode) -> bool:
    return any(key == "Ref" or key.startswith("Fn::") for key in node.entries)
