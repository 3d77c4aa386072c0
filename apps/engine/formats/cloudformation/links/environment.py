"""Environment variables that name what a function calls."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.cloudformation.wiring import Draft, Rank, Wiring

_TYPES = ("AWS::Serverless::Function", "AWS::Lambda::Function")
# Addresses that code shows or compares, and does not call.
_NOT_CALLED = re.compile(r"CORS|ORIGIN|REDIRECT|CALLBACK|ISSUER|AUDIENCE|LOGO|DOCS|FRONTEND", re.I)
# What stands beside a name without being called.
_SILENT = frozenset({"AWS::Logs::LogGroup", "AWS::KMS::Key", "AWS::Events::Rule"})
_MIN_NAME = 4


def find(wiring: Wiring) -> Iterator[Draft]:
    for resource in wiring.resources(*_TYPES):
        variables = resource.get("Environment.Variables")
        for name, value in variables.pairs() if variables is not None else ():
            yield from from_variable(wiring, resource.id, name, value)


def from_variable(wiring: Wiring, caller: str, name: str, value: Node) -> Iterator[Draft]:
    """Yield the links that one variable stands for."""
    named = [id_ for id_ in wiring.targets(value) if _is_called(wiring, id_)]
    named = named or _by_equal_name(wiring, value.text())
    for id_ in named:
        yield from wiring.call(caller, id_, f"environment {name}", value, rank=Rank.HINT)
    if not named and not _NOT_CALLED.search(name):
        outside = wiring.outside(value.text(), value)
        yield from wiring.call(caller, outside, f"environment {name}", value)


def _is_called(wiring: Wiring, id_: str) -> bool:
    resource = wiring.inventory.resources.get(id_)
    return resource is None or resource.type not in _SILENT


def _by_equal_name(wiring: Wiring, text: str) -> list[str]:
    """Return the one component that the template gives the very name that a variable holds."""
    if len(text) < _MIN_NAME:
        return []
    found = {id_ for (_, name), id_ in wiring.inventory.named.items() if name == text}
    found &= set(wiring.inventory.components)
    return list(found) if len(found) == 1 else []
