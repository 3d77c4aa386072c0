"""AppSync: what its data sources call."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.cloudformation.wiring import Draft, Wiring

_OWN = frozenset({"ApiId", "ServiceRoleArn", "Name", "Type", "Description"})
# Mutations are as rare as the routes that write.
_WEIGHTS = {"put": 2.0, "write": 2.0}


def find(wiring: Wiring) -> Iterator[Draft]:
    """Yield the links of AppSync with its data sources.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
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
        for door in wiring.doors(api, id_):
            weight = _WEIGHTS.get(door.role)
            roles = (door.role,)
            yield from wiring.call(api, id_, "data source", node, roles=roles, weight=weight)
    endpoint = node.get("Endpoint")
    if endpoint is not None and not named:
        outside = wiring.outside(endpoint.text(), endpoint)
        yield from wiring.call(api, outside, "data source", endpoint)
