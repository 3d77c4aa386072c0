"""Load balancers: from listeners by target groups to what answers."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.nodes import Node, references
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.formats.cloudformation.wiring import Draft, Wiring

GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
_LISTENERS = (
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
)
_MEMBERS = ("AWS::ECS::Service", "AWS::AutoScaling::AutoScalingGroup", "AWS::EC2::Instance")


def find(wiring: Wiring) -> Iterator[Draft]:
    """Yield the links of load balancers with their targets.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    for listener in wiring.resources(*_LISTENERS):
        balancer = wiring.component(listener.id)
        actions = listener.get("DefaultActions") or listener.get("Actions")
        for group in _groups(wiring, actions):
            for id_ in _members(wiring, group):
                yield from wiring.call(balancer, id_, "target group", group.properties)
    for link in wiring.resources("AWS::VpcLattice::TargetGroup"):
        service = next(iter(wiring.of_service("vpclattice", link.id)), "")
        for id_ in wiring.targets(link.get("Targets")):
            yield from wiring.call(service, id_, "target group", link.properties)


def _groups(wiring: Wiring, actions: Node | None) -> Iterator[Resource]:
    seen = set()
    for reference, _ in references(actions):
        found = wiring.inventory.resources.get(reference.target)
        if found is not None and found.type == GROUP and found.id not in seen:
            seen.add(found.id)
            yield found


def _members(wiring: Wiring, group: Resource) -> list[str]:
    found = dict.fromkeys(wiring.targets(group.get("Targets")))
    for member in wiring.resources(*_MEMBERS):
        node = member.get("LoadBalancers") or member.get("TargetGroupARNs")
        if any(reference.target == group.id for reference, _ in references(node)):
            found[member.id] = None
    return list(found)
