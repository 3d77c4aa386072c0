"""What the readers of links share: whom a value names, and how a link is drafted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from apps.engine.catalog import KINDS
from apps.engine.formats.cloudformation.doors import (
    ANY,
    DOORS,
    EVENT,
    HAND_OVER,
    PUSH,
    Door,
    door_of,
)
from apps.engine.formats.cloudformation.inventory import Inventory
from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.cloudformation.nodes import Node, Reference, Symbol, flat, leaves
from apps.engine.formats.cloudformation.services import ACTIONS, guess_service, service_of
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.graph import Mode, Source

# Longer texts are documents, and no names.
MAX_ADDRESS = 2_000
_ARN = re.compile(r"arn:[^:]*:([a-z0-9-]+):[^:]*:[^:]*:(.+)")
_QUEUE_URL = re.compile(r"https://(?:sqs\.|[^/]*\.queue\.)[^/]*/[^/]+/([^/?]+)")
_BUCKET_URL = re.compile(r"(?:s3://|https://(?=[^/]*\.s3[.-]))([^/]+?)(?:\.s3[.-][^/]*)?(?:/.*)?")
_ARN_KINDS = re.compile(r"^(?:table|function|stream|stateMachine|event-bus|deliverystream)[/:]")
_OUTSIDE = re.compile(r"https?://([^/${}:?#]+\.[a-z]{2,})(?::\d+)?(?:[/?#].*)?", re.I | re.S)
_OWN_HOSTS = ("amazonaws.com", "amazonaws.com.cn", "aws.amazon.com", "api.aws", "localhost")


# The kinds of what a template uses and does not define, taken with AWS's defaults; any other
# service is one that is called by its API.
_ELSEWHERE = {
    "alb": "load_balancer",
    "apigateway": "rest_api",
    "appsync": "appsync_api",
    "cognito": "cognito_user_pool",
    "dynamodb": "dynamodb_table",
    "eventbridge": "event_bus",
    "kinesis": "kinesis_stream",
    "lambda": "lambda_function",
    "s3": "s3_bucket",
    "secretsmanager": "secret",
    "sns": "sns_topic",
    "sqs": "sqs_queue",
    "ssm": "ssm_parameter",
    "stepfunctions": "state_machine",
}
SERVICE_API = "service_api"


class Rank(IntEnum):
    """How sure a mechanism is that a call happens, the surest first."""

    EXPLICIT = 0
    POLICY = 1
    BROAD = 2
    HINT = 3


@dataclass(slots=True)
class Draft:
    """A link before those of the same pair are brought together."""

    source: str
    target: str
    door: Door
    rank: Rank
    origin: str
    calls: float | None = None
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class External:
    """A component that the template uses and does not define."""

    id: str
    kind: str
    service: str
    source: Source


class Wiring:
    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.externals: dict[str, External] = {}
        # Who may call which service by its policies; `*` stands for all of them.
        self.allowed: set[tuple[str, str]] = set()
        # Supporting resources that turned out to be called.
        self.promoted: set[str] = set()

    @property
    def library(self) -> Library:
        return self.inventory.library

    def resources(self, *types: str) -> list[Resource]:
        return self.inventory.of_type(*types)

    def kind(self, id_: str) -> str:
        external = self.externals.get(id_)
        if external is not None:
            return external.kind
        found = self.inventory.components.get(id_)
        # A parameter or a secret that is called is asked for by the API of its service.
        return found.kind if found is not None else SERVICE_API

    def watches(self, id_: str) -> bool:
        """Say whether a component stands beside the path of requests."""
        return KINDS[self.kind(id_)].WATCHES

    def service(self, id_: str) -> str:
        external = self.externals.get(id_)
        return external.service if external is not None else self.inventory.service(id_)

    def of_service(self, service: str) -> list[str]:
        return self.inventory.by_service.get(service, [])

    def named_by(self, node: Node | None) -> dict[str, Reference]:
        """Return the components that a value names: by reference, ARN, address or equal name."""
        found: dict[str, Reference] = {}
        for leaf in leaves(node):
            for reference in leaf.references() if isinstance(leaf, Symbol) else ():
                id_ = self._component(reference)
                if id_:
                    found.setdefault(id_, reference)
            id_ = self._by_text(leaf.text())
            if id_:
                found.setdefault(id_, Reference(id_, target=id_))
        return found

    def targets(self, node: Node | None) -> list[str]:
        return list(self.named_by(node))

    def of(self, service: str, node: Node | None) -> list[str]:
        """Return the components of a service that a value names; parts only if there are none."""
        named = [id_ for id_ in self.named_by(node) if self.service(id_) == service]
        whole = [id_ for id_ in named if id_ in self.inventory.components]
        return whole or named[:1] or self._by_bare_name(service, node)

    def _by_bare_name(self, service: str, node: Node | None) -> list[str]:
        """Return the components whose names are written in a value the very same way."""
        texts = dict.fromkeys(flat(leaf.text()) for leaf in leaves(node))
        ids = (self.inventory.named.get((service, text), "") for text in texts)
        return [id_ for id_ in ids if id_ in self.inventory.components]

    def target(self, node: Node | None) -> str:
        """Return the first component that a value names, or an empty text."""
        return next(iter(self.named_by(node)), "")

    def component(self, id_: str) -> str:
        """Return the component that a resource is or belongs to; one that only supports, but
        may be called, becomes one."""
        owner = self.inventory.owner(id_)
        if owner or id_ not in self.inventory.resources:
            return owner
        service = service_of(self.inventory.resources[id_].type)
        return id_ if service and service != "ec2" else ""

    def _component(self, reference: Reference) -> str:
        own_name = reference.target.rpartition("/")[2]
        # SAM's role of a function is not the function.
        is_role = reference.name != own_name and reference.name.endswith("Role")
        return self.component(reference.target) if reference.target and not is_role else ""

    def _by_text(self, text: str) -> str:
        if len(text) > MAX_ADDRESS:
            return ""
        for service, name in _names_in(flat(text)):
            id_ = self.inventory.named.get((service, name))
            owner = self.inventory.owner(id_) if id_ else ""
            if owner:
                return owner
        return ""

    def external(self, service: str, at: Node) -> str:
        """Return the component for a service of which the template defines no resource."""
        id_ = service if service not in self.inventory.resources else f"{service}-service"
        if id_ not in self.externals:
            kind = _ELSEWHERE.get(service, SERVICE_API)
            self.externals[id_] = External(id_, kind, service, at.at)
            if kind != SERVICE_API:
                self.library.warn(
                    f"{id_} is used and not defined here; it is taken with AWS's defaults.", at.at
                )
        return id_

    def imported(self, node: Node | None) -> str:
        """Return the component for what a parameter or another stack names, or an empty text."""
        if not isinstance(node, Symbol) or len(node.parts) != 1:
            return ""
        name = next((reference.name for reference in node.references()), "")
        service = guess_service(name) if not name.startswith("AWS::") else ""
        return self.external(service, node) if service else ""

    def outside(self, text: str, at: Node) -> str:
        """Return the component for another company's HTTP address, or an empty text."""
        match = _OUTSIDE.match(text) if len(text) < MAX_ADDRESS else None
        host = match[1].lower() if match else ""
        if not host or host.endswith(_OWN_HOSTS):
            return ""
        if host not in self.externals:
            self.externals[host] = External(host, "outside_api", "", at.at)
        return host

    def doors(self, source: str, target: str) -> tuple[Door, ...]:
        """Return how a source calls a target while nothing more is known."""
        kind = self.kind(target)
        if kind == "lambda_function" and self._hands_over(source):
            return (EVENT,)
        if self.pushes(source, target):
            return (PUSH,)
        # What has no door at all, such as an alarm, is called by nobody.
        return DOORS.get(kind, (ANY,) if "any" in KINDS[kind].ACCEPTS else ())

    def _hands_over(self, source: str) -> bool:
        resource = self.inventory.resources.get(source)
        # An S3 Object Lambda is a bucket's answer in the making, and waited for.
        waits = resource is not None and resource.type.startswith("AWS::S3ObjectLambda::")
        return self.service(source) in HAND_OVER and not waits

    def pushes(self, source: str, target: str) -> bool:
        """Return whether code calls sockets: it sends to their clients, never for them."""
        kind = KINDS[self.kind(source)]
        return self.kind(target) == "websocket_api" and kind.IS_COMPUTE

    def call(
        self,
        source: str,
        target: str,
        mechanism: str,
        at: Node,
        *,
        rank: Rank = Rank.EXPLICIT,
        roles: Iterable[str] = (),
        mode: Mode | None = None,
        calls: float | None = None,
        **settings: Any,
    ) -> Iterator[Draft]:
        """Yield the drafts for a call, one for each door; none where an end is missing."""
        if not source or not target:
            return
        for id_ in (source, target):
            if id_ not in self.inventory.components and id_ not in self.externals:
                self.promoted.add(id_)
        kept = {name: value for name, value in settings.items() if value is not None}
        roles = () if self.pushes(source, target) else roles
        named = (door_of(self.kind(target), role) for role in roles)
        doors = tuple(door for door in named if door is not None)
        for door in doors or self.doors(source, target):
            door = door if mode is None else Door(door.role, mode)
            yield Draft(source, target, door, rank, f"{at.at} {mechanism}", calls, dict(kept))


def _names_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield service and name for every way in which a text may name a resource."""
    arn = _ARN.fullmatch(text)
    if arn:
        service = ACTIONS.get(arn[1], arn[1])
        name = _ARN_KINDS.sub("", arn[2])
        yield service, name
        yield service, name.split("/")[0]
        yield service, name.split(":")[0]
        return
    queue = _QUEUE_URL.fullmatch(text)
    if queue:
        yield "sqs", queue[1]
    bucket = _BUCKET_URL.fullmatch(text)
    if bucket:
        yield "s3", bucket[1]
