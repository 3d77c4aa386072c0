"""By which door one kind calls another, and what the verbs of permissions say of it."""

from __future__ import annotations

import re
from typing import NamedTuple

from apps.engine.graph import Mode


class Door(NamedTuple):
    role: str
    mode: Mode = "sync"


class Verb(NamedTuple):
    """What permissions mean for a service: doors by the beginnings of action names.

    `polls` are actions by which the caller takes what the service holds, so that load flows
    from the service to the caller.
    """

    doors: tuple[tuple[tuple[str, ...], str], ...] = ()
    polls: tuple[str, ...] = ()


ANY = Door("any")
INVOKE, EVENT = Door("invoke"), Door("event", "async")
PUSH = Door("push", "async")
# Doors by kind; those with a second one are called by both where nothing tells them apart.
DOORS: dict[str, tuple[Door, ...]] = {
    "appsync_api": (Door("request"),),
    "auto_scaling_group": (Door("request"),),
    "aurora_cluster": (Door("query"),),
    "cloudfront_distribution": (Door("request"),),
    "cloudfront_function": (Door("run"),),
    "cognito_user_pool": (Door("sign_in"),),
    "dax_cluster": (Door("read"), Door("write")),
    "documentdb_cluster": (Door("query"),),
    "dynamodb_table": (Door("read"), Door("write")),
    "ecs_service": (Door("request"),),
    "edge_function": (INVOKE,),
    "efs_file_system": (Door("read"), Door("write")),
    "elasticache_cluster": (Door("command"),),
    "emr_cluster": (Door("query"),),
    "event_bus": (Door("put", "async"),),
    "firehose_stream": (Door("put", "async"),),
    "hosted_zone": (Door("resolve"),),
    "http_api": (Door("request"),),
    "keyspaces_table": (Door("read"), Door("write")),
    "kinesis_stream": (Door("put", "async"),),
    "kms_key": (Door("request"),),
    "lambda_function": (INVOKE,),
    "lambda_url": (Door("request"),),
    "load_balancer": (Door("request"),),
    "log_group": (Door("write", "async"),),
    "msk_cluster": (Door("put", "async"),),
    "opensearch_collection": (Door("search"), Door("index")),
    "opensearch_domain": (Door("search"), Door("index")),
    "outside_api": (Door("call"),),
    "pipe": (Door("invoke", "async"),),
    "rds_instance": (Door("query"),),
    "rds_proxy": (Door("query"),),
    "rest_api": (Door("request"),),
    "s3_bucket": (Door("get"), Door("put")),
    "secret": (Door("get"),),
    "service_api": (Door("call"),),
    "sns_topic": (Door("publish", "async"),),
    "sqs_queue": (Door("send", "async"),),
    "ssm_parameter": (Door("get"),),
    "state_machine": (Door("start", "async"),),
    "waf_web_acl": (Door("inspect"),),
    "websocket_api": (Door("request"),),
}
# Doors that a mechanism must name to have them used.
_NAMED_ONLY: dict[str, tuple[Door, ...]] = {
    "firehose_stream": (Door("read", "stream"),),
    "lambda_function": (EVENT,),
    "state_machine": (Door("start_sync"),),
    "emr_cluster": (Door("submit"),),
}
# These hand a function their events and do not wait for it.
HAND_OVER = frozenset({"cloudwatch", "eventbridge", "iot", "s3", "scheduler", "ses", "sns"})

_STREAM = ("getrecords", "getsharditerator", "describestream", "liststreams", "listshards")
VERBS: dict[str, Verb] = {
    "dynamodb": Verb(
        (
            (("getitem", "batchget", "query", "scan", "partiqlselect", "transactget"), "read"),
            (("putitem", "updateitem", "deleteitem", "batchwrite", "transactwrite"), "write"),
            (("partiqlinsert", "partiqlupdate", "partiqldelete"), "write"),
        ),
        _STREAM,
    ),
    "s3": Verb(
        (
            (("getobject", "headobject", "listbucket", "selectobject", "getbucket"), "get"),
            (("putobject", "deleteobject", "createmultipart", "copyobject", "abort"), "put"),
        )
    ),
    "sqs": Verb(
        ((("sendmessage",), "send"),),
        ("receivemessage", "deletemessage", "changemessagevisibility"),
    ),
    "sns": Verb(((("publish",), "publish"),)),
    "eventbridge": Verb(((("putevents",), "put"),)),
    "stepfunctions": Verb(
        ((("startexecution", "redrive"), "start"), (("startsyncexecution",), "start_sync"))
    ),
    "kinesis": Verb(((("putrecord",), "put"),), (*_STREAM, "subscribetoshard")),
    "lambda": Verb(((("invokefunctionurl",), "request"), (("invoke",), "invoke"))),
    "apigateway": Verb(((("invoke", "manageconnections"), "request"),)),
    "rds": Verb(((("executestatement", "batchexecute", "connect"), "query"),)),
    "elasticache": Verb(((("connect",), "command"),)),
    "emr": Verb(((("addjobflowsteps", "runjobflow", "describestep"), "submit"),)),
    "keyspaces": Verb(((("select",), "read"), (("modify",), "write"))),
    "opensearch": Verb(
        (
            (("eshttpget", "eshttphead", "eshttppost"), "search"),
            (("eshttpput", "eshttpdelete", "eshttppatch", "eshttppost"), "index"),
            (("apiaccessall",), "search"),
            (("apiaccessall",), "index"),
        )
    ),
    "efs": Verb((((("clientmount",)), "read"), (("clientwrite", "clientroot"), "write"))),
    "msk": Verb((), ("readdata", "describecluster", "getbootstrapbrokers")),
    "mq": Verb((), ("describebroker",)),
    "documentdb": Verb((), ("describe",)),
    "ssm": Verb(((("getparameter", "putparameter", "sendcommand", "startautomation"), "any"),)),
    "secretsmanager": Verb(((("getsecretvalue", "putsecretvalue", "batchget"), "any"),)),
}
_READS = frozenset({"read", "get", "search"})


class Meaning(NamedTuple):
    """What the actions of one statement say for one service."""

    roles: tuple[str, ...] = ()
    polls: bool = False
    # The doors that only a wildcard opens: allowed, but maybe never used.
    broad: tuple[str, ...] = ()


def meaning(service: str, actions: list[str]) -> Meaning:
    """Return what actions such as `dynamodb:GetItem` say of a service.

    Parameters
    ----------
    service : str
        The short name of an AWS service.
    actions : list[str]
        Actions of IAM, such as sqs:SendMessage.

    Returns
    -------
    Meaning
        Which doors the actions use, whether they poll, and what they allow broadly.

    Examples
    --------
    >>> meaning("dynamodb", ["dynamodb:Query", "dynamodb:PutItem"]).roles
    ('read', 'write')
    >>> meaning("sqs", ["sqs:ReceiveMessage", "sqs:DeleteMessage"])
    Meaning(roles=(), polls=True, broad=())
    """
    names = [action.partition(":")[2].lower() for action in actions]
    verb = VERBS.get(service)
    if verb is None:
        return Meaning(("any",))
    roles: dict[str, None] = {}
    broad: dict[str, None] = {}
    for prefixes, role in verb.doors:
        for name in names:
            if name.startswith(prefixes):
                roles[role] = None
            elif "*" in name and _covers(name, prefixes):
                broad[role] = None
    polls = any(name.startswith(verb.polls) for name in names) if verb.polls else False
    return Meaning(tuple(roles), polls, tuple(role for role in broad if role not in roles))


def _covers(pattern: str, prefixes: tuple[str, ...]) -> bool:
    beginning = re.split(r"[*?]", pattern)[0]
    return any(prefix.startswith(beginning) for prefix in prefixes)


def door_of(kind: str, role: str) -> Door | None:
    """Return the door of a kind by its role, or None.

    Parameters
    ----------
    kind : str
        Name of a kind.
    role : str
        A door of the kind.

    Returns
    -------
    Door or None
        How the door may be called; None where the kind has no such door.
    """
    doors = (*DOORS.get(kind, ()), *_NAMED_ONLY.get(kind, ()))
    return next((door for door in doors if door.role == role), None)


# A caller may use these only where a policy allows it.
GUARDED = frozenset(
    {
        *("dynamodb_table", "event_bus", "kinesis_stream", "lambda_function", "s3_bucket"),
        *("sns_topic", "sqs_queue", "state_machine", "keyspaces_table"),
    }
)


def is_read(role: str) -> bool:
    """Say whether a role only reads.

    Parameters
    ----------
    role : str
        A door of the kind.

    Returns
    -------
    bool
        True for reading.
    """
    return role in _READS
