"""Bodies of blocks → attributes, with dynamic blocks written out."""

from __future__ import annotations

from apps.engine.formats.cloudformation.nodes import ListNode, MapNode, Node, Scalar
from apps.engine.formats.secret_names import is_secret_name
from apps.engine.formats.terraform.evaluate import Evaluator, items_of
from apps.engine.formats.terraform.hcl.syntax import Attribute, Block, Body, Name
from apps.engine.formats.terraform.values import unknown

# What tells Terraform how to build a resource, and says nothing of it.
_META = frozenset({"count", "for_each", "depends_on", "provider", "providers", "lifecycle"})
_META_BLOCKS = frozenset({"lifecycle", "provisioner", "connection", "timeouts"})


def attributes_of(body: Body, evaluator: Evaluator, line: int) -> MapNode:
    """Return what the body of a resource says: attributes by name, blocks as lists of mappings.

    Parameters
    ----------
    body : Body
        Of a resource, a data source or a module.
    evaluator : Evaluator
        For its file and instance.
    line : int
        Where the block begins.

    Returns
    -------
    MapNode
        Without what is null, and without what only tells Terraform how to build it.
    """
    kept = {name: one for name, one in body.attributes.items() if name not in _META}
    blocks = tuple(block for block in body.blocks if block.type not in _META_BLOCKS)
    return _mapping(Body(kept, blocks), evaluator, line)


def _mapping(body: Body, evaluator: Evaluator, line: int) -> MapNode:
    entries: dict[str, Node] = {}
    lines: dict[str, int] = {}
    for name, attribute in body.attributes.items():
        value = evaluator.value(attribute.value)
        if not _is_left_out(name, value):
            entries[name], lines[name] = value, attribute.line
    blocks: dict[str, list[Node]] = {}
    for block in body.blocks:
        is_dynamic = block.type == "dynamic" and len(block.labels) == 1
        name = block.labels[0] if is_dynamic else block.type
        written = _dynamic if is_dynamic else _once
        blocks.setdefault(name, []).extend(written(block, evaluator))
        lines.setdefault(name, block.line)
    for name, items in blocks.items():
        entries[name] = ListNode(evaluator.file, lines[name], tuple(items))
    return MapNode(evaluator.file, line, entries, lines)


def _once(block: Block, evaluator: Evaluator) -> list[Node]:
    return [_mapping(block.body, evaluator, block.line)]


def _is_left_out(name: str, value: Node) -> bool:
    """Say whether a value is null, or a secret that is written out."""
    return isinstance(value, Scalar) and (value.value is None or is_secret_name(name))


def _dynamic(block: Block, evaluator: Evaluator) -> list[Node]:
    """Write out a dynamic block; one whose items are not known stands for one."""
    each = block.body.attributes.get("for_each")
    content = next(iter(block.body.of_type("content")), None)
    if each is None or content is None:
        return []
    source = evaluator.value(each.value)
    items = items_of(source)
    if items is None:
        items = [(unknown(source, "key"), source)]
    name = _iterator(block.body.attributes.get("iterator")) or block.labels[0]
    found: list[Node] = []
    for key, value in items:
        bound = MapNode(source.file, source.line, {"key": key, "value": value})
        inner = evaluator.within({name: bound})
        found.append(_mapping(content.body, inner, content.line))
    return found


def _iterator(attribute: Attribute | None) -> str:
    value = attribute.value if attribute is not None else None
    return value.name if isinstance(value, Name) else ""
