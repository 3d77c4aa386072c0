"""Events that a function takes from a queue, a stream or a broker."""

from __future__ import annotations

from apps.engine.formats.cloudformation.building import Written, text_of
from apps.engine.formats.cloudformation.nodes import Node, leaves
from apps.engine.formats.serverless.events.common import add_event, main_value, poller
from apps.engine.formats.serverless.service import Function, Service


def queue(service: Service, function: Function, name: str, event: Node) -> None:
    """Read an event `sqs`.

    Parameters
    ----------
    service : Service
        The service, to which resources are added.
    function : Function
        The function that the event starts.
    name : str
        Name of the event.
    event : Node
        The event as it stands.
    """
    arn = main_value(event, "arn")
    add_event(function, name, "SQS", event, {"Queue": arn, **poller(event)})


def stream(service: Service, function: Function, name: str, event: Node) -> None:
    """Read an event `stream`, of DynamoDB or Kinesis.

    Parameters
    ----------
    service : Service
        The service, to which resources are added.
    function : Function
        The function that the event starts.
    name : str
        Name of the event.
    event : Node
        The event as it stands.
    """
    arn = main_value(event, "arn")
    type_ = "DynamoDB" if _is_of_table(event, arn) else "Kinesis"
    failed = event.get("destinations.onFailure")
    lost: Written = None
    if failed is not None:
        lost = {"OnFailure": {"Destination": failed.get("arn") or failed}}
    properties = {"Stream": arn, "DestinationConfig": lost, **poller(event)}
    add_event(function, name, type_, event, properties)


def kafka(service: Service, function: Function, name: str, event: Node) -> None:
    """Read an event `msk` or `kafka`.

    Parameters
    ----------
    service : Service
        The service, to which resources are added.
    function : Function
        The function that the event starts.
    name : str
        Name of the event.
    event : Node
        The event as it stands.
    """
    servers = event.get("bootstrapServers")
    topics = event.get("topic")
    properties: dict[str, Written] = {
        "Topics": [topics] if topics is not None else None,
        **poller(event),
    }
    if servers is not None:
        properties["KafkaBootstrapServers"] = servers
        add_event(function, name, "SelfManagedKafka", event, properties)
    else:
        properties["Stream"] = main_value(event, "arn")
        add_event(function, name, "MSK", event, properties)


def broker(service: Service, function: Function, name: str, event: Node) -> None:
    """Read an event `activemq` or `rabbitmq`.

    Parameters
    ----------
    service : Service
        The service, to which resources are added.
    function : Function
        The function that the event starts.
    name : str
        Name of the event.
    event : Node
        The event as it stands.
    """
    named = event.get("queue")
    properties = {
        "Broker": main_value(event, "arn"),
        "Queues": [named] if named is not None else None,
        **poller(event),
    }
    add_event(function, name, "MQ", event, properties)


def document_database(service: Service, function: Function, name: str, event: Node) -> None:
    """Read an event `documentDb`.

    Parameters
    ----------
    service : Service
        The service, to which resources are added.
    function : Function
        The function that the event starts.
    name : str
        Name of the event.
    event : Node
        The event as it stands.
    """
    cluster = main_value(event, "cluster", "clusterArn", "arn")
    add_event(function, name, "DocumentDB", event, {"Cluster": cluster, **poller(event)})


def _is_of_table(event: Node, arn: Node | None) -> bool:
    type_ = text_of(event.get("type"))
    if type_:
        return type_ == "dynamodb"
    texts = " ".join(leaf.text() for leaf in leaves(arn))
    return "dynamodb" in texts.lower() or "StreamArn" in texts
