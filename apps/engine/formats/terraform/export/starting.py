"""What starts others: buses by their rules, clocks, state machines by their tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.engine.formats.terraform.export import calls
from apps.engine.formats.terraform.export.drafting import Draft
from apps.engine.formats.terraform.export.handing import invoked
from apps.engine.formats.terraform.export.sheet import Resource, Value, encoded
from apps.engine.graph import Link

_TASKS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("dynamodb_table", "read"): ("dynamodb:getItem", "TableName"),
    ("dynamodb_table", "write"): ("dynamodb:putItem", "TableName"),
    ("event_bus", "put"): ("events:putEvents", "EventBusName"),
    ("kinesis_stream", "put"): ("aws-sdk:kinesis:putRecord", "StreamARN"),
    ("lambda_function", "invoke"): ("lambda:invoke", "FunctionName"),
    ("s3_bucket", "get"): ("aws-sdk:s3:getObject", "Bucket"),
    ("s3_bucket", "put"): ("aws-sdk:s3:putObject", "Bucket"),
    ("sns_topic", "publish"): ("sns:publish", "TopicArn"),
    ("sqs_queue", "send"): ("sqs:sendMessage", "QueueUrl"),
    ("state_machine", "start"): ("states:startExecution", "StateMachineArn"),
}


def _to_target(draft: Draft, rule: Resource, source: str, link: Link) -> None:
    target = draft.mains[link.target]
    found = draft.sheet.add(
        "aws_cloudwatch_event_target",
        f"{rule.name}_to_{target.name}",
        rule=rule["name"],
        arn=target["arn"],
    )
    if "event_bus_name" in rule.attributes:
        found.attributes["event_bus_name"] = rule.attributes["event_bus_name"]
    if draft.kind(link.target) == "lambda_function":
        invoked(draft, link, "events", rule["arn"])
    elif draft.kind(link.target) in ("state_machine", "kinesis_stream", "firehose_stream"):
        found.attributes["role_arn"] = draft.role(source, "events")
        calls.allow(draft, source, link, "events")


def bus(draft: Draft, source: str, links: list[Link]) -> None:
    """Write a rule for each target of a bus.

    Parameters
    ----------
    draft : Draft
        The module.
    source : str
        Id of the component.
    links : list of Link
        Its links.
    """
    main = draft.mains[source]
    for link in links:
        target = draft.mains.get(link.target)
        if target is not None and not link.settings.get("dead_letter"):
            rule = draft.sheet.add(
                "aws_cloudwatch_event_rule",
                f"{main.name}_to_{target.name}",
                event_bus_name=main["name"],
                event_pattern=encoded({"account": [{"exists": True}]}),
            )
            _to_target(draft, rule, source, link)


def schedule(draft: Draft, source: str, links: list[Link]) -> None:
    """Write what a clock starts.

    Parameters
    ----------
    draft : Draft
        The module.
    source : str
        Id of the component.
    links : list of Link
        Its links.
    """
    main = draft.mains[source]
    for link in links:
        target = draft.mains.get(link.target)
        if target is None or link.settings.get("dead_letter"):
            continue
        if main.type == "aws_cloudwatch_event_rule":
            _to_target(draft, main, source, link)
            continue
        found = main.block("target")
        role = draft.role(source, "scheduler")
        found.attributes.update({"arn": target["arn"], "role_arn": role})
        calls.allow(draft, source, link, "scheduler")


def machine(draft: Draft, source: str, links: list[Link]) -> None:
    """Write the definition of a state machine: one state for each call, one after the other.

    Parameters
    ----------
    draft : Draft
        The module.
    source : str
        Id of the component.
    links : list of Link
        Its links.
    """
    states: dict[str, Any] = {}
    for link in links:
        known = _TASKS.get((draft.kind(link.target), link.role))
        if known is None or link.target not in draft.mains:
            continue
        name = draft.word(draft.architecture.component(link.target))
        for number in range(max(1, int(link.calls or 1))):
            label = f"{name} {link.role}" + (f" {number + 1}" if number else "")
            states[label] = _task(draft, link, *known)
        calls.allow(draft, source, link, "states")
    wanted = int(draft.architecture.component(source).settings.get("states") or 1)
    for number in range(max(0, wanted - len(states))):
        states[f"Step {number + 1}"] = {"Type": "Pass"}
    names = list(states)
    for name, following in zip(names, [*names[1:], ""], strict=True):
        states[name] |= {"Next": following} if following else {"End": True}
    definition: Value = {"StartAt": names[0], "States": states}
    draft.mains[source].attributes["definition"] = encoded(definition)


def _task(draft: Draft, link: Link, service: str, key: str) -> dict[str, Value]:
    parameters: Value = {key: calls.address(draft, link.target)}
    if service == "events:putEvents":
        parameters = {"Entries": [{key: draft.mains[link.target]["name"]}]}
    resource = f"arn:aws:states:::{service}"
    return {"Type": "Task", "Resource": resource, "Parameters": parameters}
