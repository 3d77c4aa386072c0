"""Who decides whether a request to an API is let in."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.cloudformation.wiring import Draft, Wiring

API_TYPES = (
    *("AWS::Serverless::Api", "AWS::Serverless::HttpApi"),
    *("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"),
)
_TYPES = ("AWS::ApiGateway::Authorizer", "AWS::ApiGatewayV2::Authorizer")
_OWN = frozenset({"RestApiId", "ApiId", "AuthorizerCredentials", "AuthorizerCredentialsArn"})


def find(wiring: Wiring) -> Iterator[Draft]:
    """Yield the links of APIs with the functions and pools that let requests in.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    for authorizer in wiring.resources(*_TYPES):
        api = wiring.target(authorizer.get("RestApiId") or authorizer.get("ApiId"))
        for key, value in authorizer.properties.pairs():
            if key not in _OWN:
                yield from asks(wiring, api, value, "authorizer")
    for api_resource in wiring.resources(*API_TYPES):
        auth = api_resource.get("Auth")
        if auth is not None:
            yield from asks(wiring, api_resource.id, auth, "Auth")
    for graph in wiring.resources("AWS::AppSync::GraphQLApi", "AWS::Serverless::GraphQLApi"):
        for path in ("UserPoolConfig", "AdditionalAuthenticationProviders", "Auth"):
            node = graph.get(path)
            if node is not None:
                yield from asks(wiring, graph.id, node, path)


def asks(wiring: Wiring, api: str, node: Node, mechanism: str) -> Iterator[Draft]:
    """Yield the links of an API with what lets requests in: they come on top of its routes.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.
    api : str
        Id of the API.
    node : Node
        The authorizer as the API names it.
    mechanism : str
        Where the link was read, for the reader of the graph.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    for id_ in wiring.targets(node):
        if id_ != api:
            # An API checks a token by the pool's public keys, which it keeps: people come to the
            # pool to sign in, and the pool says how often. A function is asked each time.
            calls = None if wiring.kind(id_) == "cognito_user_pool" else 1.0
            yield from wiring.call(api, id_, mechanism, node, calls=calls, is_extra=True)
