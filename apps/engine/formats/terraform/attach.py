"""Resources that say more of another one: what they say is put there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from apps.engine.formats.cloudformation.nodes import ListNode, Node, references
from apps.engine.formats.terraform.written import Written


class Attachment(NamedTuple):
    """By which attribute a resource names the other one, and where there its words are put.

    `path` is the attribute that is put there, the whole resource where it is empty.
    """

    parent: str
    into: str
    path: str = ""


ATTACHMENTS: dict[str, Attachment] = {
    "aws_alb_target_group_attachment": Attachment("target_group_arn", "attachment", "target_id"),
    "aws_autoscaling_attachment": Attachment(
        "autoscaling_group_name", "target_group_arns", "lb_target_group_arn"
    ),
    "aws_cloudwatch_event_target": Attachment("rule", "target"),
    "aws_dynamodb_kinesis_streaming_destination": Attachment("table_name", "kinesis_streaming"),
    "aws_iam_policy_attachment": Attachment("roles", "managed_policy_arns", "policy_arn"),
    "aws_iam_role_policy_attachment": Attachment("role", "managed_policy_arns", "policy_arn"),
    "aws_lb_target_group_attachment": Attachment("target_group_arn", "attachment", "target_id"),
    "aws_s3_bucket_notification": Attachment("bucket", "notification"),
    "aws_s3_bucket_server_side_encryption_configuration": Attachment(
        "bucket", "server_side_encryption_configuration"
    ),
    "aws_secretsmanager_secret_rotation": Attachment(
        "secret_id", "rotation_rules", "rotation_rules"
    ),
    "aws_sqs_queue_redrive_policy": Attachment("queue_url", "redrive_policy", "redrive_policy"),
}
# These hold one value, which the attached one replaces.
_SINGLE = frozenset({"redrive_policy", "body", "rotation_rules"})


def attached(resources: Iterable[Written]) -> list[Written]:
    """Return the resources, with those that say more of another one put into it as well.

    Parameters
    ----------
    resources : iterable of Written
        All of a design.

    Returns
    -------
    list of Written
        The same, in the same order.
    """
    found = list(resources)
    places: dict[str, list[int]] = {}
    for index, written in enumerate(found):
        places.setdefault(written.id, []).append(index)
    for written in list(found):
        attachment = ATTACHMENTS.get(written.type)
        if attachment is None:
            continue
        value = written.attributes.get(attachment.path) if attachment.path else written.attributes
        named = references(written.attributes.get(attachment.parent))
        targets = dict.fromkeys(reference.target for reference, _ in named)
        if value is None:
            continue
        for target in targets:
            for place in places.get(target, ())[:1]:
                found[place] = _with(found[place], attachment.into, value)
    return found


def _with(written: Written, name: str, value: Node) -> Written:
    attributes = written.attributes
    before = attributes.entries.get(name)
    if name not in _SINGLE:
        items = (*(before.elements() if before is not None else ()), *value.elements())
        value = ListNode(value.file, value.line, items)
    entries = {**attributes.entries, name: value}
    return replace(written, attributes=replace(attributes, entries=entries))
