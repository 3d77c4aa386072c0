"""What is taken from queues, streams and tables: event source mappings, and pollers in code."""

from __future__ import annotations

from collections.abc import Mapping

from apps.engine.formats.cloudformation.write.calls.permits import permit_to_poll
from apps.engine.formats.cloudformation.write.kinds.compute import invoked
from apps.engine.formats.cloudformation.write.kinds.databases import secret_of
from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.values import Properties, arn, att
from apps.engine.graph import Link

MAPPING = "AWS::Lambda::EventSourceMapping"
_SETTINGS: Mapping[str, str] = {
    "batch": "BatchSize",
    "window_s": "MaximumBatchingWindowInSeconds",
    "parallelization": "ParallelizationFactor",
}
_CODE = frozenset({"ecs_service", "auto_scaling_group"})
_RECEIVES = 3
# The bounds of AWS for what one mapping of a queue may run at a time.
LEAST_AT_ONCE, MOST_AT_ONCE = 2, 1000


def feed_all(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    """Write how the consumers of a queue, stream or table take from it.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of what holds the messages.
    links : list of Link
        Who takes them.

    Returns
    -------
    list of Link
        Those that AWS has no way for.
    """
    return [link for link in links if not _feed(plan, link)]


def _feed(plan: Plan, link: Link) -> bool:
    source, target = plan.kind(link.source), plan.kind(link.target)
    if target in ("pipe", "firehose_stream"):
        # They name their source themselves.
        return target == "pipe" or source == "kinesis_stream"
    if target == "lambda_function":
        _mapping(plan, link)
        return True
    if target in _CODE and source != "documentdb_cluster":
        permit_to_poll(plan, link)
        suffix = {"sqs_queue": "QUEUE_URL", "dynamodb_table": "STREAM_ARN"}.get(source, "STREAM")
        is_table = source == "dynamodb_table"
        id_ = plan.ids[link.source]
        value = att(id_, "StreamArn") if is_table else plan.names.name(link.target, link.source)
        plan.tell(link.target, link.source, suffix, value)
        return True
    if source == "sqs_queue" and target == "sqs_queue":
        return _redrive(plan, link)
    if source == "dynamodb_table" and target == "kinesis_stream":
        properties = plan.properties(link.source)
        is_first = "KinesisStreamSpecification" not in properties
        properties.setdefault(
            "KinesisStreamSpecification", {"StreamArn": att(plan.ids[link.target])}
        )
        return is_first
    return False


def _redrive(plan: Plan, link: Link) -> bool:
    properties = plan.properties(link.source)
    is_alike = plan.setting(link.source, "is_fifo") == plan.setting(link.target, "is_fifo")
    if "RedrivePolicy" in properties or not is_alike:
        return False
    if not plan.names.is_reachable(link.source, link.target):
        return False
    most = plan.setting(link.source, "max_receive_count") or _RECEIVES
    properties["RedrivePolicy"] = {
        "deadLetterTargetArn": att(plan.ids[link.target]),
        "maxReceiveCount": most,
    }
    return True


def _mapping(plan: Plan, link: Link) -> None:
    kind = plan.kind(link.source)
    permit_to_poll(plan, link)
    properties: Properties = {
        "FunctionName": invoked(plan, "", link.target),
        "EventSourceArn": att(plan.ids[link.source]),
    }
    if kind == "dynamodb_table":
        properties["EventSourceArn"] = att(plan.ids[link.source], "StreamArn")
    elif kind == "msk_cluster":
        properties["Topics"] = [plan.ask(link.source, "Topic", "The topic that is read", "events")]
    elif kind == "documentdb_cluster":
        properties |= _documents(plan, link)
    if kind != "sqs_queue":
        properties["StartingPosition"] = "LATEST"
    for name, key in _SETTINGS.items():
        given = link.settings.get(name)
        if given is not None:
            properties[key] = int(given)
    at_once = link.settings.get("max_concurrency")
    if at_once is not None and kind == "sqs_queue":
        bounded = min(max(int(at_once), LEAST_AT_ONCE), MOST_AT_ONCE)
        properties["ScalingConfig"] = {"MaximumConcurrency": bounded}
    plan.part(link.target, f"From{plan.ids[link.source]}", MAPPING, properties)


def _documents(plan: Plan, link: Link) -> Properties:
    secret = secret_of(plan, link.source)
    plan.allow(link.target, ["secretsmanager:GetSecretValue"], [secret])
    name = plan.ask(link.source, "Database", "The database whose changes are read", "app")
    return {
        "EventSourceArn": arn("rds", f"cluster:${{{plan.ids[link.source]}}}"),
        "DocumentDBEventSourceConfig": {"DatabaseName": name},
        "SourceAccessConfigurations": [{"Type": "BASIC_AUTH", "URI": secret}],
    }
