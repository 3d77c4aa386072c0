"""Amazon API Gateway, WebSocket API."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog._lines import steps
from apps.engine.catalog._quotas import quota_limit
from apps.engine.catalog.base import (
    Accepts,
    Kind,
    Limit,
    Meters,
    Metric,
    Place,
    Property,
    Spread,
    Usage,
    UsageKey,
    about,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane, Stage
from apps.engine.stages.delay import Delay
from apps.engine.stages.gate import Gate

TERRAFORM = "aws_apigatewayv2_api"
ACCOUNT_RATE = "apigateway.throttle_rate"
CONNECTIONS, BURST = "apigateway.ws_new_connections", "apigateway.ws_new_connections_burst"
# Metered in steps of 32 KB. https://aws.amazon.com/api-gateway/pricing/
BYTES_PER_MESSAGE = 32 * 1024
BYTES_PER_GB = 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class WebsocketApi(Kind):
    """A request is a message of a client; what is pushed to clients comes by its own door."""

    name: ClassVar[str] = "websocket_api"
    label: ClassVar[str] = "WebSocket API"
    service: ClassVar[str] = "apigateway"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/"
        "apigateway-execution-service-websocket-limits-table.html"
    )
    ENTRY: ClassVar[str] = "request"
    FACES_USERS: ClassVar[bool] = True
    ROUTES: ClassVar[bool] = True
    KEEPS_SOCKETS: ClassVar[bool] = True
    # Plain APIs of the same type are HTTP APIs: their protocol tells them apart.
    TEMPLATE: ClassVar[tuple[Property, ...]] = (Property("AWS::Serverless::WebSocketApi", "", ""),)
    ONLY_WITH: ClassVar[Mapping[str, tuple[str, str]]] = {TERRAFORM: ("protocol_type", "WEBSOCKET")}
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = (
        UsageKey(TERRAFORM, "monthly_messages", "given.messages"),
        UsageKey(TERRAFORM, "message_size_kb", "given.message_kb"),
        UsageKey(TERRAFORM, "monthly_connection_mins", "given.connection_minutes"),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {
        "request": Accepts("sync"),
        "push": Accepts("sync"),
    }
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/ApiGateway", "ConnectCount", "Sum", "rate"),
        Metric("AWS/ApiGateway", "MessageCount", "Sum", "messages"),
    )

    throttle_rate_rps: float | None = setting(
        None, "Throttle", unit="messages/s", low=0, high=1_000_000, hint="Empty: the account's."
    )
    throttle_burst: float | None = setting(
        None, "Burst", unit="messages", low=0, high=1_000_000, hint="Empty: the account's."
    )

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {
            "latency_ms": about(10.0, rule="Overhead of API Gateway", unit="ms"),
            "push_ms": about(30.0, up=3.0, rule="A message to one connection", unit="ms"),
            "bytes_out": about(1000.0, down=0.2, up=10.0, rule="A message", unit="bytes"),
            "messages_per_connection": Spread(20.0, 2.0, 200.0, "A visit on one connection"),
            "connection_min": Spread(10.0, 2.0, 120.0, "A visit; AWS ends it after 2 h", "min"),
            "answers": Spread(1.0, 0.0, 2.0, "Messages back for each one, where none is drawn"),
        }

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        each = place.value("messages_per_connection")
        own_s = place.value("latency_ms") / 1000.0
        first: Stage = Delay(own_s)
        if self.throttle_rate_rps is not None:
            burst = self.throttle_burst or facts.quota("apigateway.throttle_burst")
            first = Gate(max(self.throttle_rate_rps, 1e-9), burst, own_s)
        connecting = Gate(facts.quota(CONNECTIONS) * each, facts.quota(BURST) * each)
        push = Delay(place.value("push_ms") / 1000.0)
        return (
            Lane("request", (first,), emits=False, calls_lane="connect", draws=(ACCOUNT_RATE,)),
            Lane("connect", (connecting,)),
            Lane("push", (push,), emits=False, draws=(ACCOUNT_RATE,)),
        )

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        connections = quota_limit(
            facts,
            CONNECTIONS,
            role="connect",
            gauge="rate",
            label="new connections of all WebSocket APIs",
            unit="connections/s",
            effect="429 to clients that connect",
            remedy="Ask AWS for a higher quota, or let clients wait a random time before they "
            "connect again.",
        )
        if self.throttle_rate_rps is None:
            return (connections,)
        return (connections, self._throttle(self.throttle_rate_rps))

    def _throttle(self, rate_rps: float) -> Limit:
        return Limit(
            id="apigateway.stage_throttle",
            role="request",
            gauge="rate",
            label="throttle of the stage",
            capacity=rate_rps,
            unit="messages/s",
            effect="messages of clients are refused",
            remedy="Raise the throttling rate of the stage.",
            source_url=self.source_url,
            is_adjustable=True,
        )

    def billed(self, place: Place) -> Mapping[str, float]:
        drawn = {"answers": 0.0} if place.is_entered_by("push") else {}
        return {**place.values, **drawn}

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        values, received = meters.values, meters.passed.get("request", 0.0)
        sent = meters.passed.get("push", 0.0) + received * values.get("answers", 0.0)
        connections = received / values.get("messages_per_connection", math.inf)
        minutes = connections * values.get("connection_min", 0.0)
        return (
            Usage(
                "apigw.ws.messages",
                "Messages (WebSocket API)",
                "message",
                self._metered(meters, received, sent),
                "Both ways, in steps of 32 KB",
            ),
            Usage(
                "apigw.ws.connection_minutes",
                "Connection minutes",
                "minute",
                meters.given.get("connection_minutes", minutes),
            ),
            Usage(
                "dto.internet_gb",
                "Data transfer out",
                "GB",
                sent * values.get("bytes_out", 0.0) / BYTES_PER_GB,
                "To the internet, drawn or not",
            ),
        )

    def _metered(self, meters: Meters, received: float, sent: float) -> float:
        """Return the messages that are billed: as given, else as received and sent. [count]"""
        given = meters.given
        if "messages" in given:
            return given["messages"] * steps(
                given.get("message_kb", 0.0) * 1024.0, BYTES_PER_MESSAGE
            )
        return received + sent * steps(meters.values.get("bytes_out", 0.0), BYTES_PER_MESSAGE)
