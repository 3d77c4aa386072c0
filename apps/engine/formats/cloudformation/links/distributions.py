"""CloudFront: where its answers come from, what runs at the edge, and firewalls."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.nodes import Node, Scalar
from apps.engine.formats.cloudformation.wiring import Draft, Wiring

_BEHAVIOURS = ("DefaultCacheBehavior", "CacheBehaviors")


def find(wiring: Wiring) -> Iterator[Draft]:
    for distribution in wiring.resources("AWS::CloudFront::Distribution"):
        configuration = distribution.get("DistributionConfig")
        if configuration is not None:
            yield from _distribution(wiring, distribution.id, configuration)
    for association in wiring.resources("AWS::WAFv2::WebACLAssociation"):
        for id_ in wiring.targets(association.get("ResourceArn")):
            for firewall in wiring.targets(association.get("WebACLArn")):
                yield from wiring.call(id_, firewall, "WebACLAssociation", association.properties)


def _distribution(wiring: Wiring, id_: str, configuration: Node) -> Iterator[Draft]:
    origins = configuration.get("Origins")
    for origin in origins.elements() if origins is not None else ():
        yield from _origin(wiring, id_, origin)
    for behaviour in map(configuration.get, _BEHAVIOURS):
        for target in wiring.targets(behaviour):
            if wiring.kind(target) == "lambda_function":
                yield from wiring.call(id_, target, "edge function", behaviour or configuration)
    wall = configuration.get("WebACLId")
    for target in wiring.targets(wall):
        yield from wiring.call(id_, target, "WebACLId", wall or configuration)


def _origin(wiring: Wiring, distribution: str, origin: Node) -> Iterator[Draft]:
    domain = origin.get("DomainName")
    ids = wiring.targets(domain)
    if not ids and domain is not None:
        name = domain.text()
        ids = wiring.targets(_as_address(domain)) or [wiring.outside(f"https://{name}", domain)]
    for id_ in ids:
        # Answers come from a bucket; uploads through a distribution are rare.
        roles = ("get",) if wiring.kind(id_) == "s3_bucket" else ()
        yield from wiring.call(distribution, id_, "origin", origin, roles=roles)


def _as_address(domain: Node) -> Node:
    return Scalar(domain.file, domain.line, f"https://{domain.text()}/")
