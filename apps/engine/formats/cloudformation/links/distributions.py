"""CloudFront: where its answers come from, what runs at the edge, and firewalls."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.edge import associations, behaviours
from apps.engine.formats.cloudformation.nodes import Node, Scalar
from apps.engine.formats.cloudformation.wiring import Draft, Wiring


def find(wiring: Wiring) -> Iterator[Draft]:
    """Yield the links of distributions with their origins and the functions at the edge.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    for distribution in wiring.resources("AWS::CloudFront::Distribution"):
        configuration = distribution.get("DistributionConfig")
        if configuration is not None:
            yield from _distribution(wiring, distribution.id, configuration)
    for association in wiring.resources("AWS::WAFv2::WebACLAssociation"):
        for id_ in wiring.targets(association.get("ResourceArn")):
            for firewall in wiring.targets(association.get("WebACLArn")):
                at = association.properties
                yield from _on_top(wiring, id_, firewall, "WebACLAssociation", at)


def _distribution(wiring: Wiring, id_: str, configuration: Node) -> Iterator[Draft]:
    origins = configuration.get("Origins")
    yield from _origins(wiring, id_, origins.elements() if origins is not None else ())
    yield from _functions(wiring, id_, configuration)
    wall = configuration.get("WebACLId")
    for target in wiring.targets(wall):
        yield from _on_top(wiring, id_, target, "WebACLId", wall or configuration)


def _functions(wiring: Wiring, id_: str, configuration: Node) -> Iterator[Draft]:
    """Yield the links with functions at the edge: a request runs each once at each event."""
    events: dict[str, set[str]] = {}
    for behaviour in behaviours(configuration):
        for association in associations(behaviour):
            for target in wiring.targets(association.function):
                events.setdefault(target, set()).add(association.event)
    for target, found in events.items():
        viewer = sum(event.startswith("viewer") for event in found)
        yield from wiring.call(
            id_,
            target,
            "edge function",
            configuration,
            calls=float(len(found)),
            is_extra=True,
            viewer_calls=float(viewer) if viewer else None,
        )


def _on_top(wiring: Wiring, caller: str, target: str, mechanism: str, at: Node) -> Iterator[Draft]:
    """Yield the link with what sees each request beside its route, answered by a cache or not."""
    yield from wiring.call(
        caller, target, mechanism, at, calls=1.0, is_extra=True, viewer_calls=1.0
    )


def _origins(wiring: Wiring, distribution: str, origins: tuple[Node, ...]) -> Iterator[Draft]:
    found = [(id_, origin) for origin in origins for id_ in _behind(wiring, origin)]
    is_application = any(wiring.kind(id_) != "s3_bucket" for id_, _ in found)
    for id_, origin in found:
        is_bucket = wiring.kind(id_) == "s3_bucket"
        # Answers come from a bucket; uploads through a distribution are rare.
        roles = ("get",) if is_bucket else ()
        # Beside an application its files are no counted requests: they come on top.
        on_top = (is_bucket and is_application) or None
        yield from wiring.call(distribution, id_, "origin", origin, roles=roles, is_extra=on_top)


def _behind(wiring: Wiring, origin: Node) -> list[str]:
    """Return what an origin's address names."""
    domain = origin.get("DomainName")
    ids = wiring.targets(domain)
    if not ids and domain is not None:
        outside = wiring.outside(f"https://{domain.text()}", domain)
        ids = wiring.targets(_as_address(domain)) or ([outside] if outside else [])
    return ids


def _as_address(domain: Node) -> Node:
    return Scalar(domain.file, domain.line, f"https://{domain.text()}/")
