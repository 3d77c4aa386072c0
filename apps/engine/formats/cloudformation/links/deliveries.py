"""Firehose streams and rules of IoT: what they take in, and where they deliver."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.cloudformation.wiring import Draft, Wiring

_SOURCES = ("KinesisStreamSourceConfiguration", "MSKSourceConfiguration")


def find(wiring: Wiring) -> Iterator[Draft]:
    """Yield the links of delivery streams with their sources and destinations.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    for stream in wiring.resources("AWS::KinesisFirehose::DeliveryStream"):
        for key, value in stream.properties.pairs():
            if key in _SOURCES:
                for id_ in wiring.targets(value):
                    yield from wiring.call(
                        id_, stream.id, key, value, mode="stream", roles=("read",)
                    )
            elif "Destination" in key:
                yield from _delivers(wiring, stream.id, value)
    for rule in wiring.resources("AWS::IoT::TopicRule"):
        payload = rule.get("TopicRulePayload")
        for path in ("Actions", "ErrorAction"):
            node = payload.get(path) if payload is not None else None
            for id_ in wiring.targets(node):
                lost = True if path == "ErrorAction" else None
                at = node or rule.properties
                yield from wiring.call(rule.id, id_, "IoT rule", at, dead_letter=lost)


def _delivers(wiring: Wiring, stream: str, destination: Node) -> Iterator[Draft]:
    for id_ in wiring.targets(destination):
        roles = ("put",) if wiring.kind(id_) == "s3_bucket" else ()
        yield from wiring.call(stream, id_, "delivery", destination, roles=roles)
