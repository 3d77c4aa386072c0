"""State machines: one task for each thing that they call, one after another."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from apps.engine.formats.cloudformation.write.calls.permits import SERVICES, permit
from apps.engine.formats.cloudformation.write.kinds.compute import invoked
from apps.engine.formats.cloudformation.write.kinds.doors import STAGE
from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.values import Properties, Value, sub
from apps.engine.graph import Link

Arguments = Callable[[Plan, Link], Properties]


def _name(key: str, **more: Value) -> Arguments:
    """Return arguments that name the resource, and what goes along."""

    def arguments(plan: Plan, link: Link) -> Properties:
        return {key: plan.names.name(link.source, link.target), **more}

    return arguments


def _function(plan: Plan, link: Link) -> Properties:
    found: Properties = {
        "FunctionName": invoked(plan, link.source, link.target),
        "Payload.$": "$",
    }
    return found | ({"InvocationType": "Event"} if link.role == "event" else {})


def _machine(plan: Plan, link: Link) -> Properties:
    return {"StateMachineArn": plan.names.arn(link.source, link.target), "Input.$": "$"}


def _event(plan: Plan, link: Link) -> Properties:
    entry = {
        "EventBusName": plan.names.name(link.source, link.target),
        "Source": "state-machine",
        "DetailType": "step",
        "Detail.$": "$",
    }
    return {"Entries": [entry]}


def _queue(plan: Plan, link: Link) -> Properties:
    address = plan.names.name(link.source, link.target)
    if plan.names.is_named(link.source, link.target):
        host = "https://sqs.${AWS::Region}.${AWS::URLSuffix}/${AWS::AccountId}/"
        address = sub(host + address.argument)
    found: Properties = {"QueueUrl": address, "MessageBody.$": "$"}
    is_fifo = plan.setting(link.target, "is_fifo")
    return found | ({"MessageGroupId": "events"} if is_fifo else {})


def _topic(plan: Plan, link: Link) -> Properties:
    found: Properties = {
        "TopicArn": plan.names.arn(link.source, link.target),
        "Message.$": "$",
    }
    is_fifo = plan.setting(link.target, "is_fifo")
    return found | ({"MessageGroupId": "events"} if is_fifo else {})


def _api(plan: Plan, link: Link) -> Properties:
    id_ = plan.ids[link.target]
    is_http = plan.kind(link.target) == "http_api"
    endpoint = sub(f"${{{id_}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}")
    found: Properties = {"ApiEndpoint": endpoint, "Method": "POST", "Path": "/"}
    return found | ({} if is_http else {"Stage": STAGE})


_KEY = {"pk": {"S.$": "$.id"}}
# By kind and door: the integration, and its arguments.
_TASKS: Mapping[tuple[str, str], tuple[str, Arguments]] = {
    ("dynamodb_table", "read"): ("dynamodb:getItem", _name("TableName", Key=_KEY)),
    ("dynamodb_table", "write"): ("dynamodb:putItem", _name("TableName", Item=_KEY)),
    ("emr_cluster", "submit"): (
        "elasticmapreduce:addStep",
        _name("ClusterId", Step={"Name": "job", "HadoopJarStep": {"Jar": "command-runner.jar"}}),
    ),
    ("event_bus", "put"): ("events:putEvents", _event),
    ("firehose_stream", "put"): (
        "aws-sdk:firehose:putRecord",
        _name("DeliveryStreamName", Record={"Data.$": "$"}),
    ),
    ("http_api", "request"): ("apigateway:invoke", _api),
    ("kinesis_stream", "put"): (
        "aws-sdk:kinesis:putRecord",
        _name("StreamName", Data="event", PartitionKey="step"),
    ),
    ("lambda_function", "event"): ("lambda:invoke", _function),
    ("lambda_function", "invoke"): ("lambda:invoke", _function),
    ("rest_api", "request"): ("apigateway:invoke", _api),
    ("s3_bucket", "get"): ("aws-sdk:s3:getObject", _name("Bucket", Key="key")),
    ("s3_bucket", "put"): ("aws-sdk:s3:putObject", _name("Bucket", Key="key", Body="body")),
    ("secret", "get"): ("aws-sdk:secretsmanager:getSecretValue", _name("SecretId")),
    ("sns_topic", "publish"): ("sns:publish", _topic),
    ("sqs_queue", "send"): ("sqs:sendMessage", _queue),
    ("ssm_parameter", "get"): ("aws-sdk:ssm:getParameter", _name("Name")),
    ("state_machine", "start"): ("states:startExecution", _machine),
    ("state_machine", "start_sync"): ("aws-sdk:sfn:startSyncExecution", _machine),
}
_SERVICE_TASKS: Mapping[str, tuple[str, Properties]] = {
    "bedrock": ("bedrock:invokeModel", {"ModelId": "amazon.nova-lite-v1:0", "Body": {}}),
    "comprehend": (
        "aws-sdk:comprehend:detectSentiment",
        {"LanguageCode": "en", "Text.$": "$.text"},
    ),
    "polly": (
        "aws-sdk:polly:synthesizeSpeech",
        {"OutputFormat": "mp3", "Text.$": "$.text", "VoiceId": "Joanna"},
    ),
    "rekognition": ("aws-sdk:rekognition:detectLabels", {"Image.$": "$.image"}),
    "textract": ("aws-sdk:textract:detectDocumentText", {"Document.$": "$.document"}),
    "translate": (
        "aws-sdk:translate:translateText",
        {"SourceLanguageCode": "auto", "TargetLanguageCode": "en", "Text.$": "$.text"},
    ),
}


def run_all(plan: Plan, id_: str, links: list[Link]) -> list[Link]:
    """Write the definition of a state machine.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the machine.
    links : list of Link
        What it calls.

    Returns
    -------
    list of Link
        Those that AWS has no way for.
    """
    tasks = [(link, task) for link in links if (task := _task(plan, link)) is not None]
    names = [f"{plan.ids[link.target]} {link.role}" for link, _ in tasks]
    states: Properties = {}
    for index, (link, task) in enumerate(tasks):
        is_last = index == len(tasks) - 1
        states[names[index]] = task | ({"End": True} if is_last else {"Next": names[index + 1]})
        permit(plan, link)
    if not states:
        names, states = ["Done"], {"Done": {"Type": "Pass", "End": True}}
    plan.properties(id_)["Definition"] = {"StartAt": names[0], "States": states}
    made = [link for link, _ in tasks]
    return [link for link in links if link not in made]


def _task(plan: Plan, link: Link) -> Properties | None:
    if not plan.names.is_reachable(link.source, link.target):
        return None
    kind = plan.kind(link.target)
    if kind == "service_api":
        name = str(plan.setting(link.target, "service"))
        if name not in _SERVICE_TASKS:
            return None
        plan.allow(link.source, SERVICES[name], ["*"])
        action, given = _SERVICE_TASKS[name]
        return _state(action, given)
    found = _TASKS.get((kind, link.role))
    if found is None:
        return None
    return _state(found[0], found[1](plan, link))


def _state(action: str, arguments: Properties) -> Properties:
    return {
        "Type": "Task",
        "Resource": sub(f"arn:${{AWS::Partition}}:states:::{action}"),
        "Parameters": arguments,
        # What comes in is passed on, whatever a task answers.
        "ResultPath": None,
    }
