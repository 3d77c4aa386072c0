"""SAM's connectors, and function URLs, which lead to one function each."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from apps.engine.formats.cloudformation.inventory import sibling
from apps.engine.formats.cloudformation.links.statements import start_of
from apps.engine.formats.cloudformation.nodes import Node, references
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.formats.cloudformation.wiring import Draft, Rank, Wiring
from apps.engine.graph import Mode

_PERMISSIONS = {
    "dynamodb_table": {"Read": "read", "Write": "write"},
    "s3_bucket": {"Read": "get", "Write": "put"},
}
_ADDRESSES = ("Arn", "QueueUrl", "Name", "ResourceId", "RoleName")
_POLLED = frozenset({"dynamodb_table", "kinesis_stream", "sqs_queue"})


def find(wiring: Wiring) -> Iterator[Draft]:
    """Yield the links of SAM connectors.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    for resource in list(wiring.inventory.resources.values()):
        inline = resource.body.get("Connectors")
        for _, connector in inline.pairs() if inline is not None else ():
            properties = connector.get("Properties")
            if properties is not None:
                yield from _connects(wiring, resource, resource.id, properties)
    for resource in wiring.resources("AWS::Serverless::Connector"):
        source = _end(wiring, resource, resource.get("Source"))
        yield from _connects(wiring, resource, source, resource.properties)
    for url in wiring.resources("AWS::Lambda::Url"):
        function = wiring.target(url.get("TargetFunctionArn"))
        yield from wiring.call(url.id, function or _owner(wiring, url), "URL", url.properties)


def _owner(wiring: Wiring, url: Resource) -> str:
    """Return the function of a URL that SAM makes: its id is the function's with a suffix."""
    function = url.id.removesuffix("Url")
    return function if function in wiring.inventory.components else ""


def _connects(wiring: Wiring, resource: Resource, source: str, properties: Node) -> Iterator[Draft]:
    destinations = properties.get("Destination")
    permissions = properties.get("Permissions")
    names = {p.text() for p in permissions.elements()} if permissions is not None else set()
    for destination in destinations.elements() if destinations is not None else ():
        target = _end(wiring, resource, destination)
        if target and source and target in wiring.inventory.components:
            yield from _connector(wiring, source, target, names, destination)


def _end(wiring: Wiring, resource: Resource, node: Node | None) -> str:
    """Return the component at one end: named by its logical id, or by its address or role."""
    named = node.get("Id") if node is not None else None
    if named is not None:
        return wiring.component(sibling(resource, named.text()))
    for name in _ADDRESSES:
        address = node.get(name) if node is not None else None
        id_ = wiring.target(address) or _owner_of_role(wiring, address)
        if id_:
            return id_
    return ""


def _owner_of_role(wiring: Wiring, role: Node | None) -> str:
    """Return the component that SAM gives a role of its own."""
    targets = (reference.target for reference, _ in references(role))
    return next((id_ for id_ in targets if id_ in wiring.inventory.components), "")


def _connector(
    wiring: Wiring, source: str, target: str, permissions: Collection[str], at: Node
) -> Iterator[Draft]:
    is_poll = wiring.kind(source) in _POLLED and wiring.kind(target) == "lambda_function"
    if wiring.kind(target) == "sqs_queue" and "Write" not in permissions:
        source, target, is_poll = target, source, True  # Who reads a queue takes from it.
    by_kind = _PERMISSIONS.get(wiring.kind(target), {})
    roles = [by_kind[name] for name in permissions if name in by_kind]
    if wiring.kind(target) == "state_machine":
        if "Write" not in permissions:  # Who reads a state machine starts nothing.
            return
        roles = [start_of(wiring, target)]
    mode: Mode | None = "stream" if is_poll else None
    yield from wiring.call(
        source, target, "connector", at, rank=Rank.POLICY, roles=sorted(roles), mode=mode
    )
