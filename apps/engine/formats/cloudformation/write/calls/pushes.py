"""What storage, topics, sign-in and logs hand on by themselves."""

from __future__ import annotations

from apps.engine.formats.cloudformation.write.calls.policies import (
    may_invoke,
    may_publish,
    may_send,
)
from apps.engine.formats.cloudformation.write.kinds.compute import invoked
from apps.engine.formats.cloudformation.write.kinds.messages import address
from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.values import Properties, Value, att, ref
from apps.engine.graph import Link

_CREATED = "s3:ObjectCreated:*"
_S3, _SNS, _LOGS = "s3.amazonaws.com", "sns.amazonaws.com", "logs.amazonaws.com"
_TRIGGERS = ("PostConfirmation", "PreSignUp", "PreTokenGeneration", "PostAuthentication")
_PUT = {
    "firehose_stream": ("firehose:PutRecord", "firehose:PutRecordBatch"),
    "kinesis_stream": ("kinesis:PutRecord", "kinesis:PutRecords"),
}
# AWS takes so many filters on a group of logs.
MOST_FILTERS = 2


def notify_all(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    """Write whom a bucket tells of new objects.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the bucket.
    links : list of Link
        Whom it tells.

    Returns
    -------
    list of Link
        Those that AWS has no way for.
    """
    made = [link for link in links if _is_told(plan, link)]
    told: Properties = {}
    needed: list[str] = []
    for link in made:
        section, key, value, needs = _notification(plan, link)
        entry: Properties = {"Event": _CREATED, key: value}
        if len(made) > 1:  # AWS refuses two that would be told of the same object.
            rule = {"Name": "prefix", "Value": f"{plan.ids[link.target].lower()}/"}
            entry["Filter"] = {"S3Key": {"Rules": [rule]}}
        told.setdefault(section, []).append(entry)
        needed.append(needs)
    if told:
        plan.properties(id_)["NotificationConfiguration"] = told
        plan.template.resources[plan.ids[id_]].attributes["DependsOn"] = sorted(set(needed))
    return [link for link in links if link not in made]


def _is_told(plan: Plan, link: Link) -> bool:
    kind = plan.kind(link.target)
    if kind in ("sqs_queue", "sns_topic"):
        return not plan.setting(link.target, "is_fifo")
    return kind == "lambda_function"


def _notification(plan: Plan, link: Link) -> tuple[str, str, Value, str]:
    match plan.kind(link.target):
        case "sqs_queue":
            value = att(plan.ids[link.target])
            needs = may_send(plan, link.target, _S3)
            return "QueueConfigurations", "Queue", value, needs
        case "sns_topic":
            needs = may_publish(plan, link.target, _S3)
            return "TopicConfigurations", "Topic", plan.ref(link.target), needs
    # The bucket waits for the permission, so that this cannot name the bucket.
    needs = may_invoke(plan, link.source, link.target, _S3)
    function = invoked(plan, "", link.target)
    return "LambdaConfigurations", "Function", function, needs


def deliver_all(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    """Write the subscriptions of a topic.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the topic.
    links : list of Link
        Its subscribers.

    Returns
    -------
    list of Link
        Those that AWS has no way for.
    """
    return [link for link in links if not _subscribe(plan, link)]


def _subscribe(plan: Plan, link: Link) -> bool:
    kind, is_fifo = plan.kind(link.target), plan.setting(link.source, "is_fifo")
    properties: Properties = {"TopicArn": plan.ref(link.source)}
    if kind == "sqs_queue" and (is_fifo or not plan.setting(link.target, "is_fifo")):
        may_send(plan, link.target, _SNS, plan.ref(link.source))
        properties |= {"Protocol": "sqs", "Endpoint": att(plan.ids[link.target])}
        properties["RawMessageDelivery"] = True
    elif kind == "lambda_function" and not is_fifo:
        may_invoke(plan, link.source, link.target, _SNS, plan.ref(link.source))
        properties |= {"Protocol": "lambda", "Endpoint": invoked(plan, "", link.target)}
    elif kind == "firehose_stream" and not is_fifo:
        stream = att(plan.ids[link.target])
        plan.allow(link.source, _PUT[kind], [stream])
        properties |= {"Protocol": "firehose", "Endpoint": stream}
        properties["SubscriptionRoleArn"] = plan.role(link.source, _SNS)
    elif kind == "outside_api" and not is_fifo:
        component = plan.design.component(link.target)
        properties |= {"Protocol": "https", "Endpoint": address(plan, component)}
    else:
        return False
    plan.part(link.source, f"To{plan.ids[link.target]}", "AWS::SNS::Subscription", properties)
    return True


def trigger_all(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    """Write the functions that a pool of users runs.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the pool.
    links : list of Link
        The functions.

    Returns
    -------
    list of Link
        Those that AWS has no way for.
    """
    functions = [link for link in links if plan.kind(link.target) == "lambda_function"]
    made = functions[: len(_TRIGGERS)]
    for name, link in zip(_TRIGGERS, made, strict=False):
        configuration = plan.properties(id_).setdefault("LambdaConfig", {})
        configuration[name] = invoked(plan, "", link.target)
        may_invoke(plan, id_, link.target, "cognito-idp.amazonaws.com", att(plan.ids[id_]))
    return [link for link in links if link not in made]


def filter_all(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    """Write to whom a group of logs passes its lines.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the group.
    links : list of Link
        Who takes them.

    Returns
    -------
    list of Link
        Those that AWS has no way for.
    """
    made: list[Link] = []
    for link in links:
        if len(made) < MOST_FILTERS and _filter(plan, link):
            made.append(link)
    return [link for link in links if link not in made]


def _filter(plan: Plan, link: Link) -> bool:
    kind = plan.kind(link.target)
    properties: Properties = {"LogGroupName": plan.ref(link.source), "FilterPattern": ""}
    attributes: Properties = {}
    if kind == "lambda_function":
        needs = may_invoke(plan, link.source, link.target, _LOGS, att(plan.ids[link.source]))
        properties["DestinationArn"] = invoked(plan, "", link.target)
        attributes["DependsOn"] = [needs]
    elif kind in ("kinesis_stream", "firehose_stream"):
        stream = att(plan.ids[link.target])
        plan.allow(link.source, _PUT[kind], [stream])
        properties |= {"DestinationArn": stream, "RoleArn": plan.role(link.source, _LOGS)}
    else:
        return False
    suffix = f"To{plan.ids[link.target]}"
    type_ = "AWS::Logs::SubscriptionFilter"
    plan.part(link.source, suffix, type_, properties, **attributes)
    return True


def rotate_all(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    """Write the function that changes a secret from time to time.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the secret.
    links : list of Link
        The function.

    Returns
    -------
    list of Link
        Those that AWS has no way for.
    """
    functions = [link for link in links if plan.kind(link.target) == "lambda_function"][:1]
    for link in functions:
        needs = may_invoke(
            plan, id_, link.target, "secretsmanager.amazonaws.com", ref(plan.ids[id_])
        )
        days = plan.setting(id_, "rotation_days")
        properties = {
            "SecretId": plan.ref(id_),
            "RotationLambdaARN": invoked(plan, "", link.target),
            "RotationRules": {"AutomaticallyAfterDays": max(1, round(days or 30))},
        }
        type_ = "AWS::SecretsManager::RotationSchedule"
        plan.part(id_, "Rotation", type_, properties, DependsOn=[needs])
    return [link for link in links if link not in functions]
