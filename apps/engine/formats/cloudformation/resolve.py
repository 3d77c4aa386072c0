"""Values of a template with its functions worked out, as far as the template itself says."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from apps.engine.formats.cloudformation import functions
from apps.engine.formats.cloudformation.conditions import Conditions
from apps.engine.formats.cloudformation.functions import NoValue, unknown
from apps.engine.formats.cloudformation.intrinsics import function_of
from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.cloudformation.nodes import (
    ListNode,
    MapNode,
    Node,
    Reference,
    Scalar,
    Symbol,
)

MAX_INCLUDES = 10
# How much text counts as one value, so that no template grows without end.
TEXT_PER_STEP = 50
_STORED = re.compile(r"\{\{resolve:ssm(?:-secure)?:((?:\$\{[^{}]*\}|[^:{}])+)(?::\d+)?\}\}")
_PSEUDO = {"AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}


class Scope(Protocol):
    """What a stack knows by name."""

    library: Library

    def parameter(self, name: str) -> Node | None:
        """Return the value of a parameter; None where none has this name.

        Parameters
        ----------
        name : str
            Name under Parameters.

        Returns
        -------
        Node or None
            Given, its default, or a reference to its name.
        """

    def section(self, name: str) -> Node | None:
        """Return a section of the template; None where it is not there.

        Parameters
        ----------
        name : str
            Such as Mappings.

        Returns
        -------
        Node or None
            The section as it stands.
        """

    def reference(self, name: str, attribute: str) -> Reference:
        """Return what a name that is no parameter stands for.

        Parameters
        ----------
        name : str
            Logical id of a resource, or of one that SAM makes.
        attribute : str
            Attribute that is asked for, empty for the resource itself.

        Returns
        -------
        Reference
            It dangles where the template has nothing of that name.
        """

    def output(self, stack: str, name: str) -> Node | None:
        """Return an output of a nested stack; None where it is not known.

        Parameters
        ----------
        stack : str
            Logical id of the nested stack.
        name : str
            Name of the output.

        Returns
        -------
        Node or None
            The value, worked out.
        """

    def stored(self, name: str) -> Node | None:
        """Return what one of the stacks writes into a parameter of Systems Manager.

        Parameters
        ----------
        name : str
            Name of the parameter.

        Returns
        -------
        Node or None
            The value, worked out; None where none does.
        """

    def exported(self, name: str) -> Node | None:
        """Return what another of the stacks exports; None where none does.

        Parameters
        ----------
        name : str
            Name of the export.

        Returns
        -------
        Node or None
            The value, worked out.
        """


class Resolver:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self.conditions = Conditions(scope.section("Conditions"), self._condition_text)
        # Files that take each other in would do so for ever.
        self._including: set[str] = set()
        self._functions: dict[str, Callable[[Node], Node]] = {
            "Ref": lambda node: self._ref(node.text(), node),
            "Fn::FindInMap": self._find_in_map,
            "Fn::GetAtt": self._get_att,
            "Fn::If": self._if,
            "Fn::ImportValue": self._import_value,
            "Fn::Sub": self._sub,
            "Fn::Transform": self._transform,
        }

    def resolve(self, node: Node) -> Node:
        """Return the node without functions.

        Parameters
        ----------
        node : Node
            A value as it stands in the template.

        Returns
        -------
        Node
            Worked out as far as the template says; what is not known becomes a reference.

        Raises
        ------
        UnreadableInput
            If a function or a condition cannot be read, or the template unfolds without end.
        """
        self._scope.library.work(1, node)
        call = function_of(node)
        if call is not None:
            result = self._call(*call)
            if isinstance(result, Scalar | Symbol):
                result = self._dynamic(result)
            if isinstance(result, Scalar | Symbol):
                self._scope.library.work(len(result.text()) // TEXT_PER_STEP, node)
            return result
        if isinstance(node, ListNode):
            items = (self.resolve(item) for item in node.items)
            kept = tuple(item for item in items if not isinstance(item, NoValue))
            return ListNode(node.file, node.line, kept)
        if isinstance(node, MapNode):
            return self._mapping(node)
        return self._dynamic(node) if isinstance(node, Scalar) else node

    def _dynamic(self, node: Scalar | Symbol) -> Node:
        """Return what a dynamic reference to a stored parameter stands for, where it is known."""
        text = node.text()
        match = _STORED.fullmatch(text) if text.startswith("{{resolve:ssm") else None
        stored = self._scope.stored(match[1]) if match else None
        return replace(stored, file=node.file, line=node.line) if stored is not None else node

    def _mapping(self, node: MapNode) -> MapNode:
        entries: dict[str, Node] = {}
        for key, value in node.entries.items():
            if key == "Fn::Transform":  # Beside other keys it adds its own to them.
                entries |= dict(self._transform(value).pairs())
                continue
            resolved = self.resolve(value)
            if not isinstance(resolved, NoValue):
                entries[key] = resolved
        return MapNode(node.file, node.line, entries)

    def _call(self, name: str, argument: Node) -> Node:
        if name in self._functions:
            return self._functions[name](argument)
        if name in functions.SIMPLE:
            return functions.SIMPLE[name](self.resolve(argument))
        return unknown(argument, name.removeprefix("Fn::"))

    def _ref(self, name: str, at: Node) -> Node:
        if name == "AWS::NoValue":
            return NoValue(at.file, at.line)
        if name in _PSEUDO:
            return functions.literal(at, _PSEUDO[name])
        if name.startswith("AWS::"):
            return unknown(at, name)
        value = self._scope.parameter(name)
        if value is not None:
            self._scope.library.work(len(value.elements()), at)
            return replace(value, file=at.file, line=at.line)
        base, _, attribute = name.partition(".")
        return Symbol(at.file, at.line, (self._scope.reference(base, attribute),))

    def _get_att(self, node: Node) -> Node:
        if isinstance(node, Scalar):
            name, _, attribute = node.text().partition(".")
        else:
            texts = [self.resolve(item).text() for item in node.elements()]
            name, attribute = (texts or [""])[0], ".".join(texts[1:])
        return self._attribute(name, attribute, node)

    def _attribute(self, name: str, attribute: str, at: Node) -> Node:
        if attribute.startswith("Outputs."):
            output = self._scope.output(name, attribute.removeprefix("Outputs."))
            if output is not None:
                return replace(output, file=at.file, line=at.line)
        return Symbol(at.file, at.line, (self._scope.reference(name, attribute),))

    def _sub(self, node: Node) -> Node:
        local: dict[str, Node] = {}
        template = node
        if isinstance(node, ListNode) and node.items:
            template = node.items[0]
            variables = node.get("1")
            pairs = variables.pairs() if variables is not None else ()
            local = {key: self.resolve(value) for key, value in pairs}

        def lookup(name: str) -> Node:
            if name in local:
                return local[name]
            base, _, attribute = name.partition(".")
            if attribute and self._scope.parameter(name) is None:
                return self._attribute(base, attribute, template)
            return self._ref(name, template)

        resolved = self.resolve(template)
        return functions.substitute(node, resolved.text(), lookup)

    def _if(self, node: Node) -> Node:
        items = node.elements()
        if len(items) != 3:
            return unknown(node, "If")
        name = items[0].get("Condition") or items[0]
        return self.resolve(items[1] if self.conditions.holds(name.text(), node) else items[2])

    def _find_in_map(self, node: Node) -> Node:
        keys = [self._condition_text(item) for item in node.elements()[:3]]
        found: Node | None = self._scope.section("Mappings")
        for key in keys:
            found = dict(found.pairs()).get(key) if found is not None else None
        if found is not None:
            self._scope.library.work(len(found.elements()), node)
            return found
        default = node.get("3.DefaultValue")
        if default is not None:
            return self.resolve(default)
        self._scope.library.warn(f"Mappings has no entry {' → '.join(keys)}.", node.at)
        return unknown(node, ".".join(keys))

    def _import_value(self, node: Node) -> Node:
        name = self.resolve(node)
        value = self._scope.exported(name.text())
        return value if value is not None else unknown(node, f"ImportValue {name.text()}")

    def _transform(self, node: Node) -> Node:
        name, location = node.get("Name"), node.get("Parameters.Location")
        if name is None or name.text() != "AWS::Include" or location is None:
            called = name.text() if name is not None else "?"
            self._scope.library.warn(f"What the macro {called} writes is not known.", node.at)
            return MapNode(node.file, node.line, {})
        path = self.resolve(location).text()
        included = self._scope.library.include(path, location.at, "What AWS::Include takes in")
        is_circle = included is not None and included.file in self._including
        if included is None or is_circle or len(self._including) > MAX_INCLUDES:
            return MapNode(node.file, node.line, {})
        self._including.add(included.file)
        resolved = self.resolve(included)
        self._including.discard(included.file)
        return resolved

    def _condition_text(self, node: Node) -> str:
        region = "${AWS::Region}"
        return self.resolve(node).text().replace(region, self._scope.library.region)
