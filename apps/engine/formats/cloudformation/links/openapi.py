"""OpenAPI bodies of APIs, written in the template, included, or in a file beside it."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.definitions import address_of, tree_of_text
from apps.engine.formats.cloudformation.links.authorizers import API_TYPES, asks, keeps_answers
from apps.engine.formats.cloudformation.links.integrations import calls_of
from apps.engine.formats.cloudformation.links.routes import is_preflight, route_settings
from apps.engine.formats.cloudformation.nodes import Node, Scalar, Symbol
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.formats.cloudformation.wiring import Draft, Wiring

INTEGRATION = "x-amazon-apigateway-integration"
AUTHORIZER = "x-amazon-apigateway-authorizer"


def find(wiring: Wiring) -> Iterator[Draft]:
    """Yield the links that OpenAPI documents speak of.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    for api in wiring.resources(*API_TYPES):
        body = body_of(wiring, api)
        if body is None:
            continue
        for path, methods in _pairs(body.get("paths")):
            for method, operation in methods.pairs():
                yield from _operation(wiring, api.id, path, method, operation)
        for key, value in body.walk():
            if key == AUTHORIZER:
                yield from asks(
                    wiring, api.id, value, "OpenAPI authorizer", is_kept=keeps_answers(value)
                )


def body_of(wiring: Wiring, api: Resource) -> Node | None:
    """Return the OpenAPI document of an API, or None.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.
    api : Resource
        An API of API Gateway.

    Returns
    -------
    Node or None
        The document; None where the API has none.
    """
    body = api.get("DefinitionBody") or api.get("Body")
    if body is not None:
        return _parsed(wiring, body)
    address = address_of(api.get("DefinitionUri") or api.get("BodyS3Location"))
    if address is None:
        return None
    document = wiring.library.include(address.text(), address.at, f"The definition of {api.id}")
    return api.stack.resolver.resolve(document) if document is not None else None


def _parsed(wiring: Wiring, body: Node) -> Node | None:
    if not isinstance(body, Scalar | Symbol):
        return body
    tree = tree_of_text(body, wiring.library)
    if tree is None:
        wiring.library.warn("The definition is no OpenAPI document.", body.at)
    return tree


def _operation(
    wiring: Wiring, api: str, path: str, method: str, operation: Node
) -> Iterator[Draft]:
    integration = operation.get(INTEGRATION)
    if integration is None or is_preflight(method):
        return
    settings = route_settings(method, path)
    yield from calls_of(wiring, api, integration, "OpenAPI integration", settings)


def _pairs(node: Node | None) -> Iterator[tuple[str, Node]]:
    return node.pairs() if node is not None else iter(())
