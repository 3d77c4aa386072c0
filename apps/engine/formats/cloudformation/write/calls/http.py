"""HTTP APIs and WebSocket APIs: routes, integrations and authorizers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from apps.engine.formats.cloudformation.write.calls.permits import permit
from apps.engine.formats.cloudformation.write.calls.policies import may_invoke
from apps.engine.formats.cloudformation.write.calls.rest import ADDRESSES, GATEWAY
from apps.engine.formats.cloudformation.write.calls.routes import free_routes, routes_of, slug
from apps.engine.formats.cloudformation.write.kinds.compute import invoked
from apps.engine.formats.cloudformation.write.kinds.messages import address
from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.values import (
    Properties,
    Value,
    arn,
    att,
    ref,
    sub,
)
from apps.engine.graph import Link

_BODY = "$request.body"
_DEFAULT_KEYS = ("$default", "$connect", "$disconnect")
# By kind and door: the integration of AWS, the parameter that names the target, and others.
_SERVICES: Mapping[tuple[str, str], tuple[str, str, Mapping[str, str]]] = {
    ("event_bus", "put"): (
        "EventBridge-PutEvents",
        "EventBusName",
        {"Source": "api", "DetailType": "request", "Detail": _BODY},
    ),
    ("kinesis_stream", "put"): (
        "Kinesis-PutRecord",
        "StreamName",
        {"Data": _BODY, "PartitionKey": "$context.requestId"},
    ),
    ("sqs_queue", "send"): ("SQS-SendMessage", "QueueUrl", {"MessageBody": _BODY}),
    ("state_machine", "start"): (
        "StepFunctions-StartExecution",
        "StateMachineArn",
        {"Input": _BODY},
    ),
    ("state_machine", "start_sync"): (
        "StepFunctions-StartSyncExecution",
        "StateMachineArn",
        {"Input": _BODY},
    ),
}


def route_all(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    """Write the routes of an HTTP API.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the API.
    links : list of Link
        What answers, and what lets in.

    Returns
    -------
    list of Link
        Those that AWS has no way for.
    """
    proof = next((link for link in links if _is_proof(plan, link)), None)
    auth = _authorize(plan, proof) if proof is not None else {}
    made = [proof] if proof is not None else []
    taken: set[tuple[str, str]] = set()
    for link in links:
        integration = None if link in made else _integration(plan, link)
        if integration is None:
            continue
        made.append(link)
        routes = free_routes(routes_of(plan, link), taken, link.role)
        taken.update(routes)
        _routes(plan, link, integration, [f"{verb} {path}" for verb, path in routes], auth)
    return [link for link in links if link not in made]


def _is_proof(plan: Plan, link: Link) -> bool:
    is_function = plan.kind(link.target) == "lambda_function"
    is_asked = is_function and bool(link.settings.get("is_extra"))
    return is_asked or plan.kind(link.target) == "cognito_user_pool"


def _routes(
    plan: Plan, link: Link, integration: Properties, keys: list[str], auth: Properties
) -> None:
    name = plan.ids[link.target]
    type_ = "AWS::ApiGatewayV2::Integration"
    whole = plan.part(
        link.source, f"To{name}", type_, {"ApiId": plan.ref(link.source), **integration}
    )
    for number, key in enumerate(keys):
        route = {
            "ApiId": plan.ref(link.source),
            "RouteKey": key,
            "Target": sub(f"integrations/${{{whole}}}"),
            **auth,
        }
        suffix = f"Route{name}{number + 1 if number else ''}"
        plan.part(link.source, suffix, "AWS::ApiGatewayV2::Route", route)


def _authorize(plan: Plan, link: Link) -> Properties:
    target = plan.ids[link.target]
    properties: Properties = {
        "ApiId": plan.ref(link.source),
        "Name": target,
        "IdentitySource": ["$request.header.Authorization"],
    }
    kind = "CUSTOM"
    if plan.kind(link.target) == "cognito_user_pool":
        kind = "JWT"
        issuer = f"https://cognito-idp.${{AWS::Region}}.${{AWS::URLSuffix}}/${{{target}}}"
        configuration = {"Audience": [ref(f"{target}Client")], "Issuer": sub(issuer)}
        properties |= {"AuthorizerType": "JWT", "JwtConfiguration": configuration}
    else:
        properties |= _asked(plan, link)
    id_ = plan.part(link.source, "Authorizer", "AWS::ApiGatewayV2::Authorizer", properties)
    return {"AuthorizationType": kind, "AuthorizerId": ref(id_)}


def _asked(plan: Plan, link: Link) -> Properties:
    may_invoke(plan, link.source, link.target, GATEWAY, _execution(plan, link.source))
    found: Properties = {"AuthorizerType": "REQUEST", "AuthorizerUri": _uri(plan, link.target)}
    if plan.kind(link.source) == "http_api":
        found |= {"AuthorizerPayloadFormatVersion": "2.0", "EnableSimpleResponses": True}
        found["AuthorizerResultTtlInSeconds"] = 300 if link.settings.get("is_kept") else 0
    else:
        found["IdentitySource"] = ["route.request.header.Authorization"]
    return found


def _uri(plan: Plan, function: str) -> Value:
    base = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
    return sub(f"{base}${{{invoked(plan, '', function).argument}}}/invocations")


def _execution(plan: Plan, id_: str) -> Value:
    return arn("execute-api", f"${{{plan.ids[id_]}}}/*")


def _integration(plan: Plan, link: Link) -> Properties | None:
    kind = plan.kind(link.target)
    if kind == "lambda_function" and link.role == "invoke":
        may_invoke(plan, link.source, link.target, GATEWAY, _execution(plan, link.source))
        return {
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": invoked(plan, "", link.target),
            "PayloadFormatVersion": "2.0",
        }
    uri = _address(plan, link)
    if uri is not None:
        return {
            "IntegrationType": "HTTP_PROXY",
            "IntegrationMethod": "ANY",
            "IntegrationUri": uri,
            "PayloadFormatVersion": "1.0",
        }
    found = _SERVICES.get((kind, link.role))
    return _service(plan, link, *found) if found is not None else None


def _address(plan: Plan, link: Link) -> Value:
    kind, target = plan.kind(link.target), plan.ids[link.target]
    if kind in ADDRESSES:
        return sub(ADDRESSES[kind] % target)
    if kind == "lambda_url":
        return att(target, "FunctionUrl")
    if kind == "outside_api":
        return address(plan, plan.design.component(link.target))
    return None


def _service(
    plan: Plan, link: Link, subtype: str, parameter: str, more: Mapping[str, str]
) -> Properties:
    permit(plan, link)
    parameters: Properties = {parameter: plan.ref(link.target), **more}
    if plan.kind(link.target) == "sqs_queue" and plan.setting(link.target, "is_fifo"):
        parameters["MessageGroupId"] = "requests"
    return {
        "IntegrationType": "AWS_PROXY",
        "IntegrationSubtype": subtype,
        "CredentialsArn": plan.role(link.source, GATEWAY),
        "PayloadFormatVersion": "1.0",
        "RequestParameters": parameters,
    }


def connect_all(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    """Write the routes of a WebSocket API.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the API.
    links : list of Link
        What answers, and what lets in.

    Returns
    -------
    list of Link
        Those that AWS has no way for.
    """
    functions = [o for o in links if plan.kind(o.target) == "lambda_function"]
    functions = [o for o in functions if o.role == "invoke"]
    proof = next((o for o in functions if o.settings.get("is_extra")), None)
    auth = _authorize(plan, proof) if proof is not None else {}
    answering = [o for o in functions if o is not proof]
    taken: set[str] = set()
    for link in answering:
        may_invoke(plan, id_, link.target, GATEWAY, _execution(plan, id_))
        integration = {"IntegrationType": "AWS_PROXY", "IntegrationUri": _uri(plan, link.target)}
        keys = [key for key in _keys(plan, link, is_first=not taken) if key not in taken]
        taken.update(keys)
        proved = [key for key in keys if key == "$connect"]
        _routes(plan, link, integration, [key for key in keys if key not in proved], {})
        for key in proved:  # People prove who they are when they connect.
            route = {
                "ApiId": plan.ref(id_),
                "RouteKey": key,
                "Target": sub(f"integrations/${{{plan.ids[id_]}To{plan.ids[link.target]}}}"),
                **auth,
            }
            plan.part(id_, "RouteConnect", "AWS::ApiGatewayV2::Route", route)
    made = [*answering, proof]
    return [link for link in links if link not in made]


def _keys(plan: Plan, link: Link, *, is_first: bool) -> list[str]:
    """Return the keys of a link: those that it names, else all others for the first one."""
    named = re.findall(r"ANY (\$?[A-Za-z0-9_-]+)", str(link.settings.get("route", "")))
    return named or (list(_DEFAULT_KEYS) if is_first else [slug(plan, link.target)])
