"""Rules of buses and schedules: from events or the clock to their targets."""

from __future__ import annotations

from apps.engine.formats.cloudformation.write.calls.permits import PERMITS
from apps.engine.formats.cloudformation.write.calls.policies import (
    may_invoke,
    may_publish,
    may_send,
)
from apps.engine.formats.cloudformation.write.kinds.compute import invoked
from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.values import Properties, Value, att
from apps.engine.graph import Link

_EVENTS, _SCHEDULER = "events.amazonaws.com", "scheduler.amazonaws.com"
# These have policies of their own; the others are reached by a role.
_BY_POLICY = frozenset({"lambda_function", "sqs_queue", "sns_topic"})
_BY_ROLE = {
    "event_bus": "put",
    "firehose_stream": "put",
    "kinesis_stream": "put",
    "state_machine": "start",
}
# Of a rule; a schedule has one.
MOST_TARGETS = 5
_GROUP = "events"


def rule_all(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    """Write the rules of a bus, one for each of its targets.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the bus.
    links : list of Link
        To whom its events go.

    Returns
    -------
    list of Link
        Those that AWS has no way for.
    """
    made = [link for link in links if _is_target(plan, link, is_bus=True)]
    for link in made:
        suffix = f"To{plan.ids[link.target]}"
        properties: Properties = {
            "EventBusName": plan.ref(id_),
            # Every event; a team writes what its own code puts on the bus.
            "EventPattern": {"source": [{"prefix": ""}]},
        }
        rule = plan.part(id_, suffix, "AWS::Events::Rule", properties)
        properties["Targets"] = [_target(plan, link, att(rule))]
    return [link for link in links if link not in made]


def _is_target(plan: Plan, link: Link, *, is_bus: bool) -> bool:
    kind = plan.kind(link.target)
    if kind == "outside_api":
        return True
    if kind == "state_machine":
        return link.role == "start"
    if kind == "event_bus":
        # A bus passes events on to another one, once.
        return not is_bus or not _comes_back(plan, link)
    if kind == "sns_topic":
        return not plan.setting(link.target, "is_fifo")
    return kind in _BY_POLICY or kind in _BY_ROLE


def _comes_back(plan: Plan, link: Link) -> bool:
    return any(one.target == link.source for one in plan.design.outbound(link.target))


def _target(plan: Plan, link: Link, rule: Value) -> Properties:
    """Return a target of a rule, which is let in by its policy or by the role of the source."""
    kind, target = plan.kind(link.target), link.target
    entry: Properties = {"Id": plan.ids[target][:64], "Arn": _arn(plan, link)}
    if kind == "lambda_function":
        may_invoke(plan, link.source, target, _EVENTS, rule)
    elif kind == "sqs_queue":
        may_send(plan, target, _EVENTS, rule)
        if plan.setting(target, "is_fifo"):
            entry["SqsParameters"] = {"MessageGroupId": _GROUP}
    elif kind == "sns_topic":
        may_publish(plan, target, _EVENTS, rule)
    else:
        entry["RoleArn"] = _by_role(plan, link, _EVENTS)
    return entry


def _arn(plan: Plan, link: Link) -> Value:
    if plan.kind(link.target) == "lambda_function":
        return invoked(plan, "", link.target)
    return plan.names.arn(link.source, link.target)


def _by_role(plan: Plan, link: Link, principal: str) -> Value:
    kind = plan.kind(link.target)
    if kind == "outside_api":
        actions: tuple[str, ...] = ("events:InvokeApiDestination",)
    else:
        actions = PERMITS[kind, _BY_ROLE.get(kind, link.role)].actions
    plan.allow(link.source, actions, [_arn(plan, link)])
    return plan.role(link.source, principal)


def start_all(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    """Write what a schedule starts.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the schedule.
    links : list of Link
        What it starts.

    Returns
    -------
    list of Link
        Those that AWS has no way for.
    """
    is_scheduler = plan.setting(id_, "is_scheduler")
    able = [
        link
        for link in links
        if _is_target(plan, link, is_bus=False)
        and not (is_scheduler and plan.kind(link.target) == "outside_api")
    ]
    if not is_scheduler:
        made = able[:MOST_TARGETS]
        rule = att(plan.ids[id_])
        if made:
            plan.properties(id_)["Targets"] = [_target(plan, link, rule) for link in made]
    else:
        made = able[:1]
        plan.properties(id_)["Target"] = _scheduled(plan, id_, made)
    return [link for link in links if link not in made]


def _scheduled(plan: Plan, id_: str, links: list[Link]) -> Properties:
    if not links:
        label = plan.design.component(id_).label
        asked = plan.ask(id_, "TargetArn", f"ARN of what {label} starts")
        return {"Arn": asked, "RoleArn": plan.role(id_, _SCHEDULER)}
    link = links[0]
    kind, target = plan.kind(link.target), link.target
    roles = {"lambda_function": "invoke", "sqs_queue": "send", "sns_topic": "publish"}
    actions = PERMITS[kind, roles.get(kind) or _BY_ROLE[kind]].actions
    plan.allow(id_, actions, [_arn(plan, link)])
    entry: Properties = {"Arn": _arn(plan, link), "RoleArn": plan.role(id_, _SCHEDULER)}
    if kind == "event_bus":
        entry["EventBridgeParameters"] = {"DetailType": "tick", "Source": "schedule"}
    elif kind == "kinesis_stream":
        entry["KinesisParameters"] = {"PartitionKey": "schedule"}
    elif kind == "sqs_queue" and plan.setting(target, "is_fifo"):
        entry["SqsParameters"] = {"MessageGroupId": _GROUP}
    return entry
