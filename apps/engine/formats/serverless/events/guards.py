"""What lets requests of an API in: functions and user pools."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.building import Written, text_of
from apps.engine.formats.cloudformation.nodes import MapNode, Node, Scalar
from apps.engine.formats.serverless.service import Service

_OPEN = ("", "aws_iam", "none")


def authorizers(service: Service, node: Node | None) -> Written:
    """Return the authorizer that an event writes itself, as SAM has it on the API.

    Parameters
    ----------
    service : Service
        The service.
    node : Node or None
        Key of a function, address of a function or pool, or a mapping.

    Returns
    -------
    Written
        None for a route that is open, or signed.
    """
    if node is None or (text_of(node).lower() in _OPEN and not isinstance(node, MapNode)):
        return None
    named = node.get("arn") or node.get("name") or node.get("authorizerId")
    if named is None:
        named = node
    if isinstance(named, Scalar) and text_of(named).lower() in _OPEN:
        return None
    lifetime = node.get("resultTtlInSeconds")
    guard: dict[str, Written] = {
        "FunctionArn": service.function_named(named),
        "Identity": {"ReauthorizeEvery": lifetime} if lifetime is not None else None,
    }
    key = text_of(named)[:60] or f"line{named.line}"
    return {"Authorizers": {key: guard}}


def named_authorizer(service: Service, node: Node | None) -> Written:
    """Return the authorizer of an HTTP API that an event names.

    Parameters
    ----------
    service : Service
        The service, whose provider defines authorizers by name.
    node : Node or None
        The name, or a mapping with name or id.

    Returns
    -------
    Written
        None for a route that is open, or signed.
    """
    if node is None:
        return None
    name = text_of(node.get("name")) or text_of(node)
    found = service.provider.get(f"httpApi.authorizers.{name}") if name else None
    if found is None:
        return None
    values: dict[str, Written] = dict(_of(service, found))
    return {"Authorizers": {name: values}}


def _of(service: Service, authorizer: Node) -> Iterator[tuple[str, Written]]:
    function = authorizer.get("functionName") or authorizer.get("functionArn")
    if function is not None:
        yield "FunctionArn", service.function_named(function)
    if authorizer.get("issuerUrl") is not None:
        yield "JwtConfiguration", {"issuer": authorizer.get("issuerUrl")}
    lifetime = authorizer.get("resultTtlInSeconds")
    if lifetime is not None:
        yield "Identity", {"ReauthorizeEvery": lifetime}
