"""What storage and sign-in tell others: notifications, streams, triggers, log filters."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.implicit import DEFAULT_BUS
from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.cloudformation.wiring import Draft, Rank, Wiring

_BUCKET = (
    ("LambdaConfigurations", "Function"),
    ("QueueConfigurations", "Queue"),
    ("TopicConfigurations", "Topic"),
)


def find(wiring: Wiring) -> Iterator[Draft]:
    """Yield the links of buckets with what they notify.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    yield from _buckets(wiring)
    yield from _tables(wiring)
    for pool in wiring.resources("AWS::Cognito::UserPool"):
        yield from _each(wiring, pool.id, pool.get("LambdaConfig"), "trigger")
    for log in wiring.resources("AWS::Logs::SubscriptionFilter"):
        group = log.get("LogGroupName")
        source = wiring.target(group) or wiring.external("cloudwatch", log.properties)
        yield from _each(wiring, source, log.get("DestinationArn"), "subscription filter")


def _buckets(wiring: Wiring) -> Iterator[Draft]:
    for bucket in wiring.resources("AWS::S3::Bucket"):
        configuration = bucket.get("NotificationConfiguration")
        for section, key in _BUCKET:
            entries = configuration.get(section) if configuration is not None else None
            for entry in entries.elements() if entries is not None else ():
                yield from _each(wiring, bucket.id, entry.get(key), "notification")
        bridge = bucket.get("NotificationConfiguration.EventBridgeConfiguration")
        if bridge is not None and DEFAULT_BUS in wiring.inventory.components:
            yield from wiring.call(
                bucket.id, DEFAULT_BUS, "EventBridgeConfiguration", bridge, rank=Rank.POLICY
            )


def _tables(wiring: Wiring) -> Iterator[Draft]:
    for table in wiring.resources("AWS::DynamoDB::Table"):
        stream = table.get("KinesisStreamSpecification.StreamArn")
        yield from _each(wiring, table.id, stream, "KinesisStreamSpecification")


def _each(wiring: Wiring, source: str, node: Node | None, mechanism: str) -> Iterator[Draft]:
    for id_ in wiring.targets(node):
        yield from wiring.call(source, id_, mechanism, node or _never())


def _never() -> Node:
    raise AssertionError("A value without a node names nothing.")
