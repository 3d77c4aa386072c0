"""What hands on what it holds: queues, streams, tables, pipes and topics."""

from __future__ import annotations

from collections.abc import Mapping

from apps.engine.formats.terraform.export import calls
from apps.engine.formats.terraform.export.drafting import Draft
from apps.engine.formats.terraform.export.sheet import Raw, Resource, encoded
from apps.engine.graph import Link

_POLLS: Mapping[str, tuple[str, ...]] = {
    "dynamodb_table": ("dynamodb:GetRecords", "dynamodb:GetShardIterator"),
    "kinesis_stream": ("kinesis:GetRecords", "kinesis:GetShardIterator"),
    "sqs_queue": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
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
    if _kind(draft, source) == "msk_cluster":
        mapping.attributes["topics"] = ["events"]
    if _kind(draft, source) != "sqs_queue":
        mapping.attributes["starting_position"] = "LATEST"
    if settings.get("max_concurrency") is not None:
        scaling = mapping.block("scaling_config")
        scaling.attributes["maximum_concurrency"] = settings["max_concurrency"]
    _takes(draft, source, link, arn)


def _takes(draft: Draft, source: str, link: Link, arn: Raw) -> None:
    actions = _POLLS.get(_kind(draft, source))
    if actions is not None:
        draft.allow(link.target, list(actions), arn)


def queue(draft: Draft, source: str, links: list[Link]) -> None:
    """Write what takes from a queue, and where it puts what fails.

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
    """Write what reads a stream.

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
    """Write what follows the changes of a table.

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
    _takes(draft, source, link, arn)
    if link.settings.get("batch") is not None:
        name = {"sqs_queue": "sqs_queue_parameters", "kinesis_stream": "kinesis_stream_parameters"}
        inner = name.get(_kind(draft, source), "dynamodb_stream_parameters")
        found = main.block("source_parameters").block(inner)
        found.attributes["batch_size"] = link.settings["batch"]
        if inner != "sqs_queue_parameters":
            found.attributes["starting_position"] = "LATEST"


def pipe(draft: Draft, source: str, links: list[Link]) -> None:
    """Write what a pipe asks and where it hands on.

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
        target = _target(draft, link)
        if target is not None:
            is_asked = link.mode == "sync" and len(links) > 1
            main.attributes["enrichment" if is_asked else "target"] = target["arn"]
            calls.allow(draft, source, link, "pipes")


def topic(draft: Draft, source: str, links: list[Link]) -> None:
    """Write the subscriptions of a topic.

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
