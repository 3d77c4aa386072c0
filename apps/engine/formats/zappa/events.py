"""What starts a function of Zappa besides requests."""

from __future__ import annotations

from apps.engine.formats.cloudformation.building import (
    Written,
    get_att,
    is_true,
    resource,
    text_of,
    written,
)
from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.zappa.stage import Stage

RULE = "AWS::Events::Rule"
KEEP_WARM = "rate(4 minutes)"
# By the service of an event source: SAM's event, and the key of its source.
_SOURCES = {
    "dynamodb": ("DynamoDB", "Stream"),
    "kinesis": ("Kinesis", "Stream"),
    "s3": ("S3", "Bucket"),
    "sns": ("SNS", "Topic"),
    "sqs": ("SQS", "Queue"),
}


def add_events(stage: Stage) -> None:
    """Add schedules and event sources.

    Parameters
    ----------
    stage : Stage
        The stage, to which they are added.
    """
    events = stage.get("events")
    for number, event in enumerate(events.elements() if events is not None else (), 1):
        clocks = event.get("expressions") or event.get("expression")
        for index, clock in enumerate(clocks.elements() if clocks is not None else ()):
            mark = f"{number}" if not index else f"{number}N{index + 1}"
            _rule(stage, f"{stage.prefix}Schedule{mark}", {"ScheduleExpression": clock}, clock)
        pattern = event.get("event_pattern")
        if pattern is not None:
            _rule(stage, f"{stage.prefix}Rule{number}", {"EventPattern": pattern}, pattern)
        source = event.get("event_source")
        if source is not None:
            _source(stage, f"Source{number}", source)


def keep_warm(stage: Stage) -> None:
    """Add the call by which Zappa keeps one environment, unless it is switched off.

    Parameters
    ----------
    stage : Stage
        The stage, to which it is added.
    """
    setting = stage.get("keep_warm")
    if setting is None or is_true(setting):
        at = stage.get("keep_warm_expression") or setting or stage.settings
        clock: Written = stage.get("keep_warm_expression") or KEEP_WARM
        _rule(stage, f"{stage.prefix}KeepWarm", {"ScheduleExpression": clock}, at)


def _rule(stage: Stage, id_: str, properties: dict[str, Written], at: Node) -> None:
    target: Written = {"Arn": get_att(stage.function), "Id": "function"}
    stage.add(id_, resource(RULE, {**properties, "Targets": [target]}), at)


def _source(stage: Stage, name: str, source: Node) -> None:
    if text_of(source.get("enabled")) == "false":
        stage.library.warn(f"{stage.function}: an event source is switched off.", source.at)
        return
    arn = source.get("arn")
    service = (text_of(arn).split(":") + [""] * 3)[2]
    known = _SOURCES.get(service)
    if arn is None or known is None:
        stage.library.warn(
            f"The event source '{text_of(arn)[:100]}' of {stage.function} is not known.", source.at
        )
        return
    type_, key = known
    id_ = stage.add_address(arn)
    window = source.get("batch_window")
    properties: dict[str, Written] = {
        key: {"Ref": id_} if type_ in ("S3", "SNS") else get_att(id_),
        "BatchSize": source.get("batch_size"),
        "MaximumBatchingWindowInSeconds": window,
        "StartingPosition": source.get("starting_position"),
        "Events": source.get("events") if type_ == "S3" else None,
    }
    stage.events[name] = written(source, {"Type": type_, "Properties": properties})
