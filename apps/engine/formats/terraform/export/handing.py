"""What hands on what it holds: queues, streams, topics, buses, buckets, clocks, machines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.engine.formats.terraform.export import calls
from apps.engine.formats.terraform.export.drafting import Draft
from apps.engine.formats.terraform.export.sheet import Raw, Resource, Value, encoded
from apps.engine.graph import Link

_POLLS: Mapping[str, tuple[str, ...]] = {
    "dynamodb_table": ("dynamodb:GetRecords", "dynamodb:GetShardIterator"),
    "kinesis_stream": ("kinesis:GetRecords", "kinesis:GetShardIterator"),
    "sqs_queue": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
}
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


def _target(draft: Draft, link: Link) -> Resource | None:
    return draft.mains.get(link.target)


def _kind(draft: Draft, id_: str) -> str:
    return draft.architecture.component(id_).kind


def invoked(draft: Draft, link: Link, principal: str, source: Raw) -> None:
    """Let a service invoke a function.

    Parameters
    ----------
    draft : Draft
        The module.
    link : Link
        The call.
    principal : str
        The service, such as sns.
    source : Raw
        ARN of who calls.
    """
    main = draft.mains[link.target]
    draft.sheet.add(
        "aws_lambda_permission",
        main.name,
        function_name=main["function_name"],
        action="lambda:InvokeFunction",
        principal=f"{principal}.amazonaws.com",
        source_arn=source,
    )


def _polled(draft: Draft, source: str, link: Link, arn: Raw) -> None:
    function = draft.mains[link.target]
    mapping = draft.sheet.add(
        "aws_lambda_event_source_mapping",
        f"{draft.mains[source].name}_to_{function.name}",
        event_source_arn=arn,
        function_name=function["arn"],
    )
    settings = link.settings
    for name, attribute in (
        ("batch", "batch_size"),
        ("window_s", "maximum_batching_window_in_seconds"),
        ("parallelization", "parallelization_factor"),
    ):
        if settings.get(name) is not None:
            mapping.attributes[attribute] = settings[name]
    if _kind(draft, source) != "sqs_queue":
        mapping.attributes["starting_position"] = "LATEST"
    if settings.get("max_concurrency") is not None:
        scaling = mapping.block("scaling_config")
        scaling.attributes["maximum_concurrency"] = settings["max_concurrency"]
    draft.allow(link.target, list(_POLLS.get(_kind(draft, source), ())), arn)


def queue(draft: Draft, source: str, links: list[Link]) -> None:
    """Write what takes from a queue, and where it puts what fails."""
    main = draft.mains[source]
    for link in links:
        target = _target(draft, link)
        if target is None:
            continue
        if link.settings.get("dead_letter"):
            count = draft.architecture.component(source).settings.get("max_receive_count")
            main.attributes["redrive_policy"] = encoded(
                {"deadLetterTargetArn": target["arn"], "maxReceiveCount": int(count or 3)}
            )
        elif _kind(draft, link.target) == "lambda_function":
            _polled(draft, source, link, main["arn"])
        elif _kind(draft, link.target) == "pipe":
            _piped(draft, link, source, main["arn"])


def stream(draft: Draft, source: str, links: list[Link]) -> None:
    """Write what reads a stream."""
    main = draft.mains[source]
    for link in links:
        target = _target(draft, link)
        kind = _kind(draft, link.target)
        if kind == "lambda_function" and target is not None:
            _polled(draft, source, link, main["arn"])
        elif kind == "pipe":
            _piped(draft, link, source, main["arn"])
        elif kind == "firehose_stream" and target is not None:
            role = draft.role(link.target, "firehose")
            taken = target.block("kinesis_source_configuration")
            taken.attributes.update({"kinesis_stream_arn": main["arn"], "role_arn": role})


def table(draft: Draft, source: str, links: list[Link]) -> None:
    """Write what follows the changes of a table."""
    main = draft.mains[source]
    for link in links:
        target, kind = _target(draft, link), _kind(draft, link.target)
        if kind in ("lambda_function", "pipe"):
            main.attributes.setdefault("stream_enabled", True)
            main.attributes.setdefault("stream_view_type", "NEW_AND_OLD_IMAGES")
        if kind == "lambda_function" and target is not None:
            _polled(draft, source, link, main["stream_arn"])
        elif kind == "pipe":
            _piped(draft, link, source, main["stream_arn"])
        elif kind == "kinesis_stream" and target is not None:
            draft.sheet.add(
                "aws_dynamodb_kinesis_streaming_destination",
                main.name,
                table_name=main["name"],
                stream_arn=target["arn"],
            )


def _piped(draft: Draft, link: Link, source: str, arn: Raw) -> None:
    main = draft.mains[link.target]
    main.attributes["source"] = arn
    draft.allow(link.target, list(_POLLS.get(_kind(draft, source), ())), arn)
    if link.settings.get("batch") is not None:
        name = {"sqs_queue": "sqs_queue_parameters", "kinesis_stream": "kinesis_stream_parameters"}
        inner = name.get(_kind(draft, source), "dynamodb_stream_parameters")
        found = main.block("source_parameters").block(inner)
        found.attributes["batch_size"] = link.settings["batch"]
        if inner != "sqs_queue_parameters":
            found.attributes["starting_position"] = "LATEST"


def pipe(draft: Draft, source: str, links: list[Link]) -> None:
    """Write what a pipe asks and where it hands on."""
    main = draft.mains[source]
    for link in links:
        target = _target(draft, link)
        if target is not None:
            is_asked = link.mode == "sync" and len(links) > 1
            main.attributes["enrichment" if is_asked else "target"] = target["arn"]
            calls.allow(draft, source, link, "pipes")


def topic(draft: Draft, source: str, links: list[Link]) -> None:
    """Write the subscriptions of a topic."""
    main = draft.mains[source]
    protocols = {"lambda_function": "lambda", "sqs_queue": "sqs", "firehose_stream": "firehose"}
    for link in links:
        target, kind = _target(draft, link), _kind(draft, link.target)
        if target is None or kind not in protocols or link.settings.get("dead_letter"):
            continue
        found = draft.sheet.add(
            "aws_sns_topic_subscription",
            f"{main.name}_to_{target.name}",
            topic_arn=main["arn"],
            protocol=protocols[kind],
            endpoint=target["arn"],
        )
        if kind == "firehose_stream":
            found.attributes["subscription_role_arn"] = draft.role(source, "sns")
        elif kind == "lambda_function":
            invoked(draft, link, "sns", main["arn"])


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
    if _kind(draft, link.target) == "lambda_function":
        invoked(draft, link, "events", rule["arn"])
    elif _kind(draft, link.target) in ("state_machine", "kinesis_stream", "firehose_stream"):
        found.attributes["role_arn"] = draft.role(source, "events")
        calls.allow(draft, source, link, "events")


def bus(draft: Draft, source: str, links: list[Link]) -> None:
    """Write a rule for each target of a bus."""
    main = draft.mains[source]
    for link in links:
        target = _target(draft, link)
        if target is not None and not link.settings.get("dead_letter"):
            rule = draft.sheet.add(
                "aws_cloudwatch_event_rule",
                f"{main.name}_to_{target.name}",
                event_bus_name=main["name"],
                event_pattern=encoded({"account": [{"exists": True}]}),
            )
            _to_target(draft, rule, source, link)


def schedule(draft: Draft, source: str, links: list[Link]) -> None:
    """Write what a clock starts."""
    main = draft.mains[source]
    for link in links:
        target = _target(draft, link)
        if target is None or link.settings.get("dead_letter"):
            continue
        if main.type == "aws_cloudwatch_event_rule":
            _to_target(draft, main, source, link)
            continue
        found = main.block("target")
        role = draft.role(source, "scheduler")
        found.attributes.update({"arn": target["arn"], "role_arn": role})
        calls.allow(draft, source, link, "scheduler")


def bucket(draft: Draft, source: str, links: list[Link]) -> None:
    """Write whom a bucket notifies."""
    main = draft.mains[source]
    told = [link for link in links if _kind(draft, link.target) in _TOLD]
    if not told:
        return
    found = draft.sheet.add("aws_s3_bucket_notification", main.name, bucket=main["id"])
    for link in told:
        name = _TOLD[_kind(draft, link.target)]
        inner = found.block(name, fresh=True)
        inner.attributes[f"{name}_arn"] = draft.mains[link.target]["arn"]
        inner.attributes["events"] = ["s3:ObjectCreated:*"]
        if name == "lambda_function":
            invoked(draft, link, "s3", main["arn"])


_TOLD = {"lambda_function": "lambda_function", "sqs_queue": "queue", "sns_topic": "topic"}


def delivery(draft: Draft, source: str, links: list[Link]) -> None:
    """Write where a delivery stream delivers."""
    main = draft.mains[source]
    for link in links:
        if _kind(draft, link.target) == "s3_bucket":
            found = main.block("extended_s3_configuration")
            role = draft.role(source, "firehose")
            arn = draft.mains[link.target]["arn"]
            found.attributes.update({"bucket_arn": arn, "role_arn": role})
            draft.allow(source, ["s3:PutObject"], Raw(f'"${{{arn.text}}}/*"'))


def logs(draft: Draft, source: str, links: list[Link]) -> None:
    """Write who is sent the lines of a log."""
    main = draft.mains[source]
    for link in links:
        target = _target(draft, link)
        if target is not None:
            draft.sheet.add(
                "aws_cloudwatch_log_subscription_filter",
                f"{main.name}_to_{target.name}",
                name=f"{main.name}-to-{target.name}",
                log_group_name=main["name"],
                filter_pattern="",
                destination_arn=target["arn"],
            )


def pool(draft: Draft, source: str, links: list[Link]) -> None:
    """Write the functions that a user pool asks."""
    triggers = iter(("pre_sign_up", "post_confirmation", "pre_authentication", "custom_message"))
    for link in links:
        if link.target in draft.mains:
            arn = draft.mains[link.target]["arn"]
            draft.mains[source].block("lambda_config").attributes[next(triggers, "user")] = arn


def alarm(draft: Draft, source: str, links: list[Link]) -> None:
    """Write whom an alarm tells."""
    found: list[Value] = [draft.mains[x.target]["arn"] for x in links if x.target in draft.mains]
    draft.mains[source].attributes["alarm_actions"] = found


def machine(draft: Draft, source: str, links: list[Link]) -> None:
    """Write the definition of a state machine: one state for each call, one after the other."""
    main = draft.mains[source]
    states: dict[str, Any] = {}
    for link in links:
        kind = _kind(draft, link.target)
        known = _TASKS.get((kind, link.role))
        if known is None or link.target not in draft.mains:
            continue
        service, key = known
        name = draft.word(draft.architecture.component(link.target))
        for number in range(max(1, int(link.calls or 1))):
            label = f"{name} {link.role}" + (f" {number + 1}" if number else "")
            argument: Value = calls.address(draft, link.target)
            parameters: Value = {key: argument}
            if service == "events:putEvents":
                parameters = {"Entries": [{key: draft.mains[link.target]["name"]}]}
            states[label] = {
                "Type": "Task",
                "Resource": f"arn:aws:states:::{service}",
                "Parameters": parameters,
            }
        calls.allow(draft, source, link, "states")
    wanted = int(draft.architecture.component(source).settings.get("states") or 1)
    for number in range(max(0, wanted - len(states))):
        states[f"Step {number + 1}"] = {"Type": "Pass"}
    names = list(states)
    for name, following in zip(names, [*names[1:], ""], strict=True):
        states[name] |= {"Next": following} if following else {"End": True}
    main.attributes["definition"] = encoded({"StartAt": names[0], "States": states})
