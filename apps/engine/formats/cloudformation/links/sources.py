"""Event source mappings: what a function polls."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.implicit import is_off
from apps.engine.formats.cloudformation.links.events import poll_settings
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.formats.cloudformation.wiring import Draft, Wiring

_SETTINGS = (
    ("SelfManagedEventSource", "msk"),
    ("Topics", "msk"),
    ("Queues", "mq"),
    ("DocumentDBEventSourceConfig", "documentdb"),
)


def find(wiring: Wiring) -> Iterator[Draft]:
    """Yield the links of event source mappings.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    for mapping in wiring.resources("AWS::Lambda::EventSourceMapping"):
        if is_off(mapping.properties):
            continue
        function = wiring.target(mapping.get("FunctionName"))
        source = wiring.target(mapping.get("EventSourceArn"))
        source = source or wiring.imported(mapping.get("EventSourceArn"))
        source = source or _by_settings(wiring, mapping)
        yield from wiring.call(
            source,
            function,
            "event source mapping",
            mapping.properties,
            mode="stream",
            **poll_settings(mapping.properties),
        )
        failed = mapping.get("DestinationConfig.OnFailure.Destination")
        if failed is not None:
            target = wiring.target(failed)
            yield from wiring.call(function, target, "OnFailure", failed, dead_letter=True)


def _by_settings(wiring: Wiring, mapping: Resource) -> str:
    """Return what is polled by what only sources of its service are set with."""
    services = (service for key, service in _SETTINGS if mapping.get(key) is not None)
    service = next(services, "")
    return wiring.external(service, mapping.properties) if service else ""
