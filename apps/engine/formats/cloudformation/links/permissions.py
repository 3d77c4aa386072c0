"""Permissions on a function: who may invoke it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apps.engine.formats.cloudformation.kinds import is_disabled
from apps.engine.formats.cloudformation.links.rules import sender_of
from apps.engine.formats.cloudformation.nodes import references
from apps.engine.formats.cloudformation.services import PRINCIPALS
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.formats.cloudformation.wiring import Draft, Rank, Wiring

RULE = "AWS::Events::Rule"
_MECHANISM = "permission"


def find(wiring: Wiring) -> Iterator[Draft]:
    """Yield the links that permissions to invoke a function speak of.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    for permission in wiring.resources("AWS::Lambda::Permission"):
        function = wiring.target(permission.get("FunctionName"))
        if wiring.kind(function) != "lambda_function":
            continue
        for caller in _callers(wiring, permission, function):
            yield from wiring.call(
                caller, function, _MECHANISM, permission.properties, rank=Rank.POLICY
            )


def _callers(wiring: Wiring, permission: Resource, function: str) -> list[str]:
    rules = [rule for rule in wiring.resources(RULE) if rule.id in _named(permission)]
    if rules:
        return [sender_of(wiring, rule) for rule in rules if not is_disabled(rule)]
    named = wiring.targets(permission.get("SourceArn"))
    if named:
        return named
    principal = re.sub(r"\.amazon(aws)?\.com$", "", permission.text("Principal"))
    service = PRINCIPALS.get(principal, "")
    if not service:
        return []
    local = wiring.of_service(service)
    if len(local) == 1:
        return local
    return [] if local else [wiring.external(service, permission.properties)]


def _named(permission: Resource) -> set[str]:
    return {reference.target for reference, _ in references(permission.get("SourceArn"))}
