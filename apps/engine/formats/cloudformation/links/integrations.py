"""What one integration of an API calls, however it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from apps.engine.formats.cloudformation.actions import ACTIONS
from apps.engine.formats.cloudformation.doors import meaning
from apps.engine.formats.cloudformation.nodes import MapNode, Node, flat, leaves
from apps.engine.formats.cloudformation.wiring import Draft, Wiring

# Beyond that a text is no mapping template that names a queue.
MAX_TEXT = 20_000
_SERVICE_URI = re.compile(r":apigateway:[^:]*:([a-z0-9.-]+):(action|path)/([^?]*)")
_SUBTYPE = re.compile(r"([A-Za-z]+)-(\w+)")
_SUBTYPES = {
    "AppConfig": "appconfig",
    "EventBridge": "eventbridge",
    "Kinesis": "kinesis",
    "SQS": "sqs",
    "StepFunctions": "stepfunctions",
}
# Hosts of a runtime stand before the service's own name, such as `runtime.sagemaker`.
_PREFIXED = re.compile(r"^.*\.")
# The role that the API acts by is no target.
_SKIPPED = frozenset({"Credentials", "CredentialsArn", "credentials", "ApiId", "RestApiId"})


def calls_of(
    wiring: Wiring, api: str, integration: Node, mechanism: str, settings: dict[str, Any]
) -> Iterator[Draft]:
    """Yield the links of one integration. `settings` say which route it answers.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.
    api : str
        Id of the API.
    integration : Node
        The integration of a route or method.
    mechanism : str
        Where the link was read, for the reader of the graph.
    settings : dict[str, Any]
        Which route it answers, and its weight.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    parts = [value for key, value in integration.pairs() if key not in _SKIPPED]
    uri = _first(integration, "Uri", "IntegrationUri", "uri")
    service, action = _service(integration, uri)
    if service and service != "lambda":
        yield from _service_calls(
            wiring, api, integration, parts, service, action, mechanism, settings
        )
        return
    named = wiring.targets(uri)
    for id_ in named or _connection(wiring, integration):
        roles = ("event",) if _is_asynchronous(integration) else ()
        yield from wiring.call(api, id_, mechanism, integration, roles=roles, **settings)
    if not named and uri is not None:
        outside = wiring.outside(uri.text(), uri)
        yield from wiring.call(api, outside, mechanism, uri, **settings)


def _service_calls(
    wiring: Wiring,
    api: str,
    integration: Node,
    parts: list[Node],
    service: str,
    action: str,
    mechanism: str,
    settings: dict[str, Any],
) -> Iterator[Draft]:
    named = [id_ for part in parts for id_ in wiring.targets(part)]
    targets = [id_ for id_ in dict.fromkeys(named) if wiring.service(id_) == service]
    targets = targets or _by_name_in_text(wiring, service, parts)
    local = wiring.of_service(service, api)
    if not targets:
        targets = local if len(local) == 1 else [wiring.external(service, integration)]
    roles = _roles(service, action, integration)
    for id_ in targets:
        yield from wiring.call(api, id_, mechanism, integration, roles=roles, **settings)


def _service(integration: Node, uri: Node | None) -> tuple[str, str]:
    """Return service and action that an integration calls directly, or empty texts."""
    subtype = _first(integration, "IntegrationSubtype", "integrationSubtype")
    match = _SUBTYPE.match(subtype.text()) if subtype is not None else None
    if match:
        return _SUBTYPES.get(match[1], match[1].lower()), match[2]
    found = _SERVICE_URI.search(flat(uri.text())) if uri is not None else None
    if not found:
        return "", ""
    name = _PREFIXED.sub("", found[1])
    return ACTIONS.get(name, name), found[3] if found[2] == "action" else ""


def _roles(service: str, action: str, integration: Node) -> tuple[str, ...]:
    if action:
        return meaning(service, [f"{service}:{action}"]).roles
    if service == "sqs":
        return ("send",)
    method = _first(integration, "IntegrationHttpMethod", "httpMethod")
    if service == "s3" and method is not None:
        return ("put",) if method.text().upper() in ("PUT", "POST", "DELETE") else ("get",)
    return ()


def _by_name_in_text(wiring: Wiring, service: str, parts: list[Node]) -> list[str]:
    """Return the components whose literal names stand in a mapping template."""
    text = "\n".join(leaf.text() for part in parts for leaf in leaves(part))
    names = wiring.inventory.named if len(text) < MAX_TEXT else {}
    return [id_ for (of, name), id_ in names.items() if of == service and name in text]


def _connection(wiring: Wiring, integration: Node) -> list[str]:
    """Return what stands behind a VPC link."""
    link = _first(integration, "ConnectionId", "connectionId")
    return wiring.targets(link) if link is not None else []


def _is_asynchronous(integration: Node) -> bool:
    parameters = _first(integration, "RequestParameters", "requestParameters")
    pairs = parameters.pairs() if isinstance(parameters, MapNode) else ()
    return any(
        key.lower().endswith("invocation-type") and "event" in value.text().lower()
        for key, value in pairs
    )


def _first(node: Node, *names: str) -> Node | None:
    return next((found for found in map(node.get, names) if found is not None), None)
