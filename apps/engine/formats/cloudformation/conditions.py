"""Conditions of a template, decided with the defaults of its parameters."""

from __future__ import annotations

from collections.abc import Callable

from apps.engine.formats.cloudformation.intrinsics import function_of
from apps.engine.formats.cloudformation.nodes import MapNode, Node
from apps.engine.formats.errors import UnreadableInput

MAX_CHAIN = 50
_PARAMETER_RULES = {
    "Fn::Contains",
    "Fn::EachMemberEquals",
    "Fn::EachMemberIn",
    "Fn::RefAll",
    "Fn::ValueOf",
    "Fn::ValueOfAll",
}


class Conditions:
    def __init__(self, section: Node | None, text_of: Callable[[Node], str]) -> None:
        self._section = dict(section.pairs()) if section is not None else {}
        self._text_of = text_of
        self._known: dict[str, bool] = {}
        self._open: set[str] = set()

    def holds(self, name: str, at: Node) -> bool:
        """Return whether a named condition holds with the defaults of the parameters.

        Parameters
        ----------
        name : str
            Name under Conditions.
        at : Node
            Where the name is used, for the refusal.

        Returns
        -------
        bool
            Each condition is decided once.

        Raises
        ------
        UnreadableInput
            If it is not defined, depends on itself, or on too many others in a row.
        """
        if name in self._known:
            return self._known[name]
        if name not in self._section:
            raise UnreadableInput(
                f"The condition '{name}' is not defined; add it under Conditions.",
                at.file,
                at.line,
            )
        if name in self._open:
            raise UnreadableInput(
                f"The condition '{name}' depends on itself; break the circle.", at.file, at.line
            )
        if len(self._open) > MAX_CHAIN:
            raise UnreadableInput(
                f"More than {MAX_CHAIN} conditions depend on one another in a row; join some.",
                at.file,
                at.line,
            )
        self._open.add(name)
        self._known[name] = self._evaluate(self._section[name])
        self._open.discard(name)
        return self._known[name]

    def _evaluate(self, node: Node) -> bool:
        if isinstance(node, MapNode) and len(node.entries) == 1 and "Condition" in node.entries:
            return self.holds(node.entries["Condition"].text(), node)
        call = function_of(node)
        if call is None:
            return self._text_of(node) == "true"
        name, argument = call
        items = argument.elements()
        if name == "Fn::Not":
            return not (items and self._evaluate(items[0]))
        if name == "Fn::And":
            return all(self._evaluate(item) for item in items)
        if name == "Fn::Or":
            return any(self._evaluate(item) for item in items)
        if name == "Fn::Equals" and len(items) == 2:
            return self._text_of(items[0]) == self._text_of(items[1])
        if name in _PARAMETER_RULES:
            return True
        raise UnreadableInput(
            f"A condition cannot use {name} here; use Equals, Not, And, Or or Condition.",
            node.file,
            node.line,
        )
