"""The constructs of Serverless Lift by name: what `${construct:jobs.queueUrl}` stands for."""

from __future__ import annotations

from apps.engine.formats.cloudformation.building import Written, get_att, ref, written
from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.serverless import names

_QUEUE = {"queueUrl": "", "queueArn": "Arn", "dlqUrl": "", "dlqArn": "Arn"}
_STORAGE = {"bucketName": "", "bucketArn": "Arn"}
_TABLE = {"tableName": "", "tableArn": "Arn", "tableStreamArn": "StreamArn"}
_ATTRIBUTES = {
    "queue": _QUEUE,
    "storage": _STORAGE,
    "database/dynamodb-single-table": _TABLE,
}


def main_id(type_: str, name: str) -> str:
    """Return the logical id of what a construct is about.

    Parameters
    ----------
    type_ : str
        Its type, such as queue.
    name : str
        Its key under constructs.

    Returns
    -------
    str
        Such as JobsQueue.
    """
    last = {"database/dynamodb-single-table": "Table", "storage": "Bucket"}
    return names.plain(name) + last.get(type_, names.plain(type_))


def construct_value(type_: str, name: str, attribute: str, at: Node) -> Node | None:
    """Return what names an output of a construct.

    Parameters
    ----------
    type_ : str
        Its type.
    name : str
        Its key under constructs.
    attribute : str
        The output, such as queueUrl.
    at : Node
        Where it is named.

    Returns
    -------
    Node or None
        A reference; None for an output that is not known.
    """
    found = _ATTRIBUTES.get(type_, {}).get(attribute)
    if found is None:
        return None
    id_ = names.plain(name) + "Dlq" if attribute.startswith("dlq") else main_id(type_, name)
    value: Written = get_att(id_, found) if found else ref(id_)
    return written(at, value)
