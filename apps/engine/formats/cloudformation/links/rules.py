"""EventBridge rules and schedules: from the bus, or from the clock, to the targets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apps.engine.formats.cloudformation.actions import ACTIONS
from apps.engine.formats.cloudformation.implicit import default_bus_id, is_default_bus
from apps.engine.formats.cloudformation.kinds import is_disabled
from apps.engine.formats.cloudformation.links.event_patterns import emitters
from apps.engine.formats.cloudformation.naming import arn_service
from apps.engine.formats.cloudformation.nodes import Node, flat, references
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.formats.cloudformation.wiring import Draft, Wiring

RULE = "AWS::Events::Rule"
_UNIVERSAL = re.compile(r"arn:[^:]*:scheduler:::aws-sdk:([a-z0-9]+):(\w+)")


def find(wiring: Wiring) -> Iterator[Draft]:
    """Yield the links of rules with their targets, and of buses with their rules.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    for rule in wiring.resources(RULE):
        if is_disabled(rule):
            wiring.library.warn(f"{rule.id} is switched off and sends nothing.", rule.properties.at)
            continue
        source = sender_of(wiring, rule)
        yield from emitters(wiring, source, rule.get("EventPattern"), rule.properties, rule.id)
        for target in _items(rule.get("Targets")):
            yield from _target(wiring, source, target, "rule", rule.id)
    for schedule in wiring.resources("AWS::Scheduler::Schedule"):
        for target in () if is_disabled(schedule) else _items(schedule.get("Target")):
            yield from _target(wiring, schedule.id, target, "schedule", schedule.id)


def sender_of(wiring: Wiring, rule: Resource) -> str:
    """Return what sends to the targets of a rule: its bus, or the rule itself by the clock.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.
    rule : Resource
        A rule of EventBridge.

    Returns
    -------
    str
        Id of the component.
    """
    if rule.get("ScheduleExpression") is not None:
        return rule.id
    bus = rule.get("EventBusName")
    if is_default_bus(bus):
        return default_bus_id(rule)
    known = next(iter(wiring.of("eventbridge", bus)), "")
    return known or wiring.external("eventbridge", rule.properties)


def senders_of(wiring: Wiring, node: Node | None) -> list[str]:
    """Return what sends for those that a value names: of a rule, its bus.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.
    node : Node or None
        The source of a permission, such as an ARN.

    Returns
    -------
    list of str
        Ids of components; empty for rules that are switched off.
    """
    named = {reference.target for reference, _ in references(node)}
    rules = [rule for rule in wiring.resources(RULE) if rule.id in named]
    if rules:
        return [sender_of(wiring, rule) for rule in rules if not is_disabled(rule)]
    return wiring.targets(node)


def _target(
    wiring: Wiring, source: str, target: Node, mechanism: str, near: str
) -> Iterator[Draft]:
    arn = target.get("Arn")
    # A cluster is named beside the task that it runs.
    ids = wiring.targets(target.get("EcsParameters.TaskDefinitionArn"))
    ids = (
        ids or wiring.targets(arn) or _by_input(wiring, arn, target) or _service(wiring, arn, near)
    )
    for id_ in ids:
        yield from wiring.call(source, id_, f"{mechanism} target", arn or target)
    dead = target.get("DeadLetterConfig.Arn")
    if dead is not None:
        lost = wiring.target(dead)
        yield from wiring.call(
            source, lost, f"{mechanism} DeadLetterConfig", dead, dead_letter=True
        )


def _by_input(wiring: Wiring, arn: Node | None, target: Node) -> list[str]:
    """Return what an action of the SDK is called for, which its input names."""
    match = _UNIVERSAL.match(flat(arn.text())) if arn is not None else None
    if match is None:
        return []
    return wiring.of(ACTIONS.get(match[1], match[1]), target.get("Input"))


def _service(wiring: Wiring, arn: Node | None, near: str) -> list[str]:
    """Return the service behind an ARN of something that the template does not define."""
    text = flat(arn.text()) if arn is not None else ""
    match = _UNIVERSAL.match(text)
    service = ACTIONS.get(match[1], match[1]) if match else arn_service(text)
    if arn is None or not service:
        imported = wiring.imported(arn)
        return [imported] if imported else []
    local = wiring.of_service(service, near)
    return local if len(local) == 1 else [] if local else [wiring.external(service, arn)]


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.elements() if node is not None else ()
