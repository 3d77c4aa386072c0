"""The events of functions: what starts them, by the key under which a service writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from apps.engine.formats.cloudformation.nodes import MapNode, Node, Scalar
from apps.engine.formats.serverless.events import apis, fronts, polled, pushed, rules
from apps.engine.formats.serverless.service import Function, Service

Reader = Callable[[Service, Function, str, Node], None]

READERS: Mapping[str, Reader] = {
    "activemq": polled.broker,
    "alb": fronts.balancer,
    "alexaSkill": pushed.elsewhere,
    "alexaSmartHome": pushed.elsewhere,
    "cloudFront": fronts.distribution,
    "cloudwatchEvent": rules.rule,
    "cloudwatchLog": pushed.log_group,
    "cognitoUserPool": pushed.user_pool,
    "documentDb": polled.document_database,
    "eventBridge": rules.rule,
    "http": apis.rest,
    "httpApi": apis.http,
    "iot": pushed.elsewhere,
    "iotFleetProvisioning": pushed.elsewhere,
    "kafka": polled.kafka,
    "msk": polled.kafka,
    "rabbitmq": polled.broker,
    "s3": pushed.bucket,
    "schedule": rules.schedule,
    "sns": pushed.topic,
    "sqs": polled.queue,
    "stream": polled.stream,
    "websocket": apis.socket,
}


def read_events(service: Service, function: Function) -> None:
    """Read what starts a function, and add the resources that it brings along.

    Parameters
    ----------
    service : Service
        The service, to which resources are added.
    function : Function
        The function, to which SAM's events are added.
    """
    events = function.get("events")
    counts: dict[str, int] = {}
    for item in events.elements() if events is not None else ():
        for type_, event in _typed(item):
            counts[type_] = number = counts.get(type_, 0) + 1
            reader = READERS.get(type_)
            if reader is None:
                service.library.warn(
                    f"The event type '{type_[:40]}' of {function.key} is not known.", item.at
                )
            elif _is_off(event):
                service.library.warn(f"{function.key}: the event {type_} is switched off.", item.at)
            else:
                reader(service, function, f"{type_[:1].upper()}{type_[1:]}{number}", event)


def _typed(item: Node) -> list[tuple[str, Node]]:
    """Return type and settings of an entry: `- alexaSkill` has none."""
    if isinstance(item, MapNode):
        return list(item.pairs())
    is_word = isinstance(item, Scalar) and item.text()
    return [(item.text(), MapNode(item.file, item.line))] if is_word else []


def _is_off(event: Node) -> bool:
    enabled = event.get("enabled")
    return enabled is not None and enabled.text() == "false"
