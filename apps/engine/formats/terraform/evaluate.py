"""Expressions of HCL → values, as far as the files say them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.cloudformation.nodes import ListNode, MapNode, Node, Scalar, Symbol
from apps.engine.formats.terraform import functions
from apps.engine.formats.terraform.hcl.syntax import (
    Call,
    Conditional,
    Expr,
    For,
    GetAttr,
    Index,
    Literal,
    Name,
    Object,
    Operation,
    Splat,
    Template,
    Tuple,
)
from apps.engine.formats.terraform.operators import operated
from apps.engine.formats.terraform.values import (
    concatenated,
    of_references,
    unknown,
)

# One step of a path: a name, an index, or None for every item.
Step = str | Node | None
# Longer loops make no design.
MAX_ITEMS = 1_000
TEXT_PER_STEP = 50
# An expression takes as long as some values of a template.
_STEPS = 6


class Scope(Protocol):
    """What a module knows by name."""

    library: Library

    def named(self, name: str, steps: Sequence[Step], at: Node) -> tuple[Node, int]:
        """Return what a name stands for, and how many of the steps after it that took.

        Parameters
        ----------
        name : str
            Such as var, local, module, data, or a resource type.
        steps : sequence of Step
            What stands behind it.
        at : Node
            Where it stands.

        Returns
        -------
        node : Node
            The value.
        taken : int
            Steps that are dealt with. [count]
        """

    def file(self, path: str, at: Node) -> Node | None:
        """Return the text of a file of the upload, None with a warning where it is not there.

        Parameters
        ----------
        path : str
            As the expression names it.
        at : Node
            Where it stands.

        Returns
        -------
        Node or None
            A scalar.
        """


class Evaluator:
    """Works out expressions of one file, with the names that loops give."""

    def __init__(self, scope: Scope, file: str, names: Mapping[str, Node] | None = None) -> None:
        self.scope, self.file, self.names = scope, file, names or {}
        self._readers: dict[type[Expr], Callable[..., Node]] = {
            Call: self._call,
            Conditional: self._conditional,
            For: self._for,
            GetAttr: self._path,
            Index: self._path,
            Literal: lambda expr: Scalar(file, expr.line, expr.value),
            Name: self._path,
            Object: self._object,
            Operation: self._operation,
            Splat: self._path,
            Template: self._template,
            Tuple: self._tuple,
        }

    def within(self, names: Mapping[str, Node]) -> Evaluator:
        """Return an evaluator that knows more names.

        Parameters
        ----------
        names : mapping of str to Node
            Such as each.

        Returns
        -------
        Evaluator
            For the same file.
        """
        return Evaluator(self.scope, self.file, {**self.names, **names})

    def value(self, expr: Expr) -> Node:
        """Return what an expression is.

        Parameters
        ----------
        expr : Expr
            The expression.

        Returns
        -------
        Node
            Its value; what is not known is a symbol.
        """
        at = self.at(expr)
        self.scope.library.work(_STEPS, at)
        found = self._readers[type(expr)](expr)
        self.scope.library.work(_size(found), at)
        return found

    def at(self, expr: Expr) -> Node:
        """Return where an expression stands.

        Parameters
        ----------
        expr : Expr
            The expression.

        Returns
        -------
        Node
            A node with file and line alone.
        """
        return Node(self.file, expr.line)

    def _template(self, expr: Template) -> Node:
        values = [
            Scalar(self.file, expr.line, part) if isinstance(part, str) else self.value(part)
            for part in expr.parts
        ]
        if len(values) == 1 and not isinstance(expr.parts[0], str):
            return values[0]
        return concatenated(self.at(expr), values)

    def _tuple(self, expr: Tuple) -> Node:
        return ListNode(self.file, expr.line, tuple(self.value(item) for item in expr.items))

    def _object(self, expr: Object) -> Node:
        entries, lines = {}, {}
        for key, value in expr.items:
            name = key.name if isinstance(key, Name) else self.value(key).text()
            entries[name], lines[name] = self.value(value), key.line
        return MapNode(self.file, expr.line, entries, lines)

    def _path(self, expr: Expr) -> Node:
        steps: list[Step] = []
        base = expr
        while isinstance(base, GetAttr | Index | Splat):
            if isinstance(base, GetAttr):
                steps.append(base.name)
            else:
                steps.append(self.value(base.key) if isinstance(base, Index) else None)
            base = base.base
        steps.reverse()
        if not isinstance(base, Name):
            return self._follow(self.value(base), steps, expr)
        if base.name in self.names:
            return self._follow(self.names[base.name], steps, expr)
        found, taken = self.scope.named(base.name, steps, self.at(expr))
        return self._follow(found, steps[taken:], expr)

    def _follow(self, node: Node, steps: Sequence[Step], expr: Expr) -> Node:
        for number, step in enumerate(steps):
            if step is None:
                items = node.elements() if not isinstance(node, Symbol) else (node,)
                rest = steps[number + 1 :]
                found = tuple(self._follow(item, rest, expr) for item in items)
                return ListNode(self.file, expr.line, found)
            node = self._step(node, step, expr)
        if isinstance(node, Scalar | Symbol):
            return replace(node, line=expr.line, file=self.file)
        return node

    def _step(self, node: Node, step: str | Node, expr: Expr) -> Node:
        if isinstance(node, Symbol):
            return _deeper(node, step) if isinstance(step, str) else node
        name = step if isinstance(step, str) else step.text()
        if isinstance(node, ListNode) and isinstance(step, str) and node.items:
            node = node.items[0]  # A block that may be there several times is a list.
        found = node.get(name) if "." not in name else dict(node.pairs()).get(name)
        if found is not None:
            return found
        return of_references(self.at(expr), name, node)

    def _conditional(self, expr: Conditional) -> Node:
        condition = self.value(expr.condition)
        if isinstance(condition, Scalar):
            return self.value(expr.then if condition.text() == "true" else expr.otherwise)
        self.scope.library.warn(
            f"That {condition.text()[:60]} holds is known only from a plan; it is assumed.",
            self.at(expr).at,
        )
        return self.value(expr.then)

    def _operation(self, expr: Operation) -> Node:
        at, sign = self.at(expr), expr.operator
        values = [self.value(operand) for operand in expr.operands]
        if sign == "()":
            return values[0]
        result = operated(sign, values)
        return of_references(at, sign, *values) if result is None else Scalar(*_place(at), result)

    def _call(self, expr: Call) -> Node:
        if expr.name in ("try", "can"):
            found = self.value(expr.arguments[0]) if expr.arguments else unknown(self.at(expr), "")
            return Scalar(self.file, expr.line, True) if expr.name == "can" else found
        arguments = [self.value(argument) for argument in expr.arguments]
        if expr.spreads and arguments:
            arguments[-1:] = arguments[-1].elements()
        return functions.call(self, expr.name, arguments, self.at(expr))

    def _for(self, expr: For) -> Node:
        source = self.value(expr.source)
        pairs = items_of(source)
        if pairs is None:
            pairs = [(unknown(source, expr.names[0]), source)]
        entries: dict[str, Node] = {}
        found: list[Node] = []
        for key, value in pairs[:MAX_ITEMS]:
            bound = (key, value) if len(expr.names) > 1 else (value,)
            inner = self.within(dict(zip(expr.names, bound, strict=False)))
            if expr.condition is not None and inner.value(expr.condition).text() == "false":
                continue
            item = inner.value(expr.value)
            if expr.key is None:
                found.append(item)
            else:
                entries[inner.value(expr.key).text()] = item
        if expr.key is None:
            return ListNode(self.file, expr.line, tuple(found))
        return MapNode(self.file, expr.line, entries)


def items_of(node: Node) -> list[tuple[Node, Node]] | None:
    """Return the keys and values of what is looped over, None where they are not known.

    Parameters
    ----------
    node : Node
        A list or a mapping.

    Returns
    -------
    list of (Node, Node) or None
        Places in a list are its keys.
    """
    if isinstance(node, MapNode):
        return [(Scalar(node.file, node.line, key), value) for key, value in node.pairs()]
    if isinstance(node, ListNode):
        return [(Scalar(node.file, node.line, n), item) for n, item in enumerate(node.items)]
    return None


def _size(node: Node) -> int:
    if isinstance(node, ListNode):
        return len(node.items)
    return len(node.entries) if isinstance(node, MapNode) else len(node.text()) // TEXT_PER_STEP


def _deeper(node: Symbol, name: str) -> Symbol:
    """Return an attribute of what a symbol names."""
    parts = tuple(
        part
        if isinstance(part, str)
        else replace(part, attribute=f"{part.attribute}.{name}" if part.attribute else name)
        for part in node.parts
    )
    return replace(node, parts=parts)


def _place(at: Node) -> tuple[str, int]:
    return at.file, at.line
