"""State machines of the plugin serverless-step-functions → those of SAM."""

from __future__ import annotations

from apps.engine.formats.cloudformation.building import Written, resource, text_of, written
from apps.engine.formats.cloudformation.nodes import ListNode, MapNode, Node, Scalar
from apps.engine.formats.serverless import names
from apps.engine.formats.serverless.events import apis, rules
from apps.engine.formats.serverless.events.common import main_value
from apps.engine.formats.serverless.service import Function, Service

MACHINE = "AWS::Serverless::StateMachine"


def add_machines(service: Service) -> None:
    """Add the state machines of a service.

    Parameters
    ----------
    service : Service
        The service, to which they are added.
    """
    for key, body, line in service.entries(service.variables.at("stepFunctions.stateMachines")):
        id_ = text_of(body.get("id")) or f"{names.plain(key)}StepFunctionsStateMachine"
        definition = body.get("definition")
        name: Written = body.get("name")
        traced = text_of(body.get("tracingConfig.enabled")) == "true"
        properties: dict[str, Written] = {
            "Name": name,
            "Type": (text_of(body.get("type")) or "STANDARD").upper(),
            "Definition": named(service, definition) if definition is not None else None,
            "Role": body.get("role"),
            "Tracing": {"Enabled": True} if traced else None,
            "Events": _events(service, id_, key, body.get("events")),
        }
        service.add(id_, resource(MACHINE, properties), body, line)


def named(service: Service, node: Node) -> Node:
    """Return a definition in which a function's key stands for its logical id.

    Parameters
    ----------
    service : Service
        The service, whose functions are meant.
    node : Node
        A value of the definition.

    Returns
    -------
    Node
        The same with other names in Ref and Fn::GetAtt.
    """
    if isinstance(node, ListNode):
        return ListNode(node.file, node.line, tuple(named(service, item) for item in node.items))
    if not isinstance(node, MapNode):
        return node
    entries: dict[str, Node] = {}
    for key, value in node.entries.items():
        if key == "Ref":
            entries[key] = _renamed(service, value)
        elif key == "Fn::GetAtt" and isinstance(value, ListNode) and value.items:
            items = (_renamed(service, value.items[0]), *value.items[1:])
            entries[key] = ListNode(value.file, value.line, items)
        elif key == "Fn::GetAtt" and isinstance(value, Scalar):
            name, _, attribute = value.text().partition(".")
            parts = (_renamed(service, Scalar(value.file, value.line, name)), attribute)
            entries[key] = written(value, list(parts))
        else:
            entries[key] = named(service, value)
    return MapNode(node.file, node.line, entries, node.key_lines)


def _renamed(service: Service, name: Node) -> Node:
    found = service.functions.get(name.text())
    return written(name, found.id) if found is not None else name


def _events(service: Service, id_: str, key: str, events: Node | None) -> Written:
    """Return SAM's events of a machine, which the readers of a function's events write."""
    machine = Function(key, id_, MapNode("", 0), 0)
    for number, item in enumerate(events.elements() if events is not None else (), 1):
        for type_, event in item.pairs():
            name = f"{names.plain(type_)}{number}"
            if type_ == "http":
                apis.rest(service, machine, name, event)
            elif type_ == "httpApi":
                apis.http(service, machine, name, event)
            elif type_ == "schedule":
                _clock(machine, name, event)
            elif type_ in ("eventBridge", "cloudwatchEvent"):
                _rule(service, machine, name, event)
            else:
                service.library.warn(
                    f"The event type '{type_[:40]}' of {id_} is not known.", event.at
                )
    return dict(machine.events) or None


def _clock(machine: Function, name: str, event: Node) -> None:
    rates = main_value(event, "rate", "cron")
    for index, rate in enumerate(rates.elements() if rates is not None else ()):
        mark = name if not index else f"{name}N{index}"
        body: Written = {"Type": "Schedule", "Properties": {"Schedule": rate}}
        machine.events[mark] = written(rate, body)


def _rule(service: Service, machine: Function, name: str, event: Node) -> None:
    where = event.get("eventBus") or event.get("event.eventBusName") or event.get("eventBusName")
    properties: dict[str, Written] = {
        "EventBusName": rules.bus(service, where),
        "Pattern": event.get("event") or event.get("pattern"),
    }
    body: Written = {"Type": "EventBridgeRule", "Properties": properties}
    machine.events[name] = written(event, body)
