"""Definitions of state machines, wherever they are written, as trees."""

from __future__ import annotations

from dataclasses import replace

from apps.engine.formats.cloudformation import functions
from apps.engine.formats.cloudformation.documents import read_text
from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.cloudformation.nodes import (
    ListNode,
    MapNode,
    Node,
    Reference,
    Scalar,
    Symbol,
)
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.formats.errors import UnreadableInput

MACHINES = ("AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine")


def with_definition(machine: Resource, library: Library) -> Resource:
    """Return a state machine with its definition as a tree, substitutions filled in.

    Parameters
    ----------
    machine : Resource
        A state machine.
    library : Library
        The files that came along, and the warnings so far.

    Returns
    -------
    Resource
        The same resource where it has no definition that can be read.
    """
    definition = _definition(machine, library)
    if definition is None or not isinstance(machine.properties, MapNode):
        return machine
    entries = {**machine.properties.entries, "Definition": definition}
    return replace(machine, properties=replace(machine.properties, entries=entries))


def _definition(machine: Resource, library: Library) -> Node | None:
    node = machine.get("Definition") or machine.get("DefinitionString")
    if node is None:
        node = _from_file(machine, library)
    if isinstance(node, Scalar | Symbol):
        text = node
        node = tree_of_text(text, library)
        if node is None:
            library.warn(f"The definition of {machine.id} is no JSON or YAML text.", text.at)
    substitutions = machine.get("DefinitionSubstitutions")
    values = dict(substitutions.pairs()) if substitutions is not None else {}
    return _filled(node, values) if node is not None else None


def _from_file(machine: Resource, library: Library) -> Node | None:
    address = address_of(machine.get("DefinitionUri") or machine.get("DefinitionS3Location"))
    if address is None:
        return None
    why = f"The definition of {machine.id}"
    name = library.find(address.text(), address.file)
    if name is None:
        return library.include(address.text(), address.at, why)
    try:
        return library.document(name)
    except UnreadableInput as error:
        # A definition may hold placeholders where JSON wants a number.
        library.warn(f"{why} cannot be read: {error}", address.at)
        return None


def address_of(node: Node | None) -> Scalar | Symbol | None:
    """Return where a document lies: a path, or the address of an object in a bucket.

    Parameters
    ----------
    node : Node or None
        A path, or a mapping of Bucket and Key.

    Returns
    -------
    Scalar or Symbol or None
        As one text; None where it is neither.
    """
    if isinstance(node, Scalar | Symbol):
        return node
    key = node.get("Key") or node.get("key") if node is not None else None
    return Scalar(key.file, key.line, f"s3://bucket/{key.text()}") if key is not None else None


def tree_of_text(node: Scalar | Symbol, library: Library) -> Node | None:
    """Return a document that is written as one text, its references as values again.

    Parameters
    ----------
    node : Scalar or Symbol
        A text, its references still in it.
    library : Library
        The files that came along, and the warnings so far.

    Returns
    -------
    Node or None
        The root of the document; None where the text is no document.
    """
    library.work(len(node.text()) // 10, node)
    try:
        tree = read_text(node.file, node.text(), lambda _: None)
    except UnreadableInput:
        return None
    references = node.references() if isinstance(node, Symbol) else iter(())
    known: dict[str, Node] = {
        str(reference)[2:-1]: Symbol(node.file, node.line, (reference,)) for reference in references
    }
    return _filled(tree, known, line=node.line)


def _filled(node: Node, values: dict[str, Node], line: int = 0) -> Node:
    """Return a tree in which `${Name}` stands for its value. `line` is where its text begins."""
    at = node.line + line - 1 if line else node.line
    if isinstance(node, ListNode):
        return ListNode(node.file, at, tuple(_filled(item, values, line) for item in node.items))
    if isinstance(node, MapNode):
        entries = {key: _filled(value, values, line) for key, value in node.entries.items()}
        return MapNode(node.file, at, entries)
    if not isinstance(node, Scalar) or "${" not in node.text():
        return node

    def lookup(name: str) -> Node:
        found = values.get(name)
        return found if found is not None else Symbol(node.file, at, (Reference(name),))

    return functions.substitute(node, node.text(), lookup)
