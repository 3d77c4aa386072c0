"""Who decides whether a request to an API is let in."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.links.openapi import API_TYPES
from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.cloudformation.wiring import Draft, Wiring

_TYPES = ("AWS::ApiGateway::Authorizer", "AWS::ApiGatewayV2::Authorizer")
_OWN = frozenset({"RestApiId", "ApiId", "AuthorizerCredentials", "AuthorizerCredentialsArn"})


def find(wiring: Wiring) -> Iterator[Draft]:
    for authorizer in wiring.resources(*_TYPES):
        api = wiring.target(authorizer.get("RestApiId") or authorizer.get("ApiId"))
        for key, value in authorizer.properties.pairs():
            if key not in _OWN:
                yield from _asks(wiring, api, value, "authorizer")
    for api_resource in wiring.resources(*API_TYPES):
        auth = api_resource.get("Auth")
        if auth is not None:
            yield from _asks(wiring, api_resource.id, auth, "Auth")
    for graph in wiring.resources("AWS::AppSync::GraphQLApi", "AWS::Serverless::GraphQLApi"):
        for path in ("UserPoolConfig", "AdditionalAuthenticationProviders", "Auth"):
            node = graph.get(path)
            if node is not None:
                yield from _asks(wiring, graph.id, node, path)


def _asks(wiring: Wiring, api: str, node: Node, mechanism: str) -> Iterator[Draft]:
    for id_ in wiring.targets(node):
        # An API checks a token by the pool's public keys, which it keeps: no call a request.
        calls = 0.0 if wiring.service(id_) == "cognito" else None
        if id_ != api:
            yield from wiring.call(api, id_, mechanism, node, calls=calls)
