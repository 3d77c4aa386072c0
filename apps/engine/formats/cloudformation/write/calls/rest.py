"""REST APIs: resources, methods and integrations, and who lets requests in."""

from __future__ import annotations

from collections.abc import Mapping

from apps.engine.formats.cloudformation.write.calls.permits import permit
from apps.engine.formats.cloudformation.write.calls.policies import may_invoke
from apps.engine.formats.cloudformation.write.calls.routes import free_routes, routes_of
from apps.engine.formats.cloudformation.write.kinds.compute import invoked
from apps.engine.formats.cloudformation.write.kinds.doors import STAGE, rest_stage
from apps.engine.formats.cloudformation.write.kinds.messages import address
from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.values import Properties, Value, att, ref, sub
from apps.engine.graph import Link

GATEWAY = "apigateway.amazonaws.com"
_URI = "arn:${AWS::Partition}:apigateway:${AWS::Region}:"
_FORM = "'application/x-www-form-urlencoded'"
# By kind and door: the service as the API calls it, its action, and the body that it is sent.
_SERVICES: Mapping[tuple[str, str], tuple[str, str, str]] = {
    ("dynamodb_table", "read"): (
        "dynamodb",
        "GetItem",
        '{"TableName": "${%s}", "Key": {"pk": {"S": "$input.params(\'id\')"}}}',
    ),
    ("dynamodb_table", "write"): (
        "dynamodb",
        "PutItem",
        '{"TableName": "${%s}", "Item": {"pk": {"S": "$context.requestId"}}}',
    ),
    ("event_bus", "put"): (
        "events",
        "PutEvents",
        '{"Entries": [{"EventBusName": "${%s}", "Source": "api", "DetailType": "request", '
        '"Detail": "$util.escapeJavaScript($input.body)"}]}',
    ),
    ("firehose_stream", "put"): (
        "firehose",
        "PutRecord",
        '{"DeliveryStreamName": "${%s}", "Record": {"Data": "$util.base64Encode($input.body)"}}',
    ),
    ("kinesis_stream", "put"): (
        "kinesis",
        "PutRecord",
        '{"StreamName": "${%s}", "Data": "$util.base64Encode($input.body)", '
        '"PartitionKey": "$context.requestId"}',
    ),
    ("sns_topic", "publish"): (
        "sns",
        "Publish",
        "Action=Publish&TopicArn=$util.urlEncode('${%s}')&Message=$util.urlEncode($input.body)",
    ),
    ("state_machine", "start"): (
        "states",
        "StartExecution",
        '{"stateMachineArn": "${%s}", "input": "$util.escapeJavaScript($input.body)"}',
    ),
    ("state_machine", "start_sync"): (
        "states",
        "StartSyncExecution",
        '{"stateMachineArn": "${%s}", "input": "$util.escapeJavaScript($input.body)"}',
    ),
}
# Where else an API may pass a request on to, by HTTP.
ADDRESSES: Mapping[str, str] = {
    "cloudfront_distribution": "https://${%s.DomainName}",
    "http_api": "https://${%s}.execute-api.${AWS::Region}.${AWS::URLSuffix}",
    "load_balancer": "http://${%s.DNSName}",
    "rest_api": "https://${%s}.execute-api.${AWS::Region}.${AWS::URLSuffix}/" + STAGE,
}


def answer_all(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    """Write the methods of a REST API, its authorizer and its firewall.

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
    auth = _authorize(plan, proof) if proof is not None else {"AuthorizationType": "NONE"}
    paths: dict[str, Value] = {"": att(plan.ids[id_], "RootResourceId")}
    methods: dict[tuple[str, str], str] = {}
    made = [proof] if proof is not None else []
    for link in links:
        integration = None if link in made else _integration(plan, link)
        if integration is None:
            continue
        made.append(link)
        for verb, path in free_routes(routes_of(plan, link), methods, link.role):
            where = _resource(plan, id_, paths, path)
            methods[verb, path] = _method(plan, id_, verb, where, integration, auth)
    if not methods:
        mock: Properties = {
            "Type": "MOCK",
            "RequestTemplates": {"application/json": '{"statusCode": 200}'},
        }
        methods["GET", "/"] = _method(plan, id_, "GET", paths[""], mock, auth)
    rest_stage(plan, id_, list(methods.values()))
    made += _walls(plan, id_, links)
    return [link for link in links if link not in made]


def _is_proof(plan: Plan, link: Link) -> bool:
    is_function = plan.kind(link.target) == "lambda_function"
    is_asked = is_function and bool(link.settings.get("is_extra"))
    return is_asked or plan.kind(link.target) == "cognito_user_pool"


def _authorize(plan: Plan, link: Link) -> Properties:
    is_pool = plan.kind(link.target) == "cognito_user_pool"
    properties: Properties = {
        "RestApiId": plan.ref(link.source),
        "Name": plan.ids[link.target],
        "IdentitySource": "method.request.header.Authorization",
    }
    if is_pool:
        properties |= {"Type": "COGNITO_USER_POOLS", "ProviderARNs": [att(plan.ids[link.target])]}
    else:
        may_invoke(plan, link.source, link.target, GATEWAY, _execution(plan, link.source))
        properties |= {"Type": "TOKEN", "AuthorizerUri": _lambda_uri(plan, link.target)}
        if not link.settings.get("is_kept"):
            properties["AuthorizerResultTtlInSeconds"] = 0
    id_ = plan.part(link.source, "Authorizer", "AWS::ApiGateway::Authorizer", properties)
    kind = "COGNITO_USER_POOLS" if is_pool else "CUSTOM"
    return {"AuthorizationType": kind, "AuthorizerId": ref(id_)}


def _execution(plan: Plan, id_: str) -> Value:
    return plan.names.below(id_, id_, "")


def _lambda_uri(plan: Plan, function: str) -> Value:
    target = invoked(plan, "", function)
    name = target.argument
    return sub(f"{_URI}lambda:path/2015-03-31/functions/${{{name}}}/invocations")


def _resource(plan: Plan, id_: str, paths: dict[str, Value], path: str) -> Value:
    """Return the resource of a path, after those that it stands below."""
    path = "" if path == "/" else path
    if path not in paths:
        parent, _, part = path.rpartition("/")
        properties = {
            "RestApiId": plan.ref(id_),
            "ParentId": _resource(plan, id_, paths, parent),
            "PathPart": part,
        }
        suffix = "".join(word.capitalize() for word in path.replace("-", "/").split("/"))
        paths[path] = ref(plan.part(id_, f"Path{suffix}", "AWS::ApiGateway::Resource", properties))
    return paths[path]


def _method(
    plan: Plan, id_: str, verb: str, where: Value, integration: Properties, auth: Properties
) -> str:
    properties: Properties = {
        "RestApiId": plan.ref(id_),
        "ResourceId": where,
        "HttpMethod": verb,
        **auth,
        "Integration": integration,
    }
    if integration["Type"] in ("AWS", "MOCK"):
        code = "202" if "Event" in str(integration.get("RequestParameters")) else "200"
        integration["IntegrationResponses"] = [{"StatusCode": code}]
        properties["MethodResponses"] = [{"StatusCode": code}]
    name = str(where.argument).removeprefix(f"{plan.ids[id_]}Path").split(".")[0]
    name = "Root" if name == plan.ids[id_] else name
    return plan.part(id_, f"{verb.capitalize()}{name}", "AWS::ApiGateway::Method", properties)


def _integration(plan: Plan, link: Link) -> Properties | None:
    kind, target = plan.kind(link.target), plan.ids[link.target]
    if kind == "lambda_function":
        return _function(plan, link)
    if kind in ADDRESSES:
        return _http(sub(ADDRESSES[kind] % target))
    if kind == "lambda_url":
        return _http(att(target, "FunctionUrl"))
    if kind == "outside_api":
        return _http(address(plan, plan.design.component(link.target)))
    if kind == "s3_bucket":
        return _files(plan, link)
    if kind == "sqs_queue":
        return _queue(plan, link)
    found = _SERVICES.get((kind, link.role))
    if found is None or (kind == "sns_topic" and plan.setting(link.target, "is_fifo")):
        return None
    service, action, body = found
    integration = _service(plan, link, f"{service}:action/{action}", sub(body % target))
    if service == "sns":
        integration["RequestParameters"] = {"integration.request.header.Content-Type": _FORM}
    return integration


def _function(plan: Plan, link: Link) -> Properties:
    may_invoke(plan, link.source, link.target, GATEWAY, _execution(plan, link.source))
    found: Properties = {
        "Type": "AWS_PROXY",
        "IntegrationHttpMethod": "POST",
        "Uri": _lambda_uri(plan, link.target),
    }
    if link.role == "event":
        header = {"integration.request.header.X-Amz-Invocation-Type": "'Event'"}
        found |= {"Type": "AWS", "RequestParameters": header}
    return found


def _http(uri: Value) -> Properties:
    return {"Type": "HTTP_PROXY", "IntegrationHttpMethod": "ANY", "Uri": uri}


def _service(plan: Plan, link: Link, path: str, body: Value) -> Properties:
    permit(plan, link)
    found: Properties = {
        "Type": "AWS",
        "IntegrationHttpMethod": "POST",
        "Uri": sub(_URI + path),
        "Credentials": plan.role(link.source, GATEWAY),
    }
    return found | ({"RequestTemplates": {"application/json": body}} if body else {})


def _queue(plan: Plan, link: Link) -> Properties:
    body = "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"
    if plan.setting(link.target, "is_fifo"):
        body += "&MessageGroupId=requests"
    path = f"sqs:path/${{AWS::AccountId}}/${{{plan.ids[link.target]}.QueueName}}"
    found = _service(plan, link, path, body)
    found["RequestParameters"] = {"integration.request.header.Content-Type": _FORM}
    return found


def _files(plan: Plan, link: Link) -> Properties:
    verb = "GET" if link.role == "get" else "PUT"
    found = _service(plan, link, f"s3:path/${{{plan.ids[link.target]}}}/object", None)
    return found | {"IntegrationHttpMethod": verb}


def _walls(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    found = [link for link in links if plan.kind(link.target) == "waf_web_acl"]
    found = [o for o in found if plan.setting(o.target, "scope") == "REGIONAL"][:1]
    for link in found:
        stage = f"{plan.ids[id_]}Stage"
        path = f"::/restapis/${{{plan.ids[id_]}}}/stages/{STAGE}"
        whole = sub(f"arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}{path}")
        protect(plan, link, whole, DependsOn=[stage])
    return found


def protect(plan: Plan, link: Link, whole: Value, **attributes: Value) -> None:
    """Put a firewall before what a link comes from.

    Parameters
    ----------
    plan : Plan
        The template so far.
    link : Link
        From what is protected to its firewall.
    whole : any
        ARN of what is protected.
    **attributes : any
        Such as DependsOn.
    """
    properties = {"ResourceArn": whole, "WebACLArn": att(plan.ids[link.target])}
    type_ = "AWS::WAFv2::WebACLAssociation"
    plan.part(link.source, "Firewall", type_, properties, **attributes)
