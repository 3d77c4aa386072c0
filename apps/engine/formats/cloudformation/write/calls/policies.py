"""Policies on what is called: who of AWS's services may invoke, send and publish."""

from __future__ import annotations

from apps.engine.formats.cloudformation.write.kinds.compute import invoked
from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.roles import POLICY_VERSION
from apps.engine.formats.cloudformation.write.values import Properties, Value, att, ref

OWN_ACCOUNT = ref("AWS::AccountId")
_QUEUE, _TOPIC = "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"


def may_invoke(plan: Plan, source: str, function: str, principal: str, origin: Value = None) -> str:
    """Let a service invoke a function.

    Parameters
    ----------
    plan : Plan
        The template so far.
    source : str
        Id of the component that invokes.
    function : str
        Id of the function.
    principal : str
        The service, such as sns.amazonaws.com.
    origin : any, optional
        ARN of what invokes; None for anything of this account.

    Returns
    -------
    str
        Logical id of the permission.
    """
    properties: Properties = {
        "FunctionName": invoked(plan, "", function),
        "Action": "lambda:InvokeFunction",
        "Principal": principal,
    }
    if origin is None:
        properties["SourceAccount"] = OWN_ACCOUNT
    else:
        properties["SourceArn"] = origin
    suffix = f"Invokes{plan.ids[function]}"
    return plan.part(source, suffix, "AWS::Lambda::Permission", properties)


def may_send(plan: Plan, queue: str, principal: str, origin: Value = None) -> str:
    """Let a service send to a queue.

    Parameters
    ----------
    plan : Plan
        The template so far.
    queue : str
        Id of the queue.
    principal : str
        The service.
    origin : any, optional
        ARN of what sends; None for anything of this account.

    Returns
    -------
    str
        Logical id of the policy of the queue.
    """
    resource = att(plan.ids[queue])
    return _may(plan, queue, _QUEUE, "sqs:SendMessage", resource, principal, origin)


def may_publish(plan: Plan, topic: str, principal: str, origin: Value = None) -> str:
    """Let a service publish to a topic.

    Parameters
    ----------
    plan : Plan
        The template so far.
    topic : str
        Id of the topic.
    principal : str
        The service.
    origin : any, optional
        ARN of what publishes; None for anything of this account.

    Returns
    -------
    str
        Logical id of the policy of the topic.
    """
    resource = ref(plan.ids[topic])
    return _may(plan, topic, _TOPIC, "sns:Publish", resource, principal, origin)


def _may(
    plan: Plan,
    owner: str,
    type_: str,
    action: str,
    resource: Value,
    principal: str,
    origin: Value,
) -> str:
    statement: Properties = {
        "Effect": "Allow",
        "Principal": {"Service": principal},
        "Action": action,
        "Resource": resource,
    }
    if origin is None:
        statement["Condition"] = {"StringEquals": {"aws:SourceAccount": OWN_ACCOUNT}}
    else:
        statement["Condition"] = {"ArnEquals": {"aws:SourceArn": origin}}
    wanted = f"{plan.ids[owner]}Policy"
    if wanted not in plan.template.resources:
        document = {"Version": POLICY_VERSION, "Statement": [statement]}
        names = "Queues" if type_ == _QUEUE else "Topics"
        properties = {names: [ref(plan.ids[owner])], "PolicyDocument": document}
        return plan.part(owner, "Policy", type_, properties)
    found = plan.template.resources[wanted].properties["PolicyDocument"]["Statement"]
    if statement not in found:
        found.append(statement)
    return wanted
