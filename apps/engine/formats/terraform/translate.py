"""Resources of Terraform in the words of CloudFormation, so that one reader finds the links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from apps.engine.formats.cloudformation.kinds import SUPPORTING, classify
from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.cloudformation.nodes import ListNode, MapNode, Node, Scalar, Symbol
from apps.engine.formats.cloudformation.stack import Resource, Stack
from apps.engine.formats.terraform.attach import attached
from apps.engine.formats.terraform.documents import DOCUMENTS, document_of
from apps.engine.formats.terraform.shapes import shaped
from apps.engine.formats.terraform.types import pascal, type_of
from apps.engine.formats.terraform.written import Written

# These may hold anything by any name.
_NAMED_BY_USERS = frozenset({"tags", "tags_all", "default_tags"})

# States write 0 for these where nobody set them.
_UNSET_AT_ZERO = frozenset(
    {
        *("batch_size", "dedicated_master_count", "iops", "max_allocated_storage"),
        *("maximum_concurrency", "parallelization_factor", "period", "warm_count"),
        *("provisioned_throughput_in_mibps", "read_capacity", "read_capacity_units"),
        *("retention_in_days", "shard_count", "storage_throughput", "throughput"),
        *("throttling_burst_limit", "throttling_rate_limit", "volume_size", "write_capacity"),
        *("write_capacity_units", "max_concurrency"),
    }
)


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
        further: dict[str, int] = {}
        for one in written:
            self.library.count_resource(one.attributes)
            resource = self._translated_one(one)
            # Further instances of what carries load are read as the first one.
            if not one.key or classify(resource).kind == SUPPORTING:
                yield resource
            else:
                further[one.id] = further.get(one.id, 1) + 1
        for id_, number in further.items():
            self.library.warn(f"{id_} stands for {number} instances, which are read as one.")

    def _translated_one(self, one: Written) -> Resource:
        known = type_of(one.type)
        properties = shaped(one.type, converted(one.attributes, known.renames, self.library))
        id_ = one.id + one.key
        own = as_written(one.attributes)
        original = Resource(id_, one.type, one.source, own, own, self)
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
        if name in _NAMED_BY_USERS or is_empty(name, value):
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


def as_written(node: MapNode) -> MapNode:
    """Return attributes as the kinds read them: texts of documents with their names in them.

    Parameters
    ----------
    node : MapNode
        Attributes of a resource.

    Returns
    -------
    MapNode
        Without what is empty.
    """
    entries: dict[str, Node] = {}
    for name, value in node.pairs():
        is_document = name in DOCUMENTS and isinstance(value, Symbol)
        if not is_empty(name, value):
            text = Scalar(value.file, value.line, value.text())
            entries[name] = text if is_document else value
    return MapNode(node.file, node.line, entries, node.key_lines)


def is_empty(name: str, node: Node) -> bool:
    """Say whether a plan writes a value only because it writes all of them.

    Parameters
    ----------
    name : str
        The attribute.
    node : Node
        Its value.

    Returns
    -------
    bool
        True for null, an empty text or list, -1, and 0 where AWS takes none.
    """
    if isinstance(node, Scalar):
        is_unset = node.text() in ("0", "false") and name in _UNSET_AT_ZERO
        return node.value in (None, "", -1) or is_unset
    if isinstance(node, Symbol):
        return not node.parts
    return isinstance(node, ListNode) and not node.items
