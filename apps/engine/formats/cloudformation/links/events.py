"""SAM's events: what starts a function or a state machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from apps.engine.formats.cloudformation.implicit import (
    default_bus_id,
    event_queue_id,
    is_default_bus,
    is_off,
    prefix_of,
    sam_events,
    takes_by_queue,
)
from apps.engine.formats.cloudformation.links.event_patterns import emitters
from apps.engine.formats.cloudformation.links.routes import route_settings
from apps.engine.formats.cloudformation.nodes import MapNode, Node
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.formats.cloudformation.wiring import Draft, Wiring

# Where a polled source is named, by the type of the event, and its service.
_POLLED = {
    "DocumentDB": ("Cluster", "documentdb"),
    "DynamoDB": ("Stream", "dynamodb"),
    "Kinesis": ("Stream", "kinesis"),
    "MQ": ("Broker", "mq"),
    "MSK": ("Stream", "msk"),
    "SQS": ("Queue", "sqs"),
    "SelfManagedKafka": ("KafkaBootstrapServers", "msk"),
}
_PUSHED = {
    "CloudWatchLogs": ("LogGroupName", "cloudwatch"),
    "Cognito": ("UserPool", "cognito"),
    "S3": ("Bucket", "s3"),
}
_ELSEWHERE = {"AlexaSkill": "alexa", "IoTRule": "iot"}


def find(wiring: Wiring) -> Iterator[Draft]:
    """Yield the links of the events of SAM functions and state machines.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    types = ("AWS::Serverless::Function", "AWS::Serverless::StateMachine")
    for resource in wiring.resources(*types):
        for name, type_, event in sam_events(resource):
            if is_off(event):
                wiring.library.warn(f"{resource.id}: the event {name} is switched off.", event.at)
                continue
            yield from _event(wiring, resource, name, type_, event)
            yield from _failures(wiring, resource, name, type_, event)


def _event(
    wiring: Wiring, resource: Resource, name: str, type_: str, event: MapNode
) -> Iterator[Draft]:
    reader = _READERS.get(type_)
    if reader is not None:
        yield from reader(wiring, resource, name, event)
    elif type_ in _POLLED:
        yield from _polled(wiring, resource, type_, event)
    elif type_ in _PUSHED:
        key, service = _PUSHED[type_]
        source = wiring.target(event.get(key)) or wiring.external(service, event)
        yield from wiring.call(source, resource.id, f"event {type_}", event)
    elif type_ in _ELSEWHERE:
        source = wiring.external(_ELSEWHERE[type_], event)
        yield from wiring.call(source, resource.id, f"event {type_}", event)
    else:
        wiring.library.warn(f"The event type {type_} of {resource.id} is not known.", event.at)


def _api(wiring: Wiring, resource: Resource, name: str, event: MapNode) -> Iterator[Draft]:
    named = event.get("RestApiId")
    api = wiring.target(named) if named else prefix_of(resource.id) + "ServerlessRestApi"
    yield from _route(wiring, resource, api or wiring.external("apigateway", event), event, "Api")


def _http_api(wiring: Wiring, resource: Resource, name: str, event: MapNode) -> Iterator[Draft]:
    named = event.get("ApiId")
    api = wiring.target(named) if named else prefix_of(resource.id) + "ServerlessHttpApi"
    api = api or wiring.external("apigateway", event)
    yield from _route(wiring, resource, api, event, "HttpApi")


def _route(
    wiring: Wiring, resource: Resource, api: str, event: MapNode, type_: str
) -> Iterator[Draft]:
    method, path = event.get("Method"), event.get("Path")
    settings = route_settings(
        method.text() if method is not None else "ANY", path.text() if path is not None else "/"
    )
    is_machine = resource.type.endswith("StateMachine")
    roles = () if is_machine else ("invoke",)
    yield from wiring.call(api, resource.id, f"event {type_}", event, roles=roles, **settings)


def _schedule(wiring: Wiring, resource: Resource, name: str, event: MapNode) -> Iterator[Draft]:
    yield from wiring.call(f"{resource.id}{name}", resource.id, "event Schedule", event)


def _bus(wiring: Wiring, resource: Resource, name: str, event: MapNode) -> Iterator[Draft]:
    bus = _bus_of(wiring, resource, event)
    yield from wiring.call(bus, resource.id, "event EventBridgeRule", event)
    pattern = event.get("Pattern") or event.get("EventPattern")
    yield from emitters(wiring, bus, pattern, event, resource.id)


def _bus_of(wiring: Wiring, resource: Resource, event: MapNode) -> str:
    named = event.get("EventBusName")
    if is_default_bus(named):
        return default_bus_id(resource)
    known = next(iter(wiring.of("eventbridge", named)), "")
    return known or wiring.external("eventbridge", event)


def _topic(wiring: Wiring, resource: Resource, name: str, event: MapNode) -> Iterator[Draft]:
    topic = wiring.target(event.get("Topic")) or wiring.external("sns", event)
    dead = event.get("RedrivePolicy.deadLetterTargetArn")
    if dead is not None:
        lost = wiring.target(dead)
        yield from wiring.call(topic, lost, "event RedrivePolicy", dead, dead_letter=True)
    if not takes_by_queue(event):
        yield from wiring.call(topic, resource.id, "event SNS", event)
        return
    taken = event.get("SqsSubscription") or event
    queue = wiring.target(taken.get("QueueArn")) or f"{resource.id}{name}Queue"
    yield from wiring.call(topic, queue, "event SNS", event)
    yield from wiring.call(
        queue, resource.id, "event SNS", event, mode="stream", **poll_settings(taken)
    )


def _polled(wiring: Wiring, resource: Resource, type_: str, event: MapNode) -> Iterator[Draft]:
    key, service = _POLLED[type_]
    source = wiring.target(event.get(key)) or wiring.external(service, event)
    yield from wiring.call(
        source, resource.id, f"event {type_}", event, mode="stream", **poll_settings(event)
    )


def _failures(
    wiring: Wiring, resource: Resource, name: str, type_: str, event: MapNode
) -> Iterator[Draft]:
    """Read where events go that could not be delivered or handled."""
    dead = event.get("DeadLetterConfig")
    if dead is not None:
        made = event_queue_id(resource, name, dead)
        # SAM makes the queue only where the type says so.
        made = made if made in wiring.inventory.resources else ""
        target = wiring.target(dead.get("Arn")) or made
        reader = _READERS.get(type_)
        sender = f"{resource.id}{name}" if reader is _schedule else resource.id
        sender = _bus_of(wiring, resource, event) if reader is _bus else sender
        yield from wiring.call(sender, target, "event DeadLetterConfig", dead, dead_letter=True)
    failed = event.get("DestinationConfig.OnFailure.Destination")
    for target in wiring.targets(failed):
        yield from wiring.call(
            resource.id, target, "event DestinationConfig", failed or event, dead_letter=True
        )


def poll_settings(node: Node) -> dict[str, Any]:
    """Return how a consumer takes from a queue or stream.

    Parameters
    ----------
    node : Node
        Properties of the event or the event source mapping.

    Returns
    -------
    dict[str, Any]
        Batch, window, concurrency and parallelization, as far as they are written.
    """
    return {
        "batch": _number(node.get("BatchSize")),
        "window_s": _number(node.get("MaximumBatchingWindowInSeconds")),
        "max_concurrency": _number(node.get("ScalingConfig.MaximumConcurrency")),
        "parallelization": _number(node.get("ParallelizationFactor")),
    }


def _number(node: Node | None) -> int | None:
    return int(node.text()) if node is not None and node.text().isdigit() else None


_READERS: dict[str, Callable[[Wiring, Resource, str, MapNode], Iterator[Draft]]] = {
    "Api": _api,
    "CloudWatchEvent": _bus,
    "EventBridgeRule": _bus,
    "HttpApi": _http_api,
    "SNS": _topic,
    "Schedule": _schedule,
    "ScheduleV2": _schedule,
}
