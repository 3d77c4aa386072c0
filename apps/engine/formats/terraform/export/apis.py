"""APIs: their routes, and what answers those."""

from __future__ import annotations

from apps.engine.formats.terraform.export import calls
from apps.engine.formats.terraform.export.drafting import Draft
from apps.engine.formats.terraform.export.handing import invoked
from apps.engine.formats.terraform.export.sheet import Raw, Resource, Value, encoded
from apps.engine.graph import Link

# Services that an HTTP API calls by itself.
_SUBTYPES = {
    "event_bus": ("EventBridge-PutEvents", "EventBusName", "name"),
    "kinesis_stream": ("Kinesis-PutRecord", "StreamName", "name"),
    "sqs_queue": ("SQS-SendMessage", "QueueUrl", "url"),
    "state_machine": ("StepFunctions-StartExecution", "StateMachineArn", "arn"),
}
_THROTTLES = (
    ("throttle_rate_rps", "throttling_rate_limit"),
    ("throttle_burst", "throttling_burst_limit"),
)


def _routes(link: Link) -> list[str]:
    found = str(link.settings.get("route") or "")
    return [route.strip() for route in found.split(",") if route.strip()]


def _throttle(draft: Draft, id_: str) -> dict[str, Value]:
    settings = draft.architecture.component(id_).settings
    return {to: settings[of] for of, to in _THROTTLES if settings.get(of) is not None}


def http(draft: Draft, source: str, links: list[Link]) -> None:
    """Write the routes of an HTTP API or of sockets.

    Parameters
    ----------
    draft : Draft
        The module.
    source : str
        Id of the component.
    links : list of Link
        Its links.
    """
    main = draft.mains[source]
    stage = draft.sheet.add(
        "aws_apigatewayv2_stage", main.name, api_id=main["id"], name="$default", auto_deploy=True
    )
    limits = _throttle(draft, source)
    if limits:
        stage.block("default_route_settings").attributes.update(limits)
    is_socket = main.attributes.get("protocol_type") == "WEBSOCKET"
    for link in links:
        if link.settings.get("is_extra"):
            _authorizer(draft, main, link)
            continue
        integration = _integration(draft, source, main, link)
        for number, route in enumerate(_routes(link) or ["$default"]):
            key = route.removeprefix("ANY ") if is_socket or "$" in route else route
            draft.sheet.add(
                "aws_apigatewayv2_route",
                integration.name + (f"_{number + 1}" if number else ""),
                api_id=main["id"],
                route_key=key,
                target=Raw(f'"integrations/${{{integration["id"].text}}}"'),
            )


def _integration(draft: Draft, source: str, main: Resource, link: Link) -> Resource:
    target = draft.architecture.component(link.target)
    name = f"{main.name}_to_{draft.word(target)}"
    found = draft.sheet.add("aws_apigatewayv2_integration", name, api_id=main["id"])
    other = draft.mains.get(link.target)
    if target.kind == "lambda_function" and other is not None:
        found.attributes.update(
            {"integration_type": "AWS_PROXY", "integration_uri": other["invoke_arn"]}
        )
        if main.attributes.get("protocol_type") == "HTTP":
            found.attributes["payload_format_version"] = "2.0"
        invoked(draft, link, "apigateway", Raw(f'"${{{main["execution_arn"].text}}}/*/*"'))
    elif target.kind in _SUBTYPES and other is not None:
        found.attributes.update(_by_itself(draft, source, link, other, target.kind))
    else:
        uri: Value = f"https://{target.id}/" if other is None else _address_of(draft, link.target)
        found.attributes.update({"integration_type": "HTTP_PROXY", "integration_uri": uri})
    return found


def _by_itself(
    draft: Draft, source: str, link: Link, other: Resource, kind: str
) -> dict[str, Value]:
    """Return the integration by which an API calls a service without code of ours."""
    subtype, key, attribute = _SUBTYPES[kind]
    parameters: dict[str, Value] = {key: other[attribute]}
    if kind == "event_bus":
        parameters |= {"Detail": "$request.body", "Source": "api"}
    role = draft.role(source, "apigateway")
    calls.allow(draft, source, link, "apigateway")
    return {
        "integration_type": "AWS_PROXY",
        "integration_subtype": subtype,
        "credentials_arn": role,
        "request_parameters": parameters,
    }


def _address_of(draft: Draft, id_: str) -> Raw:
    return Raw(f'"http://${{{calls.address(draft, id_).text}}}"')


def _authorizer(draft: Draft, main: Resource, link: Link) -> None:
    other, kind = draft.mains.get(link.target), draft.kind(link.target)
    if other is None or kind not in ("cognito_user_pool", "lambda_function"):
        return
    found = draft.sheet.add(
        "aws_apigatewayv2_authorizer",
        f"{main.name}_{other.name}",
        api_id=main["id"],
        authorizer_type="JWT" if kind == "cognito_user_pool" else "REQUEST",
        name=other.name,
        identity_sources=["$request.header.Authorization"],
    )
    if kind == "cognito_user_pool":
        issuer = Raw(f'"https://${{{other["endpoint"].text}}}"')
        found.block("jwt_configuration").attributes["issuer"] = issuer
        return
    found.attributes["authorizer_uri"] = other["invoke_arn"]
    if not link.settings.get("is_kept"):
        found.attributes["authorizer_result_ttl_in_seconds"] = 0


def rest(draft: Draft, source: str, links: list[Link]) -> None:
    """Write the paths of a REST API as an OpenAPI document.

    Parameters
    ----------
    draft : Draft
        The module.
    source : str
        Id of the component.
    links : list of Link
        Its links.
    """
    main = draft.mains[source]
    paths: dict[str, dict[str, Value]] = {}
    for link in links:
        other = draft.mains.get(link.target)
        if other is None or link.settings.get("is_extra"):
            continue
        for route in _routes(link) or ["ANY /{proxy+}"]:
            verb, _, path = route.partition(" ")
            method = "x-amazon-apigateway-any-method" if verb == "ANY" else verb.lower()
            paths.setdefault(path or "/", {})[method] = {
                "x-amazon-apigateway-integration": _of_openapi(draft, source, link, other)
            }
    document: Value = {
        "openapi": "3.0.1",
        "info": {"title": main.name, "version": "1"},
        "paths": {path: dict(methods) for path, methods in paths.items()},
    }
    main.attributes["body"] = encoded(document)
    _stage(draft, source, main)


def _stage(draft: Draft, source: str, main: Resource) -> None:
    deployment = draft.sheet.add("aws_api_gateway_deployment", main.name, rest_api_id=main["id"])
    stage = draft.sheet.add(
        "aws_api_gateway_stage",
        main.name,
        rest_api_id=main["id"],
        deployment_id=deployment["id"],
        stage_name="live",
    )
    if draft.architecture.component(source).settings.get("is_traced"):
        stage.attributes["xray_tracing_enabled"] = True
    limits = _throttle(draft, source)
    if limits:
        settings = draft.sheet.add(
            "aws_api_gateway_method_settings",
            main.name,
            rest_api_id=main["id"],
            stage_name=stage["stage_name"],
            method_path="*/*",
        )
        settings.block("settings").attributes.update(limits)


def _of_openapi(draft: Draft, source: str, link: Link, other: Resource) -> Value:
    kind = draft.architecture.component(link.target).kind
    if kind == "lambda_function":
        main = draft.mains[source]
        invoked(draft, link, "apigateway", Raw(f'"${{{main["execution_arn"].text}}}/*/*"'))
        return {"type": "aws_proxy", "httpMethod": "POST", "uri": other["invoke_arn"]}
    action = next(iter(calls.ACTIONS.get((kind, link.role), ())), "")
    if not action:
        return {"type": "http_proxy", "httpMethod": "ANY", "uri": _address_of(draft, link.target)}
    service, _, verb = action.partition(":")
    calls.allow(draft, source, link, "apigateway")
    return {
        "type": "aws",
        "httpMethod": "POST",
        "credentials": draft.role(source, "apigateway"),
        "uri": f"arn:aws:apigateway:us-east-1:{service}:action/{verb}",
        "requestTemplates": {"application/json": other["arn"]},
    }


def url(draft: Draft, source: str, links: list[Link]) -> None:
    """Write which function answers at an address.

    Parameters
    ----------
    draft : Draft
        The module.
    source : str
        Id of the component.
    links : list of Link
        Its links.
    """
    for link in links:
        if link.target in draft.mains:
            name = draft.mains[link.target]["function_name"]
            draft.mains[source].attributes["function_name"] = name


def graph(draft: Draft, source: str, links: list[Link]) -> None:
    """Write the data sources of a GraphQL API.

    Parameters
    ----------
    draft : Draft
        The module.
    source : str
        Id of the component.
    links : list of Link
        Its links.
    """
    main = draft.mains[source]
    done: set[str] = set()
    for link in links:
        other, kind = draft.mains.get(link.target), draft.architecture.component(link.target).kind
        if other is None or link.target in done:
            continue
        done.add(link.target)
        found = draft.sheet.add(
            "aws_appsync_datasource",
            f"{main.name}_{other.name}",
            api_id=main["id"],
            name=other.name,
            type="AWS_LAMBDA" if kind == "lambda_function" else "AMAZON_DYNAMODB",
            service_role_arn=draft.role(source, "appsync"),
        )
        if kind == "lambda_function":
            found.block("lambda_config").attributes["function_arn"] = other["arn"]
        elif kind == "dynamodb_table":
            found.block("dynamodb_config").attributes["table_name"] = other["name"]
        calls.allow(draft, source, link, "appsync")
