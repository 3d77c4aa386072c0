"""What the readers of links share: how a link is drafted, and what stands at its other end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from apps.engine.catalog import KINDS
from apps.engine.formats.cloudformation.actions import guess_service
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
from apps.engine.formats.cloudformation.naming import MAX_ADDRESS, Naming, arn_service
from apps.engine.formats.cloudformation.naming import SERVICE_API as SERVICE_API
from apps.engine.formats.cloudformation.naming import External as External
from apps.engine.formats.cloudformation.nodes import Node, Symbol
from apps.engine.graph import Mode

_OUTSIDE = re.compile(r"https?://([^/${}:?#]+\.[a-z]{2,})(?::\d+)?(?:[/?#].*)?", re.I | re.S)
# Begins a reference to a parameter that another stack writes.
_STORED = "{{resolve:ssm:"
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


class Wiring(Naming):
    """The drafts of links, and the components that only links bring in."""

    def __init__(self, inventory: Inventory) -> None:
        super().__init__(inventory)
        # Who may call which service by its policies; `*` stands for all of them.
        self.allowed: set[tuple[str, str]] = set()
        # Supporting resources that turned out to be called.
        self.promoted: set[str] = set()

    def external(self, service: str, at: Node) -> str:
        """Return the component for a service of which the template defines no resource.

        Parameters
        ----------
        service : str
            Short service name.
        at : Node
            Where the service is used.

        Returns
        -------
        str
            Id of the component, which is made once.
        """
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
        """Return the component for what stands elsewhere, or an empty text.

        Parameters
        ----------
        node : Node or None
            A value, worked out.

        Returns
        -------
        str
            Id of a component: of the service of an ARN, or of the one that the name of a
            parameter or an export speaks of.
        """
        if node is None:
            return ""
        service = arn_service(node.text())
        if service:
            return self.external(service, node)
        if node.text().startswith(_STORED):
            service = guess_service(node.text().removeprefix(_STORED))
            return self.external(service, node) if service else ""
        if not isinstance(node, Symbol) or len(node.parts) != 1:
            return ""
        name = next((reference.name for reference in node.references()), "")
        service = guess_service(name) if not name.startswith("AWS::") else ""
        return self.external(service, node) if service else ""

    def outside(self, text: str, at: Node) -> str:
        """Return the component for another company's HTTP address, or an empty text.

        Parameters
        ----------
        text : str
            A text of the template, such as https://api.example.com/pay.
        at : Node
            Where it stands.

        Returns
        -------
        str
            Id of the component: the host.
        """
        match = _OUTSIDE.match(text) if len(text) < MAX_ADDRESS else None
        host = match[1].lower() if match else ""
        if not host or host.endswith(_OWN_HOSTS):
            return ""
        if host not in self.externals:
            self.externals[host] = External(host, "outside_api", "", at.at)
        return host

    def doors(self, source: str, target: str) -> tuple[Door, ...]:
        """Return how a source calls a target while nothing more is known.

        Parameters
        ----------
        source : str
            Id of the caller.
        target : str
            Id of the component that is called.

        Returns
        -------
        tuple of Door
            Empty for what is called by nobody.
        """
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
        """Return whether code calls sockets: it sends to their clients, never for them.

        Parameters
        ----------
        source : str
            Id of the caller.
        target : str
            Id of the component that is called.

        Returns
        -------
        bool
            True for code that calls a WebSocket API.
        """
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
        """Yield the drafts for a call, one for each door; none where an end is missing.

        Parameters
        ----------
        source : str
            Id of the caller; empty for none.
        target : str
            Id of the component that is called; empty for none.
        mechanism : str
            What speaks for the call, for the reader.
        at : Node
            Where it stands.
        rank : Rank, optional
            How sure it is.
        roles : iterable of str, optional
            Doors that are meant; those of the target where it has none of them.
        mode : {"sync", "async", "stream"}, optional
            How it is called, where the door does not say it.
        calls : float, optional
            Calls for each request of the source. [-]
        **settings : any
            Settings of the link; those that are None are left out.

        Yields
        ------
        Draft
            In the order of the roles.
        """
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
