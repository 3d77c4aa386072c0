"""Values of plans and states → nodes, with what a configuration says of their references."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.cloudformation.nodes import (
    ListNode,
    MapNode,
    Node,
    Reference,
    Scalar,
    Symbol,
)
from apps.engine.formats.terraform.identities import Identities
from apps.engine.formats.terraform.recorded import Recorded, texts
from apps.engine.formats.terraform.secrets import without_secrets
from apps.engine.formats.terraform.values import is_identity

# From the names of a configuration to what they stand for in a module.
Resolve = Callable[[list[str]], list[Reference]]


@dataclass(frozen=True, slots=True)
class Values:
    """Works out the values of one resource."""

    file: str
    own: str
    identities: Identities
    resolve: Resolve
    # The policy document of a data source, None where a name is none.
    document: Callable[[str], Node | None]
    library: Library

    def of(self, resource: Recorded) -> MapNode:
        """Return the attributes of a resource.

        Parameters
        ----------
        resource : Recorded
            As the file has it.

        Returns
        -------
        MapNode
            What is sensitive, null or not known and made of nothing is left out.
        """
        kept = without_secrets(dict(resource.values), resource.secret) or {}
        return self._mapping(kept, resource.expressions)

    def _node(self, name: str, value: Any, expression: Any) -> Node | None:
        self.library.work(1, Node(self.file, 1))
        value = _from_expression(expression) if value is None else value
        if isinstance(value, Mapping):
            return self._mapping(value, expression)
        if isinstance(value, list):
            return self._list(name, value, expression)
        named = self.resolve(_names_in(expression))
        if value is None:
            written = self._documents(named)
            return written[0] if written else self._symbol(named)
        node = Scalar(self.file, 1, repr(value) if isinstance(value, float) else value)
        if not isinstance(value, str):
            return node
        found = self.identities.named(name, node, self.own)
        if isinstance(found, Symbol) or not named or not _is_word(value):
            return found
        is_name = any(is_identity(reference.attribute) for reference in named)
        return Symbol(self.file, 1, tuple(named)) if is_name else found

    def _symbol(self, named: list[Reference]) -> Node | None:
        return Symbol(self.file, 1, tuple(named)) if named else None

    def _documents(self, named: list[Reference]) -> list[Node]:
        """Return the policy documents among what is named."""
        found = (self.document(reference.name) for reference in named)
        return [node for node in found if node is not None]

    def _mapping(self, value: Mapping[str, Any], expression: Any) -> MapNode:
        inside = expression if isinstance(expression, Mapping) else {}
        is_whole = "references" in inside or "constant_value" in inside
        entries: dict[str, Node] = {}
        names = dict.fromkeys((*value, *(() if is_whole else inside)))
        for name in names:
            node = self._node(name, value.get(name), None if is_whole else inside.get(name))
            if node is not None:
                entries[name] = node
        if is_whole:
            # What is not known of a mapping made of references, by the names of those.
            entries |= self._rest(entries, inside)
        return MapNode(self.file, 1, entries)

    def _rest(self, entries: Mapping[str, Node], expression: Mapping[str, Any]) -> dict[str, Node]:
        known = {
            reference.target
            for node in entries.values()
            if isinstance(node, Symbol)
            for reference in node.references()
        }
        named = self.resolve(_names_in(expression))
        return {
            f"{reference.name}.{reference.attribute}": Symbol(self.file, 1, (reference,))
            for reference in named
            if reference.target and reference.target not in known
        }

    def _list(self, name: str, value: list[Any], expression: Any) -> Node:
        blocks = expression if isinstance(expression, list) else []
        whole = expression if isinstance(expression, Mapping) else None
        items: list[Node] = []
        for index, item in enumerate(value):
            inside = blocks[min(index, len(blocks) - 1)] if blocks else None
            node = self._node(name, item, inside)
            items += [node] if node is not None else []
        named = self.resolve(_names_in(whole))
        written = self._documents(named)
        if written:
            return ListNode(self.file, 1, tuple(written))
        seen = {r for node in items if isinstance(node, Symbol) for r in node.references()}
        is_name = any(is_identity(reference.attribute) for reference in named)
        if is_name and not any(isinstance(item, MapNode) for item in items):
            fresh = (r for r in named if r not in seen)
            items += [Symbol(self.file, 1, (reference,)) for reference in fresh]
        return ListNode(self.file, 1, tuple(items))


def _from_expression(expression: Any) -> Any:
    """Return what a configuration alone says of a value that the plan leaves open."""
    if isinstance(expression, list):
        return [{} for _ in expression]
    if not isinstance(expression, Mapping) or "references" in expression:
        return None
    return expression.get("constant_value") if "constant_value" in expression else {}


def _names_in(expression: Any) -> list[str]:
    return texts(expression.get("references")) if isinstance(expression, Mapping) else []


def _is_word(value: str) -> bool:
    """Say whether a text may be a name as a whole, and no document or address."""
    return not any(sign in value for sign in ("{", "://", "arn:", " ", "\n"))
