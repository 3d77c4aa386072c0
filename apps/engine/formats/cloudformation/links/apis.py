"""Methods, routes and integrations of API Gateway, as CloudFormation writes them."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.links.integrations import calls_of
from apps.engine.formats.cloudformation.links.routes import is_preflight, route_settings
from apps.engine.formats.cloudformation.nodes import references
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.formats.cloudformation.wiring import Draft, Wiring


def find(wiring: Wiring) -> Iterator[Draft]:
    """Yield the links of API Gateway: from routes and methods to what answers them.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    for method in wiring.resources("AWS::ApiGateway::Method"):
        yield from _method(wiring, method)
    routes = _routes(wiring)
    for integration in wiring.resources("AWS::ApiGatewayV2::Integration"):
        api = wiring.target(integration.get("ApiId"))
        for key in routes.get(integration.id, [""]):
            settings = route_settings(*_split_key(key)) if key else {}
            yield from calls_of(wiring, api, integration.properties, "integration", settings)
    yield from _sockets(wiring)
    yield from _targets(wiring)


def _sockets(wiring: Wiring) -> Iterator[Draft]:
    for socket in wiring.resources("AWS::Serverless::WebSocketApi"):
        routes = socket.get("Routes")
        for key, route in routes.pairs() if routes is not None else ():
            for id_ in wiring.targets(route):
                settings = route_settings(*_split_key(key))
                yield from wiring.call(socket.id, id_, "route", route, **settings)


def _targets(wiring: Wiring) -> Iterator[Draft]:
    for api_resource in wiring.resources("AWS::ApiGatewayV2::Api"):
        target = api_resource.get("Target")
        for id_ in wiring.targets(target):
            settings = route_settings("ANY", "$default")
            at = target or api_resource.properties
            yield from wiring.call(api_resource.id, id_, "Target", at, **settings)


def _method(wiring: Wiring, method: Resource) -> Iterator[Draft]:
    api = wiring.target(method.get("RestApiId"))
    integration = method.get("Integration")
    verb = method.text("HttpMethod")
    if integration is None or is_preflight(verb):
        return
    settings = route_settings(verb, _path(wiring, method))
    yield from calls_of(wiring, api, integration, "method", settings)


def _path(wiring: Wiring, method: Resource) -> str:
    """Return the path of a method, from the resources that it stands under."""
    parts: list[str] = []
    node, seen = method.get("ResourceId"), set[str]()
    while True:
        resource = next((r.target for r, _ in references(node)), "")
        found = wiring.inventory.resources.get(resource)
        if found is None or found.type != "AWS::ApiGateway::Resource" or resource in seen:
            return "/" + "/".join(reversed(parts))
        seen.add(resource)
        parts.append(found.text("PathPart"))
        node = found.get("ParentId")


def _routes(wiring: Wiring) -> dict[str, list[str]]:
    """Return the route keys that each integration answers."""
    found: dict[str, list[str]] = {}
    for route in wiring.resources("AWS::ApiGatewayV2::Route"):
        for reference, _ in references(route.get("Target")):
            found.setdefault(reference.target, []).append(route.text("RouteKey"))
    return found


def _split_key(key: str) -> tuple[str, str]:
    method, _, path = key.partition(" ")
    # `$default` and a WebSocket's keys have no method.
    return (method, path) if path else ("ANY", key)
