"""SNS subscriptions, on the topic or apart."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.cloudformation.wiring import Draft, Wiring


def find(wiring: Wiring) -> Iterator[Draft]:
    """Yield the links of topics with their subscribers.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    for subscription in wiring.resources("AWS::SNS::Subscription"):
        named = subscription.get("TopicArn")
        topic = wiring.target(named) or wiring.external("sns", subscription.properties)
        yield from _to(wiring, topic, subscription.get("Endpoint"))
    for resource in wiring.resources("AWS::SNS::Topic"):
        entries = resource.get("Subscription")
        for entry in entries.elements() if entries is not None else ():
            yield from _to(wiring, resource.id, entry.get("Endpoint"))


def _to(wiring: Wiring, topic: str, endpoint: Node | None) -> Iterator[Draft]:
    if endpoint is None:
        return
    target = wiring.target(endpoint) or wiring.imported(endpoint)
    target = target or wiring.outside(endpoint.text(), endpoint)
    yield from wiring.call(topic, target, "subscription", endpoint)
