"""Permissions on a function: who may invoke it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apps.engine.formats.cloudformation.links.rules import RULE, senders_of
from apps.engine.formats.cloudformation.nodes import references
from apps.engine.formats.cloudformation.services import PRINCIPALS
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.formats.cloudformation.wiring import Draft, Rank, Wiring

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
    source = permission.get("SourceArn")
    rules = {rule.id for rule in wiring.resources(RULE)}
    named = senders_of(wiring, source)
    if named or any(r.target in rules for r, _ in references(source)):
        return named
    principal = re.sub(r"\.amazon(aws)?\.com$", "", permission.text("Principal"))
    service = PRINCIPALS.get(principal, "")
    if not service:
        return []
    local = wiring.of_service(service, function)
    if len(local) == 1:
        return local
    return [] if local else [wiring.external(service, permission.properties)]
