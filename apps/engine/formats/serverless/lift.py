"""The constructs of Serverless Lift → resources. https://github.com/getlift/lift"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from apps.engine.formats.cloudformation.building import (
    Written,
    get_att,
    is_true,
    ref,
    resource,
    text_of,
    written,
)
from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.serverless import names
from apps.engine.formats.serverless.constructs import main_id
from apps.engine.formats.serverless.service import Function, Service

# Lift waits six times as long as its worker may run, as AWS advises.
_WAITS = 6
_DEFAULT_RETRIES = 3
QUEUE, BUCKET, TABLE = "AWS::SQS::Queue", "AWS::S3::Bucket", "AWS::DynamoDB::Table"
_TABLE_TYPE = "database/dynamodb-single-table"


def add_constructs(service: Service) -> None:
    """Add the resources of all constructs, and their functions.

    Parameters
    ----------
    service : Service
        The service, before its functions are read.
    """
    for name, body, _ in service.entries(service.variables.at("constructs")):
        type_ = text_of(body.get("type"))
        add = _READERS.get(type_)
        if add is None:
            service.library.warn(
                f"The construct {name} of type '{type_[:40]}' is not known; it is left out.",
                body.at,
            )
        else:
            add(service, name, body)


def _queue(service: Service, name: str, body: Node) -> None:
    main, lost = main_id("queue", name), f"{names.plain(name)}Dlq"
    fifo = is_true(body.get("fifo")) or None
    timeout = text_of(body.get("worker.timeout")) or text_of(service.provider.get("timeout"))
    visibility = _WAITS * int(timeout) if timeout.isdigit() else _WAITS * 6
    window = text_of(body.get("maxBatchingWindow"))
    visibility += int(window) if window.isdigit() else 0
    redrive: Written = {
        "deadLetterTargetArn": get_att(lost),
        "maxReceiveCount": body.get("maxRetries") or _DEFAULT_RETRIES,
    }
    properties: dict[str, Written] = {
        "VisibilityTimeout": visibility,
        "RedrivePolicy": redrive,
        "FifoQueue": fifo,
        "DelaySeconds": body.get("delay"),
    }
    service.add(main, resource(QUEUE, properties), body)
    service.add(lost, resource(QUEUE, {"FifoQueue": fifo}), body)
    worker = body.get("worker")
    if worker is not None:
        function = _function(service, f"{name}Worker", worker, ("constructs", name, "worker"))
        taken: dict[str, Written] = {
            "Queue": get_att(main),
            "BatchSize": body.get("batchSize") or 1,
            "MaximumBatchingWindowInSeconds": body.get("maxBatchingWindow"),
            "ScalingConfig": _most(body.get("maxConcurrency")),
        }
        function.events["Queue"] = written(body, {"Type": "SQS", "Properties": taken})


def _most(node: Node | None) -> Written:
    return {"MaximumConcurrency": node} if node is not None else None


def _function(service: Service, key: str, body: Node, path: tuple[str, ...]) -> Function:
    function = Function(key, names.function_id(key), body, body.line, path)
    service.functions.setdefault(key, function)
    return service.functions[key]


def _storage(service: Service, name: str, body: Node) -> None:
    service.add(main_id("storage", name), resource(BUCKET, {}), body)


def _table(service: Service, name: str, body: Node) -> None:
    properties: dict[str, Written] = {
        "BillingMode": "PAY_PER_REQUEST",
        "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"},
        "TimeToLiveSpecification": {"AttributeName": "TimeToLive", "Enabled": True},
    }
    service.add(main_id(_TABLE_TYPE, name), resource(TABLE, properties), body)


def _webhook(service: Service, name: str, body: Node) -> None:
    """Add an HTTP API that puts what it is told on an event bus, its authorizer before it."""
    api, bus = f"{names.plain(name)}HttpApi", f"{names.plain(name)}EventBus"
    service.add(bus, resource("AWS::Events::EventBus", {"Name": f"{service.name}-{name}"}), body)
    service.add(api, resource("AWS::ApiGatewayV2::Api", {"ProtocolType": "HTTP"}), body)
    integration = f"{names.plain(name)}Integration"
    target: dict[str, Written] = {
        "ApiId": ref(api),
        "IntegrationType": "AWS_PROXY",
        "IntegrationSubtype": "EventBridge-PutEvents",
        "RequestParameters": {"EventBusName": ref(bus)},
    }
    service.add(integration, resource("AWS::ApiGatewayV2::Integration", target), body)
    route: dict[str, Written] = {
        "ApiId": ref(api),
        "RouteKey": f"POST {text_of(body.get('path')) or '/'}",
        "Target": {"Fn::Join": ["/", ["integrations", ref(integration)]]},
    }
    service.add(f"{names.plain(name)}Route", resource("AWS::ApiGatewayV2::Route", route), body)
    guard = body.get("authorizer")
    if guard is not None:
        path = ("constructs", name, "authorizer")
        function = _function(service, f"{name}Authorizer", guard, path)
        asks: dict[str, Written] = {"ApiId": ref(api), "AuthorizerUri": get_att(function.id)}
        service.add(
            f"{names.plain(name)}Authorizer",
            resource("AWS::ApiGatewayV2::Authorizer", asks),
            guard,
        )


def _site(service: Service, name: str, body: Node) -> None:
    """Add a bucket of files with CloudFront before it; a rendered site has its API there too."""
    bucket = f"{names.plain(name)}Bucket"
    service.add(bucket, resource(BUCKET, {}), body)
    assets: Written = {"Id": "assets", "DomainName": get_att(bucket, "RegionalDomainName")}
    settings: dict[str, Written] = {"Enabled": True, "Origins": [assets]}
    settings["DefaultCacheBehavior"] = {"TargetOriginId": "assets"}
    if text_of(body.get("type")) == "server-side-website":
        gateway = text_of(body.get("apiGateway"))
        api = names.REST_API if gateway == "rest" else names.HTTP_API
        host: Written = {"Fn::Sub": f"${{{api}}}.execute-api.${{AWS::Region}}.amazonaws.com"}
        settings["Origins"] = [{"Id": "api", "DomainName": host}, assets]
        settings["DefaultCacheBehavior"] = {"TargetOriginId": "api"}
        paths = dict(files.pairs()) if (files := body.get("assets")) is not None else {}
        settings["CacheBehaviors"] = [
            {"TargetOriginId": "assets", "PathPattern": path} for path in paths
        ]
    service.add(
        f"{names.plain(name)}CDN",
        resource("AWS::CloudFront::Distribution", {"DistributionConfig": settings}),
        body,
    )


_READERS: Mapping[str, Callable[[Service, str, Node], None]] = {
    "queue": _queue,
    "storage": _storage,
    _TABLE_TYPE: _table,
    "webhook": _webhook,
    "static-website": _site,
    "single-page-app": _site,
    "server-side-website": _site,
}
