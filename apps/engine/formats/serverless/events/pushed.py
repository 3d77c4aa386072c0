"""Events that a service sends to a function: topics, buckets, logs, user pools, devices."""

from __future__ import annotations

from apps.engine.formats.cloudformation.building import Written, is_true, ref, resource, text_of
from apps.engine.formats.cloudformation.nodes import MapNode, Node
from apps.engine.formats.serverless import names
from apps.engine.formats.serverless.events.common import add_event, main_value
from apps.engine.formats.serverless.service import Function, Service

TOPIC, BUCKET, POOL = "AWS::SNS::Topic", "AWS::S3::Bucket", "AWS::Cognito::UserPool"


def topic(service: Service, function: Function, name: str, event: Node) -> None:
    """Read an event `sns`: the topic of an address, or one that the event makes by its name.

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
    found = main_value(event, "arn", "topicName")
    called = text_of(found)
    properties: dict[str, Written] = {
        "Topic": found,
        "FilterPolicy": event.get("filterPolicy"),
        "RedrivePolicy": event.get("redrivePolicy"),
    }
    if called and not called.startswith(("arn:", "${")):
        id_ = service.by_name(TOPIC, "TopicName", called) or f"SNSTopic{names.plain(called)}"
        service.add(id_, resource(TOPIC, {"TopicName": called}), event)
        properties["Topic"] = ref(id_)
    add_event(function, name, "SNS", event, properties)


def bucket(service: Service, function: Function, name: str, event: Node) -> None:
    """Read an event `s3`; the event makes its bucket unless that exists.

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
    found = main_value(event, "bucket")
    settings = service.provider.get(f"s3.{text_of(found)}") if text_of(found) else None
    named = settings.get("name") if settings is not None else None
    called = text_of(named) or text_of(found)
    properties: dict[str, Written] = {"Bucket": found, "Events": event.get("event")}
    own = service.by_name(BUCKET, "BucketName", called) if called else ""
    if own or (called and not is_true(event.get("existing"))):
        id_ = own or f"S3Bucket{names.plain(text_of(found))}"
        service.add(id_, resource(BUCKET, {"BucketName": named or found}), event)
        properties["Bucket"] = ref(id_)
    add_event(function, name, "S3", event, properties)


def log_group(service: Service, function: Function, name: str, event: Node) -> None:
    """Read an event `cloudwatchLog`.

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
    group = main_value(event, "logGroup")
    add_event(function, name, "CloudWatchLogs", event, {"LogGroupName": group})


def user_pool(service: Service, function: Function, name: str, event: Node) -> None:
    """Read an event `cognitoUserPool`; the event makes its pool unless that exists.

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
    found = main_value(event, "pool")
    called = text_of(found)
    properties: dict[str, Written] = {"UserPool": found, "Trigger": event.get("trigger")}
    own = service.by_name(POOL, "UserPoolName", called) if called else ""
    if own or (called and not is_true(event.get("existing"))):
        id_ = own or f"CognitoUserPool{names.plain(called)}"
        service.add(id_, resource(POOL, {"UserPoolName": called}), event)
        properties["UserPool"] = ref(id_)
    add_event(function, name, "Cognito", event, properties)


def elsewhere(service: Service, function: Function, name: str, event: Node) -> None:
    """Read an event of a service that the design does not hold: Alexa or IoT.

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
    type_ = "AlexaSkill" if name.startswith("Alexa") else "IoTRule"
    at = event if isinstance(event, MapNode) else MapNode(event.file, event.line)
    add_event(function, name, type_, at, {"Sql": event.get("sql")})
