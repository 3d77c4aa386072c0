"""What tells others of what happens to it: buckets, logs, user pools, alarms; and deliveries."""

from __future__ import annotations

from apps.engine.formats.terraform.export.drafting import Draft
from apps.engine.formats.terraform.export.handing import invoked
from apps.engine.formats.terraform.export.sheet import Raw, Value
from apps.engine.graph import Link

_TOLD = {"lambda_function": "lambda_function", "sqs_queue": "queue", "sns_topic": "topic"}


def bucket(draft: Draft, source: str, links: list[Link]) -> None:
    """Write whom a bucket notifies.

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
    told = [link for link in links if draft.kind(link.target) in _TOLD]
    if not told:
        return
    found = draft.sheet.add("aws_s3_bucket_notification", main.name, bucket=main["id"])
    for link in told:
        name = _TOLD[draft.kind(link.target)]
        inner = found.block(name, fresh=True)
        inner.attributes[f"{name}_arn"] = draft.mains[link.target]["arn"]
        inner.attributes["events"] = ["s3:ObjectCreated:*"]
        if name == "lambda_function":
            invoked(draft, link, "s3", main["arn"])


def delivery(draft: Draft, source: str, links: list[Link]) -> None:
    """Write where a delivery stream delivers.

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
        if draft.kind(link.target) == "s3_bucket":
            found = main.block("extended_s3_configuration")
            role = draft.role(source, "firehose")
            arn = draft.mains[link.target]["arn"]
            found.attributes.update({"bucket_arn": arn, "role_arn": role})
            draft.allow(source, ["s3:PutObject"], Raw(f'"${{{arn.text}}}/*"'))


def logs(draft: Draft, source: str, links: list[Link]) -> None:
    """Write who is sent the lines of a log.

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
    """Write the functions that a user pool asks.

    Parameters
    ----------
    draft : Draft
        The module.
    source : str
        Id of the component.
    links : list of Link
        Its links.
    """
    triggers = iter(("pre_sign_up", "post_confirmation", "pre_authentication", "custom_message"))
    for link in links:
        if link.target in draft.mains:
            arn = draft.mains[link.target]["arn"]
            draft.mains[source].block("lambda_config").attributes[next(triggers, "user")] = arn


def alarm(draft: Draft, source: str, links: list[Link]) -> None:
    """Write whom an alarm tells.

    Parameters
    ----------
    draft : Draft
        The module.
    source : str
        Id of the component.
    links : list of Link
        Its links.
    """
    found: list[Value] = [draft.mains[x.target]["arn"] for x in links if x.target in draft.mains]
    draft.mains[source].attributes["alarm_actions"] = found
