"""State machines: what the tasks of a definition call."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apps.engine.formats.cloudformation.actions import ACTIONS
from apps.engine.formats.cloudformation.definitions import MACHINES
from apps.engine.formats.cloudformation.doors import meaning
from apps.engine.formats.cloudformation.nodes import ListNode, MapNode, Node, flat
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.formats.cloudformation.wiring import Draft, Rank, Wiring

_INTEGRATION = re.compile(
    r"arn:[^:]*:states:[^:]*:[^:]*:(?:aws-sdk:)?([A-Za-z0-9-]+):([A-Za-z0-9]+)"
)
# Names of the SDK's clients, where they are not those of IAM.
_CLIENTS = {
    "activity": "",  # Workers ask for it.
    "apigateway": "apigateway",
    "bedrockagent": "bedrock",
    "bedrockagentruntime": "bedrock",
    "bedrockruntime": "bedrock",
    "cloudwatch": "cloudwatch",
    "cloudwatchlogs": "cloudwatch",
    "cognitoidentityprovider": "cognito",
    "ebs": "",
    "eventbridge": "eventbridge",
    "kinesisfirehose": "firehose",
    "pinpointsmsvoicev2": "pinpoint",
    "rdsdata": "rds",
    "redshiftdata": "redshift",
    "s3control": "s3",
    "sesv2": "ses",
    "sfn": "stepfunctions",
    "timestreamwrite": "timestream",
}
TASK = "AWS::ECS::TaskDefinition"


def find(wiring: Wiring) -> Iterator[Draft]:
    """Yield the links of state machines with what their tasks call.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    for machine in wiring.resources(*MACHINES):
        definition = machine.get("Definition")
        if definition is not None:
            yield from _tasks(wiring, machine.id, definition)
        yield from _named_anywhere(wiring, machine)


def _tasks(wiring: Wiring, machine: str, definition: Node) -> Iterator[Draft]:
    drafts: dict[tuple[str, str], list[Draft]] = {}
    for state in _states(definition):
        for draft in _task(wiring, machine, state):
            drafts.setdefault((draft.target, draft.door.role), []).append(draft)
    for found in drafts.values():
        if len(found) > 1:  # Several states call the same: each does it once.
            found[0].calls = float(len(found))
        yield from found


def _states(definition: Node) -> Iterator[Node]:
    """Yield the tasks, those inside maps and branches too."""
    todo = [definition]
    while todo:
        node = todo.pop()
        if isinstance(node, ListNode):
            todo.extend(node.items)
        elif isinstance(node, MapNode):
            type_, resource = node.get("Type"), node.get("Resource")
            if type_ is not None and type_.text() == "Task" and resource is not None:
                yield node
            else:
                todo.extend(node.entries.values())


def _task(wiring: Wiring, machine: str, state: Node) -> Iterator[Draft]:
    resource = state.get("Resource")
    if resource is None:
        return
    match = _INTEGRATION.search(flat(resource.text()))
    if match is None:
        for id_ in wiring.targets(resource):
            yield from wiring.call(machine, id_, "task", resource)
        return
    arguments = state.get("Parameters") or state.get("Arguments")
    name, action = match[1].lower(), match[2]
    if name == "http":
        endpoint = arguments.get("ApiEndpoint") if arguments is not None else None
        outside = wiring.outside(endpoint.text(), endpoint) if endpoint is not None else ""
        yield from wiring.call(machine, outside, "task", resource)
        return
    service = _CLIENTS.get(name, ACTIONS.get(name, name))
    if service:
        yield from _service_task(wiring, machine, service, action, arguments, resource)


def _service_task(
    wiring: Wiring, machine: str, service: str, action: str, arguments: Node | None, at: Node
) -> Iterator[Draft]:
    named = [id_ for id_ in wiring.targets(arguments) if wiring.service(id_) == service]
    local = [id_ for id_ in wiring.of_service(service, machine) if id_ != machine]
    # A cluster is named beside the task that it runs.
    run = [id_ for id_ in named if wiring.inventory.resources[id_].type == TASK]
    named, rank = run or named, Rank.EXPLICIT
    if not named and local:
        # The template names the service here, and the resource only at run time.
        named, rank = local[:1] if len(local) == 1 else [], Rank.POLICY
    elif not named:
        named = [wiring.external(service, at)]
    roles = meaning(service, [f"{service}:{action}"]).roles
    if service == "lambda" and arguments is not None:
        kind = arguments.get("InvocationType")
        roles = ("event",) if kind is not None and kind.text() == "Event" else roles
    for id_ in named:
        yield from wiring.call(machine, id_, "task", at, rank=rank, roles=roles)


def _named_anywhere(wiring: Wiring, machine: Resource) -> Iterator[Draft]:
    """Read what a definition is given by name, which its text may use in ways not known here."""
    for path in ("DefinitionSubstitutions", "DefinitionString", "Definition"):
        node = machine.get(path)
        for id_ in filter(wiring.inventory.components.get, wiring.targets(node)):
            yield from wiring.call(
                machine.id, id_, path, node or machine.properties, rank=Rank.HINT
            )
