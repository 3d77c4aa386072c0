"""Environment variables that name what a function calls."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apps.engine.formats.cloudformation.doors import GUARDED
from apps.engine.formats.cloudformation.nodes import Node, references
from apps.engine.formats.cloudformation.wiring import Draft, Rank, Wiring

_TYPES = ("AWS::Serverless::Function", "AWS::Lambda::Function")
# Addresses that code shows or compares, and does not call.
_NOT_CALLED = re.compile(r"CORS|ORIGIN|REDIRECT|CALLBACK|ISSUER|AUDIENCE|LOGO|DOCS|FRONTEND", re.I)
_MIN_NAME = 4


def find(wiring: Wiring) -> Iterator[Draft]:
    """Yield the links that environment variables of functions speak of.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    for resource in wiring.resources(*_TYPES):
        variables = resource.get("Environment.Variables")
        for name, value in variables.pairs() if variables is not None else ():
            yield from from_variable(wiring, resource.id, name, value)


def from_variable(wiring: Wiring, caller: str, name: str, value: Node) -> Iterator[Draft]:
    """Yield the links that one variable stands for.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.
    caller : str
        Id of the component that calls.
    name : str
        Name of the variable.
    value : Node
        What it holds.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    named = [id_ for id_ in wiring.targets(value) if id_ in wiring.inventory.components]
    named = named or _by_equal_name(wiring, value.text())
    # A name or an address of what protects and watches says nothing of calls: policies do.
    named = [id_ for id_ in named if not wiring.watches(id_)]
    named = [id_ for id_ in named if _may_call(wiring, caller, id_)]
    for id_ in named:
        # Code that knows a user pool checks tokens by its public keys, which it keeps.
        calls = 0.0 if wiring.kind(id_) == "cognito_user_pool" else None
        mechanism = f"environment {name}"
        yield from wiring.call(caller, id_, mechanism, value, rank=Rank.HINT, calls=calls)
    if not named and not _NOT_CALLED.search(name):
        outside = wiring.outside(value.text(), value)
        yield from wiring.call(caller, outside, f"environment {name}", value)


def _may_call(wiring: Wiring, caller: str, target: str) -> bool:
    """Return whether the policies allow what a name in the environment makes likely."""
    if wiring.kind(target) not in GUARDED or _has_foreign_role(wiring, caller):
        return True
    return bool({(caller, "*"), (caller, wiring.service(target))} & wiring.allowed)


def _has_foreign_role(wiring: Wiring, caller: str) -> bool:
    """Return whether a caller acts by a role that the template does not define."""
    resource = wiring.inventory.resources[caller]
    role = resource.get("Role") or resource.get("TaskRoleArn")
    if role is None:
        return not resource.type.startswith("AWS::Serverless::")
    return not any(reference.target for reference, _ in references(role))


def _by_equal_name(wiring: Wiring, text: str) -> list[str]:
    """Return the one component that the template gives the very name that a variable holds."""
    if len(text) < _MIN_NAME:
        return []
    found = {id_ for (_, name), id_ in wiring.inventory.named.items() if name == text}
    found &= set(wiring.inventory.components)
    return list(found) if len(found) == 1 else []
