"""Any design → the keys of a serverless.yml that scale it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from apps.engine.formats.cloudformation.export.words import yaml_word
from apps.engine.formats.serverless.snippet_resources import resource_of
from apps.engine.graph import Architecture, Component, Link

_FUNCTION = (
    ("runtime", "runtime"),
    ("architecture", "architecture"),
    ("memory_mb", "memorySize"),
    ("timeout_s", "timeout"),
    ("ephemeral_mb", "ephemeralStorageSize"),
    ("reserved_concurrency", "reservedConcurrency"),
    ("provisioned_concurrency", "provisionedConcurrency"),
)
_POLLER = (
    ("batch", "batchSize"),
    ("window_s", "maximumBatchingWindow"),
    ("max_concurrency", "maximumConcurrency"),
    ("parallelization", "parallelizationFactor"),
)
_API_EVENTS = {"http_api": "httpApi", "rest_api": "http"}
_STREAMS = {"kinesis_stream": "kinesis", "dynamodb_table": "dynamodb"}
_LAMBDA = "lambda_function"
# What the framework makes by itself, of the events.
_MADE = frozenset({"http_api", "rest_api", "websocket_api", "lambda_url", "schedule", _LAMBDA})


def snippet(architecture: Architecture, name: str) -> tuple[str, tuple[str, ...]]:
    """Return a design as a serverless.yml: functions, their events, and what they use.

    Parameters
    ----------
    architecture : Architecture
        The design.
    name : str
        Its name.

    Returns
    -------
    (str, tuple of str)
        The text, and a sentence for each component that it does not hold.
    """
    resources: dict[str, Any] = {}
    left_out = []
    for component in architecture:
        if component.kind in _MADE:
            continue
        found = resource_of(component)
        if found is None:
            left_out.append(f"{component.id} is left out: write it under resources by hand.")
        else:
            resources[_key(component.id)] = found
            _add_lost(architecture, component, found)
    document: dict[str, Any] = {
        "service": _service(name),
        "frameworkVersion": "4",
        "provider": {"name": "aws"},
        "functions": _functions(architecture) or None,
        "resources": {"Resources": resources} if resources else None,
    }
    head = [
        "# Written by Headroom: the keys that scale the design. Handlers, roles, keys of tables",
        "# and whatever else a design does not say are yours to fill in.",
    ]
    return "\n".join([*head, *_lines(document, "")]) + "\n", tuple(left_out)


def _add_lost(architecture: Architecture, queue: Component, resource: dict[str, Any]) -> None:
    """Write where a queue sends what could not be handled; AWS wants it beside the count."""
    for link in architecture.outbound(queue.id):
        if queue.kind == "sqs_queue" and link.settings.get("dead_letter"):
            arn = {"Fn::GetAtt": [_key(link.target), "Arn"]}
            properties = resource.setdefault("Properties", {})
            properties.setdefault("RedrivePolicy", {})["deadLetterTargetArn"] = arn


def _functions(architecture: Architecture) -> dict[str, Any]:
    found, inbound = {}, architecture.inbound
    for component in architecture:
        if component.kind == _LAMBDA:
            body: dict[str, Any] = {"handler": f"src/{_key(component.id)}.handler"}
            body |= _settings(component, _FUNCTION)
            callers = {architecture.component(x.source).kind for x in inbound(component.id)}
            body |= {"url": True} if "lambda_url" in callers else {}
            events = [*_events(architecture, component)]
            found[_key(component.id)] = body | ({"events": events} if events else {})
    return found


def _settings(component: Component, keys: Iterable[tuple[str, str]]) -> dict[str, Any]:
    values = component.settings
    return {key: values[name] for name, key in keys if values.get(name) is not None}


def _events(architecture: Architecture, function: Component) -> Iterator[dict[str, Any]]:
    for link in architecture.inbound(function.id):
        source = architecture.component(link.source)
        if source.kind in _API_EVENTS:
            yield from _routes(_API_EVENTS[source.kind], link)
        elif source.kind == "websocket_api":
            yield {"websocket": {"route": link.settings.get("route", "$default")}}
        elif source.kind == "schedule":
            yield {"schedule": {"rate": [source.settings.get("expression", "rate(1 hour)")]}}
        else:
            yield from _taken(source, link)


def _routes(event: str, link: Link) -> Iterator[dict[str, Any]]:
    for route in str(link.settings.get("route") or "ANY $default").split(", "):
        method, _, path = route.partition(" ")
        if path == "$default":
            yield {event: "*"} if event == "httpApi" else {event: "ANY {proxy+}"}
        else:
            yield {event: {"method": "*" if method == "ANY" else method.lower(), "path": path}}


def _taken(source: Component, link: Link) -> Iterator[dict[str, Any]]:
    limits = {key: link.settings[name] for name, key in _POLLER if link.settings.get(name)}
    arn = {"Fn::GetAtt": [_key(source.id), "Arn"]}
    if source.kind == "sqs_queue":
        yield {"sqs": {"arn": arn} | limits}
    elif source.kind in _STREAMS:
        if source.kind == "dynamodb_table":
            arn = {"Fn::GetAtt": [_key(source.id), "StreamArn"]}
        if "maximumBatchingWindow" in limits:
            limits["batchWindow"] = limits.pop("maximumBatchingWindow")
        limits.pop("maximumConcurrency", None)
        yield {"stream": {"type": _STREAMS[source.kind], "arn": arn} | limits}
    elif source.kind == "sns_topic":
        yield {"sns": {"Ref": _key(source.id)}}
    elif source.kind == "event_bus":
        pattern = {"source": ["change.me"]}
        yield {"eventBridge": {"eventBus": {"Ref": _key(source.id)}, "pattern": pattern}}


def _key(id_: str) -> str:
    """Return an id as a key: nested stacks and dashes have no place in a logical id."""
    return "".join(sign for sign in id_ if sign.isalnum())


def _service(name: str) -> str:
    plain = "".join(sign if sign.isalnum() else "-" for sign in name.lower()).strip("-")
    return plain if plain[:1].isalpha() else f"service-{plain}".rstrip("-")


def _lines(value: Mapping[str, Any], margin: str) -> Iterator[str]:
    for key, part in value.items():
        if part is None:
            continue
        yield from _entry(f"{margin}{yaml_word(key)}:", part, margin + "  ")


def _entry(head: str, value: Any, margin: str) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        yield head
        yield from _lines(value, margin)
    elif isinstance(value, list) and value:
        yield head
        for item in value:
            yield from _item(item, margin)
    elif isinstance(value, Mapping | list):
        yield f"{head} {'{}' if isinstance(value, Mapping) else '[]'}"
    else:
        yield f"{head} {yaml_word(_plain(value))}"


def _item(item: Any, margin: str) -> Iterator[str]:
    if not isinstance(item, Mapping):
        yield f"{margin}- {yaml_word(_plain(item))}"
        return
    first, *rest = _lines(item, margin + "  ")
    yield f"{margin}- {first.lstrip()}"
    yield from rest


def _plain(value: Any) -> Any:
    is_whole = isinstance(value, float) and value == int(value)
    return int(value) if is_whole else value
