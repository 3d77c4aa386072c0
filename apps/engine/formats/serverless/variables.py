"""Values of a serverless.yml with its variables worked out, as far as the files say."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from apps.engine.formats.cloudformation.bounds import MAX_VALUES, decode
from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.cloudformation.nodes import (
    ListNode,
    MapNode,
    Node,
    Reference,
    Scalar,
    Symbol,
)
from apps.engine.formats.cloudformation.yaml_reader import plain_value
from apps.engine.formats.errors import UnreadableInput
from apps.engine.formats.serverless.expressions import Lookup, Variable, lookup_of, pieces
from apps.engine.formats.serverless.sources import Sources

MAX_CHAIN = 150
# How much text counts as one value, so that no file grows without end.
TEXT_PER_VALUE = 50
MAX_TEXT = 100_000
_DOCUMENTS = (".yml", ".yaml", ".json")
_UNNAMED = re.compile(r"[^\w./-]+")


class Variables:
    """Works out the variables of one service, each value within bounds."""

    def __init__(self, library: Library, document: Node) -> None:
        self._library, self._root = library, document
        self._sources = Sources(self, document)
        # What is being worked out: variables by their place, collections by their identity.
        self._open: list[str] = []
        self._done: dict[int, tuple[Node, Node, int]] = {}
        self._values = 0
        # Names of what only AWS, the shell or another stack knows.
        self.unknown: dict[str, Node] = {}
        # Files that were read through `${file(…)}`.
        self.included: set[str] = set()

    def resolve(self, node: Node) -> Node:
        """Return a value without variables.

        Parameters
        ----------
        node : Node
            A value as it stands in the file.

        Returns
        -------
        Node
            What is not known becomes a reference.

        Raises
        ------
        UnreadableInput
            If variables go round in a circle, or unfold without end.
        """
        self._spend(1, node)
        if isinstance(node, Scalar):
            found = self._shallow(node)
            return found if found is node else self.resolve(found)
        if isinstance(node, MapNode | ListNode):
            return self._collection(node)
        return node

    def _collection(self, node: MapNode | ListNode) -> Node:
        if id(node) in self._done:
            _, found, values = self._done[id(node)]
            self._spend(values, node)
            return found
        self._enter(str(id(node)), node)
        before = self._values
        found = self._below(node)
        self._open.pop()
        self._done[id(node)] = (node, found, self._values - before)
        return found

    def _below(self, node: MapNode | ListNode) -> Node:
        if isinstance(node, ListNode):
            return ListNode(node.file, node.line, tuple(map(self.resolve, node.items)))
        entries = {key: self.resolve(value) for key, value in node.entries.items()}
        return MapNode(node.file, node.line, entries, node.key_lines)

    def at(self, path: str) -> Node | None:
        """Return what stands under a path of the service.

        Parameters
        ----------
        path : str
            Keys joined by dots.

        Returns
        -------
        Node or None
            Without variables; None where nothing stands there.
        """
        found = self.walk(self._root, path)
        return self.resolve(found) if found is not None else None

    def walk(self, start: Node, path: str) -> Node | None:
        """Return what stands under a path below a value, not yet what is below it.

        Parameters
        ----------
        start : Node
            The value, variables and all.
        path : str
            Keys joined by dots; empty for the value itself.

        Returns
        -------
        Node or None
            No variable itself; None where nothing stands there.
        """
        node: Node | None = self._shallow(start)
        for part in path.split(".") if path else ():
            node = node.get(part) if node is not None else None
            node = self._shallow(node) if node is not None else None
        return None if isinstance(node, Scalar) and node.value is None else node

    def _shallow(self, node: Node) -> Node:
        """Return a value whose own text is worked out."""
        return self._text(node) if isinstance(node, Scalar) else node

    def _enter(self, key: str, at: Node) -> None:
        if key in self._open:
            raise UnreadableInput(
                "A variable stands for itself; break the circle.", at.file, at.line
            )
        if len(self._open) > MAX_CHAIN:
            raise UnreadableInput(
                f"Variables and values stand in one another more than {MAX_CHAIN} times; "
                "write them out.",
                at.file,
                at.line,
            )
        self._open.append(key)

    def _text(self, node: Scalar) -> Node:
        if not isinstance(node.value, str) or "${" not in node.value:
            return node
        parts = pieces(node.value)
        if not any(isinstance(part, Variable) for part in parts):
            return node
        if len(parts) == 1 and isinstance(parts[0], Variable):
            return self._variable(parts[0], node)
        found: list[str | Reference] = []
        for part in parts:
            value = self._variable(part, node) if isinstance(part, Variable) else part
            found += [value] if isinstance(value, str) else _parts(value)
        self._spend(sum(len(str(part)) for part in found) // TEXT_PER_VALUE, node)
        return _joined(node, found)

    def _variable(self, variable: Variable, at: Scalar) -> Node:
        self._enter(f"{at.file}:{at.line} {variable.text}", at)
        found = None
        for choice in variable.choices:
            found = self._choice(choice, at)
            if found is not None:
                break
        self._open.pop()
        if found is None:
            found = self._sources.last_resort(variable.choices[0], at)
        return found if found is not None else self._not_known(variable, at)

    def _choice(self, choice: str, at: Scalar) -> Node | None:
        inner = self._text(replace(at, value=choice))
        if choice.startswith("${"):
            return None if _is_unknown(inner) else inner
        if isinstance(inner, Symbol):
            return None
        text = inner.text()
        if text[:1] in ("'", '"') and len(text) > 1 and text[-1] == text[0]:
            return replace(at, value=text[1:-1])
        found = lookup_of(text)
        if found is None:
            return replace(at, value=plain_value(text))
        return self._file(found, at) if found.source == "file" else self._sources.find(found, at)

    def _file(self, lookup: Lookup, at: Scalar) -> Node | None:
        """Return what a file of the upload holds. Paths begin where the service's file stands."""
        path = lookup.argument
        name = self._library.find(path, self._root.file) or self._library.find(path, at.file)
        if name is None:
            return None
        self.included.add(name)
        if posixpath.splitext(name)[1] in _DOCUMENTS:
            return self.walk(self._library.document(name), lookup.address)
        is_code = name.endswith((".js", ".cjs", ".mjs", ".ts", ".py"))
        return None if is_code else replace(at, value=decode(name, self._library.data(name)))

    def _not_known(self, variable: Variable, at: Scalar) -> Node:
        name = _UNNAMED.sub(".", variable.choices[0])[:100].strip(".") or "unknown"
        if name not in self.unknown:
            self._library.warn(f"What {variable.text[:100]} stands for is not known here.", at.at)
        self.unknown.setdefault(name, at)
        return Symbol(at.file, at.line, (Reference(name),))

    def _spend(self, values: int, at: Node) -> None:
        self._values += values
        if self._values > MAX_VALUES:
            raise UnreadableInput(
                f"The variables unfold to more than {MAX_VALUES:,} values; write fewer "
                "repetitions.",
                at.file,
                at.line,
            )


def _is_unknown(node: Node) -> bool:
    return isinstance(node, Symbol) and len(node.parts) == 1


def _parts(node: Node) -> list[str | Reference]:
    return list(node.parts) if isinstance(node, Symbol) else [node.text()]


def _joined(at: Scalar, parts: list[str | Reference]) -> Node:
    if sum(len(str(part)) for part in parts) > MAX_TEXT:
        raise UnreadableInput(
            f"A text unfolds to more than {MAX_TEXT:,} characters; write it shorter.",
            at.file,
            at.line,
        )
    if any(isinstance(part, Reference) for part in parts):
        return Symbol(at.file, at.line, tuple(parts))
    return replace(at, value="".join(str(part) for part in parts))
