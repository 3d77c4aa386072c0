"""Where goes what could not be handled: dead-letter queues and destinations."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.implicit import destination_id
from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.formats.cloudformation.wiring import Draft, Wiring

FUNCTIONS = ("AWS::Serverless::Function", "AWS::Lambda::Function")


def find(wiring: Wiring) -> Iterator[Draft]:
    """Yield the links to dead-letter queues and destinations for failures.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    for queue in wiring.resources("AWS::SQS::Queue"):
        dead = queue.get("RedrivePolicy.deadLetterTargetArn")
        yield from _lost(wiring, queue.id, dead, "RedrivePolicy")
    for function in wiring.resources(*FUNCTIONS):
        for path in ("DeadLetterQueue.TargetArn", "DeadLetterConfig.TargetArn"):
            yield from _lost(wiring, function.id, function.get(path), path.split(".")[0])
        yield from _destinations(wiring, function.id, function, "EventInvokeConfig.")
    for config in wiring.resources("AWS::Lambda::EventInvokeConfig"):
        caller = wiring.target(config.get("FunctionName"))
        yield from _destinations(wiring, caller, config, "")
    for subscription in wiring.resources("AWS::SNS::Subscription"):
        topic = wiring.target(subscription.get("TopicArn"))
        dead = subscription.get("RedrivePolicy.deadLetterTargetArn")
        yield from _lost(wiring, topic, dead, "RedrivePolicy")


def _destinations(wiring: Wiring, caller: str, resource: Resource, prefix: str) -> Iterator[Draft]:
    for name in ("OnFailure", "OnSuccess"):
        target = resource.get(f"{prefix}DestinationConfig.{name}")
        if target is None:
            continue
        made = destination_id(resource, name) if prefix else ""
        ids = [made] if made else wiring.targets(target.get("Destination"))
        for id_ in ids:
            lost = True if name == "OnFailure" else None
            # A destination that is a function is invoked without being waited for.
            yield from wiring.call(caller, id_, name, target, roles=("event",), dead_letter=lost)


def _lost(wiring: Wiring, caller: str, target: Node | None, mechanism: str) -> Iterator[Draft]:
    if target is not None:
        id_ = wiring.target(target)
        yield from wiring.call(caller, id_, mechanism, target, roles=("event",), dead_letter=True)
