"""EventBridge pipes: from a source, by an enrichment, to a target."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.links.events import poll_settings
from apps.engine.formats.cloudformation.nodes import Node
from apps.engine.formats.cloudformation.wiring import Draft, Wiring

_INVOCATIONS = {"FIRE_AND_FORGET": ("event",), "REQUEST_RESPONSE": ("start_sync",)}
# Begins the address of a Kafka that AWS does not manage.
_BROKERS = "smk://"


def find(wiring: Wiring) -> Iterator[Draft]:
    """Yield the links of pipes: source, enrichment and target.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    for pipe in wiring.resources("AWS::Pipes::Pipe"):
        if pipe.id not in wiring.inventory.components:
            continue
        source = pipe.get("Source")
        settings = poll_settings(_source_parameters(pipe.get("SourceParameters"), pipe.properties))
        for id_ in wiring.targets(source) or [_elsewhere(wiring, source)]:
            yield from wiring.call(
                id_, pipe.id, "pipe Source", pipe.properties, mode="stream", **settings
            )
        # A pipe waits for its enrichment.
        waits = _INVOCATIONS["REQUEST_RESPONSE"]
        yield from _calls(wiring, pipe.id, pipe.get("Enrichment"), "pipe Enrichment", waits)
        roles = _roles(pipe.get("TargetParameters"))
        # A cluster is named beside the task that it runs.
        target = pipe.get("TargetParameters.EcsTaskParameters.TaskDefinitionArn")
        target = target if wiring.targets(target) else pipe.get("Target")
        yield from _calls(wiring, pipe.id, target, "pipe Target", roles)
        for key, value in pipe.properties.walk():
            if key == "DeadLetterConfig":
                for id_ in wiring.targets(value):
                    yield from wiring.call(pipe.id, id_, key, value, dead_letter=True)


def _elsewhere(wiring: Wiring, source: Node | None) -> str:
    """Return what stands elsewhere and is taken from, brokers of one's own too."""
    if source is not None and source.text().startswith(_BROKERS):
        return wiring.external("msk", source)
    return wiring.imported(source)


def _roles(parameters: Node | None) -> tuple[str, ...]:
    """Return the door of a function or a state machine that the parameters of a target ask for."""
    pairs = parameters.walk() if parameters is not None else ()
    kind = next((value.text() for key, value in pairs if key == "InvocationType"), "")
    return _INVOCATIONS.get(kind, ())


def _calls(
    wiring: Wiring, pipe: str, node: Node | None, mechanism: str, roles: tuple[str, ...]
) -> Iterator[Draft]:
    if node is None:
        return
    named = wiring.targets(node)
    for id_ in named:
        yield from wiring.call(pipe, id_, mechanism, node, roles=roles)
    if not named:
        outside = wiring.imported(node) or wiring.outside(node.text(), node)
        yield from wiring.call(pipe, outside, mechanism, node)


def _source_parameters(node: Node | None, default: Node) -> Node:
    """Return the parameters of the source's own type, which stand one level below."""
    found = (value for _, value in node.pairs()) if node is not None else iter(())
    return next((value for value in found if value.get("BatchSize") is not None), default)
