"""Resources that a template does not write down: SAM and AWS make them."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.nodes import MapNode, Node, Scalar
from apps.engine.formats.cloudformation.stack import IMPLICIT_APIS, Resource
from apps.engine.graph import Source

RULE, SCHEDULE, QUEUE = "AWS::Events::Rule", "AWS::Scheduler::Schedule", "AWS::SQS::Queue"
TOPIC = "AWS::SNS::Topic"
BUS, URL = "AWS::Events::EventBus", "AWS::Lambda::Url"
DEFAULT_BUS = "default"
_API_EVENTS = {
    "Api": ("RestApiId", "ServerlessRestApi"),
    "HttpApi": ("ApiId", "ServerlessHttpApi"),
}
_RUNS = frozenset({"AWS::Serverless::Function", "AWS::Serverless::StateMachine"})
_BUS_EVENTS = frozenset({"EventBridgeRule", "CloudWatchEvent"})


def sam_events(resource: Resource) -> Iterator[tuple[str, str, MapNode]]:
    """Yield name, type and properties of the events of a SAM function or state machine.

    Parameters
    ----------
    resource : Resource
        A resource with its properties.

    Yields
    ------
    tuple[str, str, MapNode]
        Name, type and properties of each event.
    """
    events = resource.get("Events") if resource.type in _RUNS else None
    for name, event in events.pairs() if events is not None else ():
        type_, properties = event.get("Type"), event.get("Properties")
        if type_ is None:
            continue
        if not isinstance(properties, MapNode):
            properties = MapNode(event.file, event.line)
        yield name, type_.text(), properties


def is_off(event: Node) -> bool:
    """Return whether an event or an event source mapping is switched off.

    Parameters
    ----------
    event : Node
        Properties of the event or mapping.

    Returns
    -------
    bool
        True where Enabled or State says so.
    """
    enabled, state = event.get("Enabled"), event.get("State")
    is_disabled = state is not None and state.text() == "DISABLED"
    return is_disabled or (enabled is not None and enabled.text() == "false")


def implicit_resources(resources: list[Resource]) -> list[Resource]:
    """Return what SAM and AWS add to the resources of a template.

    Parameters
    ----------
    resources : list[Resource]
        The resources of a template.

    Returns
    -------
    list[Resource]
        APIs, queues and buses that nobody wrote but that are there.
    """
    made: dict[str, Resource] = {}
    known = {resource.id for resource in resources}
    for resource in resources:
        for extra in made_by(resource):
            if extra.id not in known:
                made.setdefault(extra.id, extra)
    return list(made.values())


def made_by(resource: Resource) -> Iterator[Resource]:
    """Yield what SAM and AWS add for one resource.

    Parameters
    ----------
    resource : Resource
        A resource with its properties.

    Yields
    ------
    Resource
        Several resources may add the same one.
    """
    yield from _of_events(resource)
    url = resource.get("FunctionUrlConfig")
    if url is not None:
        yield _make(resource, f"{resource.id}Url", URL, url, url)
    if resource.type == RULE and resource.get("ScheduleExpression") is None:
        bus = resource.get("EventBusName")
        if is_default_bus(bus):
            yield _make(resource, default_bus_id(resource), BUS, bus or resource.properties)
    for name in ("OnFailure", "OnSuccess"):
        target = resource.get(f"EventInvokeConfig.DestinationConfig.{name}")
        id_ = destination_id(resource, name)
        if target is not None and id_:
            yield _make(resource, id_, QUEUE if id_.endswith("Queue") else TOPIC, target)


def _of_events(resource: Resource) -> Iterator[Resource]:
    prefix = prefix_of(resource.id)
    for name, type_, properties in sam_events(resource):
        if type_ in _API_EVENTS:
            key, api = _API_EVENTS[type_]
            if properties.get(key) is None:
                common = _api_globals(api, resource)
                yield _make(resource, prefix + api, IMPLICIT_APIS[api], properties, common)
        elif type_ in ("Schedule", "ScheduleV2"):
            yield _schedule(resource, name, type_, properties)
        elif type_ in _BUS_EVENTS and is_default_bus(properties.get("EventBusName")):
            yield _make(resource, default_bus_id(resource), BUS, properties)
        elif type_ == "SNS" and makes_queue(properties):
            yield _make(resource, f"{resource.id}{name}Queue", QUEUE, properties)
        dead = properties.get("DeadLetterConfig")
        if dead is not None and dead.get("Arn") is None and _is_queue(dead):
            yield _make(resource, event_queue_id(resource, name, dead), QUEUE, dead)


def takes_by_queue(event: Node) -> bool:
    """Return whether a function takes a topic's messages through a queue of its own.

    Parameters
    ----------
    event : Node
        Properties of an event of type SNS.

    Returns
    -------
    bool
        True where SqsSubscription is true, or says which queue.
    """
    queue = event.get("SqsSubscription")
    return queue is not None and queue.text() != "false"


def makes_queue(event: Node) -> bool:
    """Return whether SAM makes the queue through which a function takes a topic's messages.

    Parameters
    ----------
    event : Node
        Properties of an event of type SNS.

    Returns
    -------
    bool
        False where the template names a queue, or wants none.
    """
    return takes_by_queue(event) and event.get("SqsSubscription.QueueArn") is None


def event_queue_id(resource: Resource, event: str, dead_letter_config: Node) -> str:
    """Return the id of the queue that SAM makes for what an event could not deliver.

    Parameters
    ----------
    resource : Resource
        A resource with its properties.
    event : str
        Name of the event in the template.
    dead_letter_config : Node
        DeadLetterConfig of the event.

    Returns
    -------
    str
        Its id; the id of the queue that is named where there is one.
    """
    named = dead_letter_config.get("QueueLogicalId")
    own = f"{resource.id}{event}Queue"
    return prefix_of(resource.id) + named.text() if named is not None else own


def destination_id(resource: Resource, name: str) -> str:
    """Return the id of the queue or topic that SAM makes for what a function hands on.

    Parameters
    ----------
    resource : Resource
        A SAM function.
    name : str
        OnFailure or OnSuccess.

    Returns
    -------
    str
        Its id; empty where the template names a destination, or none.
    """
    target = resource.get(f"EventInvokeConfig.DestinationConfig.{name}")
    if target is None or target.get("Destination") is not None:
        return ""
    type_ = target.get("Type")
    made = {"SQS": "Queue", "SNS": "Topic"}.get(type_.text() if type_ is not None else "", "")
    return f"{resource.id}EventInvokeConfig{name}{made}" if made else ""


def prefix_of(resource_id: str) -> str:
    """Return the path of the nested stack that a resource stands in, with its slash.

    Parameters
    ----------
    resource_id : str
        Id with the path of its nested stacks.

    Returns
    -------
    str
        The path, empty in the outermost template.
    """
    return resource_id.rpartition("/")[0] + "/" if "/" in resource_id else ""


def default_bus_id(resource: Resource) -> str:
    """Return the id of the account's own bus. It is one for all stacks.

    Parameters
    ----------
    resource : Resource
        A resource with its properties.

    Returns
    -------
    str
        The id of the default bus.
    """
    return DEFAULT_BUS


def is_default_bus(node: Node | None) -> bool:
    """Say whether a value names the account's own bus.

    Parameters
    ----------
    node : Node or None
        A value of a template, or what stands below it.

    Returns
    -------
    bool
        True where no bus is named, or "default".
    """
    return node is None or node.text() in ("", "default") or node.text().endswith("/default")


def _is_queue(node: Node) -> bool:
    type_ = node.get("Type")
    return type_ is not None and type_.text() == "SQS"


def _schedule(resource: Resource, name: str, type_: str, properties: MapNode) -> Resource:
    expression = properties.get("Schedule") or properties.get("ScheduleExpression")
    entries: dict[str, Node] = dict(properties.entries)
    if expression is not None:
        entries["ScheduleExpression"] = expression
    if is_off(properties):
        entries["State"] = Scalar(properties.file, properties.line, "DISABLED")
    body = MapNode(properties.file, properties.line, entries)
    return _make(
        resource, f"{resource.id}{name}", SCHEDULE if type_ == "ScheduleV2" else RULE, body, body
    )


def _api_globals(api: str, resource: Resource) -> Node | None:
    section = "Api" if api == "ServerlessRestApi" else "HttpApi"
    common = resource.stack.document.get(f"Globals.{section}")
    return resource.stack.resolver.resolve(common) if common is not None else None


def _make(
    maker: Resource, id_: str, type_: str, at: Node, properties: Node | None = None
) -> Resource:
    node = properties if isinstance(properties, MapNode) else MapNode(at.file, at.line)
    return Resource(id_, type_, Source(at.file, at.line), node, node, maker.stack)
