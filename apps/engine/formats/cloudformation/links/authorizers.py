"""Who decides whether a request to an API is let in."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.formats.cloudformation.wiring import Draft, Wiring

API_TYPES = (
    *("AWS::Serverless::Api", "AWS::Serverless::HttpApi"),
    *("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"),
)
_TYPES = ("AWS::ApiGateway::Authorizer", "AWS::ApiGatewayV2::Authorizer")
# How long an answer is kept, in all the ways of writing it.
_LIFETIMES = frozenset({"authorizerresultttlinseconds", "reauthorizeevery"})
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
        is_kept = keeps_answers(authorizer.properties) and not _lacks_identity(authorizer)
        for key, value in authorizer.properties.pairs():
            if key not in _OWN:
                yield from asks(wiring, api, value, "authorizer", is_kept=is_kept)
    for api_resource in wiring.resources(*API_TYPES):
        auth = api_resource.get("Auth")
        if auth is not None:
            is_kept = keeps_answers(auth)
            yield from asks(wiring, api_resource.id, auth, "Auth", is_kept=is_kept)
    for graph in wiring.resources("AWS::AppSync::GraphQLApi", "AWS::Serverless::GraphQLApi"):
        for path in ("UserPoolConfig", "AdditionalAuthenticationProviders", "Auth"):
            node = graph.get(path)
            if node is not None:
                yield from asks(wiring, graph.id, node, path, is_kept=keeps_answers(node))


def keeps_answers(node: Node) -> bool:
    """Return whether an API keeps what its authorizer said of a token, as it does for 5 minutes.

    Parameters
    ----------
    node : Node
        The authorizer, or all of an API's.

    Returns
    -------
    bool
        False where the time is set to nothing.
    """
    found = (value for key, value in node.walk() if key.lower() in _LIFETIMES)
    return all(value.text() != "0" for value in found)


def _lacks_identity(authorizer: Resource) -> bool:
    """Return whether an authorizer of an HTTP API says of nothing by which to keep an answer."""
    return authorizer.type == _TYPES[1] and authorizer.get("IdentitySource") is None


def asks(wiring: Wiring, api: str, node: Node, mechanism: str, *, is_kept: bool) -> Iterator[Draft]:
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
    is_kept : bool
        The API keeps the answer of a function for a while.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    for id_ in wiring.targets(node):
        if id_ != api:
            # An API checks a token by the pool's public keys, which it keeps: people come to the
            # pool to sign in, and the pool says how often. A function is asked for each token
            # again, and by sockets each time.
            is_pool = wiring.kind(id_) == "cognito_user_pool"
            is_socket = wiring.kind(api) == "websocket_api"
            kept = True if is_kept and not is_pool and not is_socket else None
            calls = 1.0 if kept is None and not is_pool else None
            yield from wiring.call(
                api, id_, mechanism, node, calls=calls, is_extra=True, is_kept=kept
            )
