"""What sends the events that a rule's pattern asks for."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.nodes import Node, leaves
from apps.engine.formats.cloudformation.wiring import Draft, Rank, Wiring

# Sources of events on the default bus, where they are not the service's own short name.
_SOURCES = {"states": "stepfunctions", "inspector2": "", "health": "", "tag": "", "ec2": "ec2"}


def emitters(
    wiring: Wiring, bus: str, pattern: Node | None, at: Node, near: str
) -> Iterator[Draft]:
    """Yield the links from what emits events to the bus that a pattern listens on.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.
    bus : str
        Id of the bus.
    pattern : Node or None
        The event pattern, None where there is none.
    at : Node
        The value whose file and line the result carries.
    near : str
        Id of the resource that listens.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    if pattern is None:
        return
    named = [id_ for id_ in wiring.targets(pattern) if id_ != bus]
    for id_ in named:
        yield from wiring.call(id_, bus, "event pattern", at)
    kinds = " ".join(leaf.text() for leaf in leaves(pattern.get("detail-type")))
    if "CloudTrail" in kinds:
        trail = _emitting(wiring, "cloudtrail", near) or wiring.external("cloudtrail", at)
        yield from wiring.call(trail, bus, "event pattern", at)
        return
    source = pattern.get("source")
    for leaf in leaves(source):
        text = leaf.text()
        if not text.startswith("aws."):
            continue
        prefix = text.removeprefix("aws.")
        service = _SOURCES.get(prefix, prefix)
        local = _emitting(wiring, service, near)
        if not named and local:
            yield from wiring.call(local, bus, "event pattern", at, rank=Rank.BROAD)


def _emitting(wiring: Wiring, service: str, near: str) -> str:
    """Return the one component of a service that may send the events, or an empty text."""
    found = wiring.of_service(service, near) if service else []
    return found[0] if len(found) == 1 else ""
