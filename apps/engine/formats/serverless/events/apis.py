"""Events of HTTP: API Gateway's REST, HTTP and WebSocket APIs."""

from __future__ import annotations

from apps.engine.formats.cloudformation.building import Written, get_att, ref, resource, text_of
from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.serverless import names
from apps.engine.formats.serverless.events.common import add_event
from apps.engine.formats.serverless.events.guards import authorizers, named_authorizer
from apps.engine.formats.serverless.service import Function, Service

REST, HTTP = "AWS::Serverless::Api", "AWS::Serverless::HttpApi"
SOCKETS = "AWS::Serverless::WebSocketApi"
AUTHORIZER = "AWS::ApiGatewayV2::Authorizer"


def rest(service: Service, function: Function, name: str, event: Node) -> None:
    """Read an event `http`, of the REST API of the service.

    Parameters
    ----------
    service : Service
        The service, to which resources are added.
    function : Function
        The function that the event starts.
    name : str
        Name of the event.
    event : Node
        The event as it stands.
    """
    method, path = _route(event)
    api: Written = service.provider.get("apiGateway.restApiId")
    if api is None:
        add_rest(service, event)
        api = ref(names.REST_API)
        guard = authorizers(service, event.get("authorizer"))
        if guard is not None:
            service.add(names.REST_API, resource(REST, {"Auth": guard}), event)
    properties = {"RestApiId": api, "Method": method, "Path": path}
    add_event(function, name, "Api", event, properties)


def add_rest(service: Service, at: Node) -> None:
    """Add the REST API of a service.

    Parameters
    ----------
    service : Service
        The service, to which it is added.
    at : Node
        What needs it.
    """
    if names.REST_API in service.resources:
        return
    provider = service.provider
    kind = text_of(provider.get("endpointType")) or "EDGE"
    traced = text_of(provider.get("tracing.apiGateway")) == "true"
    properties: dict[str, Written] = {
        "Name": provider.get("apiName") or f"{service.stage}-{service.name}",
        "StageName": service.stage,
        "EndpointConfiguration": kind.upper(),
        "TracingEnabled": True if traced else None,
        "MethodSettings": _throttle(service),
    }
    service.add(names.REST_API, resource(REST, properties), at)
    plan = provider.get("apiGateway.usagePlan")
    for index, part in enumerate(plan.elements() if plan is not None else ()):
        _add_plan(service, part, "" if not index else str(index + 1))


def _add_plan(service: Service, plan: Node, mark: str) -> None:
    for key, value in plan.pairs():
        if key in ("throttle", "quota"):
            continue
        if value.get("throttle") is not None:  # Several plans, each under its name.
            _add_plan(service, value, f"{mark}{names.plain(key)}")
    throttle = plan.get("throttle")
    if throttle is None:
        return
    limits = {"RateLimit": throttle.get("rateLimit"), "BurstLimit": throttle.get("burstLimit")}
    properties: dict[str, Written] = {
        "ApiStages": [{"ApiId": ref(names.REST_API), "Stage": service.stage}],
        "Throttle": limits,
    }
    body = resource("AWS::ApiGateway::UsagePlan", properties)
    service.add(f"{names.USAGE_PLAN}{mark}", body, plan)


def _throttle(service: Service) -> Written:
    """Return the limits that serverless-api-gateway-throttling sets on all methods."""
    limits = service.variables.at("custom.apiGatewayThrottling")
    if limits is None:
        return None
    every: Written = {
        "ResourcePath": "/*",
        "HttpMethod": "*",
        "ThrottlingRateLimit": limits.get("maxRequestsPerSecond"),
        "ThrottlingBurstLimit": limits.get("maxConcurrentRequests"),
    }
    return [every]


def http(service: Service, function: Function, name: str, event: Node) -> None:
    """Read an event `httpApi`, of the HTTP API of the service.

    Parameters
    ----------
    service : Service
        The service, to which resources are added.
    function : Function
        The function that the event starts.
    name : str
        Name of the event.
    event : Node
        The event as it stands.
    """
    method, path = _route(event)
    api: Written = service.provider.get("httpApi.id")
    if api is None:
        api = ref(names.HTTP_API)
        called = service.provider.get("httpApi.name") or f"{service.stage}-{service.name}"
        properties: dict[str, Written] = {
            "Name": called,
            "Auth": named_authorizer(service, event.get("authorizer")),
        }
        service.add(names.HTTP_API, resource(HTTP, properties), event)
    add_event(function, name, "HttpApi", event, {"ApiId": api, "Method": method, "Path": path})


def socket(service: Service, function: Function, name: str, event: Node) -> None:
    """Read an event `websocket`, of the WebSocket API of the service.

    Parameters
    ----------
    service : Service
        The service, to which resources are added.
    function : Function
        The function that the event starts.
    name : str
        Name of the event.
    event : Node
        The event as it stands.
    """
    route = text_of(event.get("route")) or text_of(event) or "$default"
    called = service.provider.get("websocketsApiName")
    properties: dict[str, Written] = {
        "Name": called or f"{service.stage}-{service.name}-websockets",
        "Routes": {route: {"FunctionArn": get_att(function.id)}},
    }
    service.add(names.SOCKETS, resource(SOCKETS, properties), event)
    guard = event.get("authorizer")
    if guard is not None:
        asked = service.function_named(guard.get("arn") or guard.get("name") or guard)
        body: dict[str, Written] = {"ApiId": ref(names.SOCKETS), "AuthorizerUri": asked}
        service.add(f"{names.SOCKETS}Authorizer", resource(AUTHORIZER, body), guard)


def _route(event: Node) -> tuple[str, str]:
    """Return method and path of `GET /users`, of `*`, or of a mapping."""
    text = text_of(event)
    if text:
        method, _, path = text.partition(" ")
        path = path.strip()
    else:
        method, path = text_of(event.get("method")), text_of(event.get("path"))
    if method == "*" and path in ("", "*"):
        return "ANY", "$default"
    method = "ANY" if method in ("*", "") else method.upper()
    return method, path if path.startswith("/") else f"/{path}"
