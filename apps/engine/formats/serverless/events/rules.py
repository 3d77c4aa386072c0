"""Events by the clock, and those of an event bus."""

from __future__ import annotations

from apps.engine.formats.cloudformation.building import (
    Written,
    get_att,
    ref,
    resource,
    text_of,
)
from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.serverless import names
from apps.engine.formats.serverless.events.common import main_value
from apps.engine.formats.serverless.service import Function, Service

RULE, SCHEDULE, BUS = "AWS::Events::Rule", "AWS::Scheduler::Schedule", "AWS::Events::EventBus"


def schedule(service: Service, function: Function, name: str, event: Node) -> None:
    """Read an event `schedule`: a rule, or a schedule of EventBridge Scheduler, for each rate.

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
    rates = main_value(event, "rate", "cron")
    is_scheduler = text_of(event.get("method")) == "scheduler"
    for index, rate in enumerate(rates.elements() if rates is not None else ()):
        mark = name if not index else f"{name}{chr(ord('A') + index % 26)}"
        add_clock(service, function, mark, rate, is_scheduler=is_scheduler)


def add_clock(
    service: Service, function: Function, name: str, rate: Node, *, is_scheduler: bool
) -> None:
    """Add what starts a function by the clock.

    Parameters
    ----------
    service : Service
        The service, to which it is added.
    function : Function
        The function.
    name : str
        Name of the event.
    rate : Node
        Such as rate(5 minutes).
    is_scheduler : bool
        EventBridge Scheduler does it, no rule.
    """
    normal = names.normal(function.key)
    target: Written = {"Arn": get_att(function.id), "Id": "function"}
    if is_scheduler:
        body = resource(SCHEDULE, {"ScheduleExpression": rate, "Target": target})
        service.add(f"{normal}Events{name}", body, rate)
    else:
        body = resource(RULE, {"ScheduleExpression": rate, "Targets": [target]})
        service.add(f"{normal}EventsRule{name}", body, rate)


def rule(service: Service, function: Function, name: str, event: Node) -> None:
    """Read an event `eventBridge` or `cloudwatchEvent`.

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
    if event.get("schedule") is not None:
        schedule(service, function, name, event.get("schedule") or event)
        return
    lost = event.get("deadLetterQueueArn")
    target: Written = {
        "Arn": get_att(function.id),
        "Id": "function",
        "DeadLetterConfig": {"Arn": lost} if lost is not None else None,
    }
    properties = {
        "EventBusName": bus(service, event.get("eventBus")),
        "EventPattern": event.get("pattern") or event.get("event"),
        "Targets": [target],
    }
    service.add(f"{names.normal(function.key)}EventsRule{name}", resource(RULE, properties), event)


def bus(service: Service, named: Node | None) -> Written:
    """Return what names an event bus; one that is named and not there is added.

    Parameters
    ----------
    service : Service
        The service, to which it is added.
    named : Node or None
        Name, address or reference.

    Returns
    -------
    Written
        None for the account's own bus.
    """
    called = text_of(named)
    if named is None or not called or called == "default" or called.startswith(("arn:", "${")):
        return named
    id_ = service.by_name(BUS, "Name", called) or f"{names.plain(called)}EventBus"
    service.add(id_, resource(BUS, {"Name": called}), named)
    return ref(id_)
