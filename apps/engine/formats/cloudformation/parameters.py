"""The parameters of a template: given, with their defaults, or without a value."""

from __future__ import annotations

from collections.abc import Mapping

from apps.engine.formats.cloudformation.exchange import STORED, Exchange
from apps.engine.formats.cloudformation.nodes import ListNode, Node, Reference, Scalar, Symbol

# Types whose value is the name of a parameter of Systems Manager.
_STORED = "AWS::SSM::Parameter::Value<"


class Parameters:
    """What the names under Parameters stand for."""

    def __init__(self, section: Node | None, given: Mapping[str, Node], exchange: Exchange) -> None:
        self._section = dict(section.pairs()) if section is not None else {}
        self._given, self._exchange = given, exchange
        self._known: dict[str, Node] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all parameters, in the order of the template."""
        return tuple(self._section)

    def get(self, name: str) -> Node | None:
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
        if name in self._section and name not in self._known:
            self._known[name] = self._value(name, self._section[name])
        return self._known.get(name)

    def _value(self, name: str, entry: Node) -> Node:
        type_, default = entry.get("Type"), entry.get("Default")
        kind = type_.text() if type_ is not None else "String"
        value = self._given.get(name, default)
        if kind.startswith(_STORED):
            stored = self._exchange.find(STORED, value.text()) if value is not None else None
            # What it holds is known where a stack beside this one writes it.
            value = stored if stored is not None else self._given.get(name)
        if value is None:
            return Symbol(entry.file, entry.line, (Reference(name),))
        if isinstance(value, Scalar) and (kind == "CommaDelimitedList" or "List<" in kind):
            texts = value.text().split(",")
            items = tuple(Scalar(value.file, value.line, text.strip()) for text in texts)
            return ListNode(value.file, value.line, items)
        return value
