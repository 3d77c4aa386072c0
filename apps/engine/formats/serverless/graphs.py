"""GraphQL APIs of the plugin serverless-appsync-plugin → AppSync with its data sources."""

from __future__ import annotations

from apps.engine.formats.cloudformation.building import Written, get_att, ref, resource, text_of
from apps.engine.formats.cloudformation.nodes import MapNode, Node
from apps.engine.formats.serverless import names
from apps.engine.formats.serverless.functions import add_function
from apps.engine.formats.serverless.service import Function, Service

API = "GraphQlApi"


def add_graphs(service: Service) -> None:
    """Add the GraphQL API of a service; several where the section is a list.

    Parameters
    ----------
    service : Service
        The service, to which it is added.
    """
    section = service.variables.at("appSync") or service.variables.at("custom.appSync")
    for number, graph in enumerate(section.elements() if section is not None else ()):
        if isinstance(graph, MapNode):
            _add_graph(service, graph, API if not number else f"{API}{number + 1}")


def _add_graph(service: Service, graph: Node, api: str) -> None:
    kind = graph.get("authentication.type") or graph.get("authenticationType")
    properties: dict[str, Written] = {
        "Name": graph.get("name") or service.name,
        "AuthenticationType": kind,
        "UserPoolConfig": graph.get("authentication.config") or graph.get("userPoolConfig"),
        "XrayEnabled": graph.get("xrayEnabled"),
    }
    service.add(api, resource("AWS::AppSync::GraphQLApi", properties), graph)
    for key, source in _sources(service, graph):
        target = _target(service, key, source)
        body = resource("AWS::AppSync::DataSource", {"ApiId": ref(api), **target})
        service.add(f"{api}Ds{names.plain(key)}", body, source)


def _sources(service: Service, graph: Node) -> list[tuple[str, Node]]:
    """Return the data sources: by name, or in a list where each says its own."""
    found: list[tuple[str, Node]] = []
    for key, source, _ in service.entries(graph.get("dataSources")):
        if key == "type":  # One source of a list, its keys side by side.
            continue
        found.append((key, source))
    section = graph.get("dataSources")
    listed = section.elements() if section is not None else ()
    named = [source for source in listed if source.get("type") is not None]
    if named:
        return [(text_of(source.get("name")), source) for source in named]
    return [(key, source) for key, source in found if isinstance(source, MapNode)]


def _target(service: Service, key: str, source: Node) -> dict[str, Written]:
    type_ = text_of(source.get("type"))
    config = source.get("config") or MapNode(source.file, source.line)
    properties: dict[str, Written] = {"Type": type_, "Name": key}
    if type_ == "AWS_LAMBDA":
        properties["LambdaConfig"] = {"LambdaFunctionArn": _function(service, key, config)}
    elif type_ == "AMAZON_DYNAMODB":
        properties["DynamoDBConfig"] = {"TableName": config.get("tableName")}
    elif type_ == "HTTP":
        properties["HttpConfig"] = {"Endpoint": config.get("endpoint")}
    elif type_ == "AMAZON_EVENTBRIDGE":
        properties["EventBridgeConfig"] = {"EventBusArn": config.get("eventBusArn")}
    elif type_ != "NONE":
        properties["Config"] = config
    return properties


def _function(service: Service, key: str, config: Node) -> Written:
    named = config.get("functionName") or config.get("functionArn")
    named = named or config.get("lambdaFunctionArn")
    own = config.get("function")
    if own is not None:
        function = Function(key, names.function_id(f"Embedded{key}"), own, own.line)
        add_function(service, function)
        return get_att(function.id)
    return service.function_named(named)
