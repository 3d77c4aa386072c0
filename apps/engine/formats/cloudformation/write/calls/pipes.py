"""Pipes: a source, at most one enrichment, a target."""

from __future__ import annotations

from apps.engine.formats.cloudformation.write.calls.permits import PERMITS, permit_to_poll
from apps.engine.formats.cloudformation.write.kinds.compute import invoked
from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.values import Properties, Value, att
from apps.engine.graph import Link

_SOURCES = {
    "dynamodb_table": "DynamoDBStreamParameters",
    "kinesis_stream": "KinesisStreamParameters",
    "msk_cluster": "ManagedStreamingKafkaParameters",
    "sqs_queue": "SqsQueueParameters",
}
_TARGETS = {
    "event_bus": ("put",),
    "firehose_stream": ("put",),
    "kinesis_stream": ("put",),
    "lambda_function": ("invoke", "event"),
    "outside_api": ("call",),
    "sns_topic": ("publish",),
    "sqs_queue": ("send",),
    "state_machine": ("start", "start_sync"),
}
_ENRICHING = (
    ("lambda_function", "invoke"),
    ("state_machine", "start_sync"),
    ("outside_api", "call"),
)


def takes_from(plan: Plan, link: Link) -> bool:
    """Say whether a pipe takes from the source of a link: it has one.

    Parameters
    ----------
    plan : Plan
        The template so far.
    link : Link
        A link into a pipe.

    Returns
    -------
    bool
        True for its first source, where pipes take from such.
    """
    able = [one for one in plan.design.inbound(link.target) if plan.kind(one.source) in _SOURCES]
    return bool(able) and able[0].key == link.key


def pipe_all(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    """Write where a pipe takes from, whom it asks and where it leads to.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the pipe.
    links : list of Link
        Whom it asks, and where it leads to.

    Returns
    -------
    list of Link
        Those that AWS has no way for.
    """
    source = next((one for one in plan.design.inbound(id_) if takes_from(plan, one)), None)
    properties = plan.properties(id_)
    label = plan.design.component(id_).label
    if source is None:
        properties["Source"] = plan.ask(id_, "SourceArn", f"ARN of what {label} takes from")
    else:
        properties |= _source(plan, id_, source)
    able = [link for link in links if link.role in _TARGETS.get(plan.kind(link.target), ())]
    enriching = [link for link in able if (plan.kind(link.target), link.role) in _ENRICHING]
    first = enriching[:1] if len(able) > 1 else []
    last = [link for link in able if link not in first][:1]
    for link in first:
        properties["Enrichment"] = _arn(plan, link)
        _allow(plan, link)
    for link in last:
        properties["Target"] = _arn(plan, link)
        _allow(plan, link)
        properties |= _parameters(plan, link)
    if not last:
        properties["Target"] = plan.ask(id_, "TargetArn", f"ARN of what {label} leads to")
    return [link for link in links if link not in first + last]


def _source(plan: Plan, id_: str, link: Link) -> Properties:
    kind = plan.kind(link.source)
    attribute = "StreamArn" if kind == "dynamodb_table" else "Arn"
    permit_to_poll(plan, link)
    parameters: Properties = {} if kind == "sqs_queue" else {"StartingPosition": "LATEST"}
    if kind == "msk_cluster":
        topic = plan.ask(link.source, "Topic", "The topic that is read", "events")
        parameters["TopicName"] = topic
    names = {
        "batch": "BatchSize",
        "window_s": "MaximumBatchingWindowInSeconds",
        "parallelization": "ParallelizationFactor",
    }
    for name, key in names.items():
        if link.settings.get(name) is not None:
            parameters[key] = int(link.settings[name])
    found: Properties = {"Source": att(plan.ids[link.source], attribute)}
    return found | ({"SourceParameters": {_SOURCES[kind]: parameters}} if parameters else {})


def _arn(plan: Plan, link: Link) -> Value:
    if plan.kind(link.target) == "lambda_function":
        return invoked(plan, link.source, link.target)
    return plan.names.arn(link.source, link.target)


def _allow(plan: Plan, link: Link) -> None:
    kind = plan.kind(link.target)
    if kind == "outside_api":
        plan.allow(link.source, ["events:InvokeApiDestination"], [_arn(plan, link)])
    else:
        plan.allow(link.source, PERMITS[kind, link.role].actions, [_arn(plan, link)])


def _parameters(plan: Plan, link: Link) -> Properties:
    """Return what some targets must be told beside the event."""
    found: Properties = {}
    match plan.kind(link.target):
        case "lambda_function":
            way = "FIRE_AND_FORGET" if link.role == "event" else "REQUEST_RESPONSE"
            found = {"LambdaFunctionParameters": {"InvocationType": way}}
        case "state_machine":
            way = "FIRE_AND_FORGET" if link.role == "start" else "REQUEST_RESPONSE"
            found = {"StepFunctionStateMachineParameters": {"InvocationType": way}}
        case "kinesis_stream":
            found = {"KinesisStreamParameters": {"PartitionKey": "$.eventID"}}
        case "sqs_queue" if plan.setting(link.target, "is_fifo"):
            found = {"SqsQueueParameters": {"MessageGroupId": "events"}}
    return {"TargetParameters": found} if found else {}
