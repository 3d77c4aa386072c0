"""AppSync: what its data sources call."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.cloudformation.wiring import Draft, Wiring

_OWN = frozenset({"ApiId", "ServiceRoleArn", "Name", "Type", "Description"})


def find(wiring: Wiring) -> Iterator[Draft]:
    for source in wiring.resources("AWS::AppSync::DataSource"):
        api = wiring.target(source.get("ApiId")) or wiring.external("appsync", source.properties)
        for key, value in source.properties.pairs():
            if key not in _OWN:
                yield from _calls(wiring, api, value)
    for graph in wiring.resources("AWS::Serverless::GraphQLApi"):
        for path in ("DataSources", "Functions", "Resolvers"):
            node = graph.get(path)
            if node is not None:
                yield from _calls(wiring, graph.id, node)


def _calls(wiring: Wiring, api: str, node: Node) -> Iterator[Draft]:
    named = [id_ for id_ in wiring.targets(node) if id_ != api]
    for id_ in named:
        yield from wiring.call(api, id_, "data source", node)
    endpoint = node.get("Endpoint")
    if endpoint is not None and not named:
        outside = wiring.outside(endpoint.text(), endpoint)
        yield from wiring.call(api, outside, "data source", endpoint)
