"""Resources of Terraform in the words of CloudFormation, so that one reader finds the links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from apps.engine.formats.cloudformation.kinds import SUPPORTING, classify
from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.cloudformation.nodes import ListNode, MapNode, Node, Scalar, Symbol
from apps.engine.formats.cloudformation.stack import Resource, Stack
from apps.engine.formats.terraform.attach import attached
from apps.engine.formats.terraform.documents import document_of
from apps.engine.formats.terraform.shapes import shaped
from apps.engine.formats.terraform.types import pascal, type_of
from apps.engine.formats.terraform.written import Written

# These may hold anything by any name.
_NAMED_BY_USERS = frozenset({"tags", "tags_all", "default_tags"})


class Shelf(Stack):
    """What stands for a stack: the resources of a design, wherever they were written."""

    def __init__(
        self, library: Library, written: Iterable[Written], names: tuple[str, ...] = ()
    ) -> None:
        empty = MapNode("", 1, {"Resources": MapNode("", 1)})
        super().__init__(library, empty)
        self._names = names
        self._translated = list(self._translate(attached(written)))

    def resources(self) -> Iterator[Resource]:
        yield from self._translated

    def names(self) -> tuple[str, ...]:
        return self._names

    def _translate(self, written: Iterable[Written]) -> Iterator[Resource]:
        for one in written:
            self.library.count_resource(one.attributes)
            resource = self._translated_one(one)
            # Further instances of what carries load are read as the first one.
            if not one.key or classify(resource).kind == SUPPORTING:
                yield resource

    def _translated_one(self, one: Written) -> Resource:
        known = type_of(one.type)
        properties = shaped(one.type, converted(one.attributes, known.renames, self.library))
        id_ = one.id + one.key
        original = Resource(id_, one.type, one.source, one.attributes, one.attributes, self)
        return Resource(id_, known.name, one.source, properties, properties, self, original)


def converted(node: MapNode, renames: Mapping[str, str], library: Library) -> MapNode:
    """Return attributes with the names of CloudFormation.

    Parameters
    ----------
    node : MapNode
        Attributes and nested blocks.
    renames : mapping of str to str
        Names that differ by more than their form; dotted where they stand deeper.
    library : Library
        The files that came along, and the warnings so far.

    Returns
    -------
    MapNode
        Documents as trees, single blocks as mappings; what is empty is left out.
    """
    entries: dict[str, Node] = {}
    lines: dict[str, int] = {}
    for name, value in node.pairs():
        if name in _NAMED_BY_USERS or is_empty(value):
            continue
        found = _value(name, value, renames, library)
        first, *rest = renames.get(name, pascal(name)).split(".")
        for key in reversed(rest):
            found = MapNode(node.file, value.line, {key: found})
        entries[first], lines[first] = found, node.key_lines.get(name, value.line)
    return MapNode(node.file, node.line, entries, lines)


def _value(name: str, value: Node, renames: Mapping[str, str], library: Library) -> Node:
    if not isinstance(value, ListNode):
        return document_of(name, value, library)
    blocks = [item for item in value.items if isinstance(item, MapNode)]
    if name == "container_definitions" or len(blocks) < len(value.items):
        return document_of(name, value, library)
    found = tuple(converted(block, renames, library) for block in blocks)
    return found[0] if len(found) == 1 else ListNode(value.file, value.line, found)


def is_empty(node: Node) -> bool:
    """Say whether a plan writes a value only because it writes all of them.

    Parameters
    ----------
    node : Node
        A value.

    Returns
    -------
    bool
        True for null, an empty text and an empty list.
    """
    if isinstance(node, Scalar):
        return node.value in (None, "")
    if isinstance(node, Symbol):
        return not node.parts
    return isinstance(node, ListNode) and not node.items
