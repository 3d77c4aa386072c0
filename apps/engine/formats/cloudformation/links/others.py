"""What is not modelled, and what runs in containers: whom its properties name."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.kinds import SUPPORTING
from apps.engine.formats.cloudformation.links.environment import from_variable
from apps.engine.formats.cloudformation.nodes import Node, references
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.formats.cloudformation.wiring import Draft, Rank, Wiring
from apps.engine.graph import NOT_MODELLED

# Their links are read in full elsewhere.
_READ_ELSEWHERE = frozenset(
    {
        *("AWS::ApiGatewayV2::Api", "AWS::AppSync::GraphQLApi", "AWS::AppSync::Api"),
        *("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::Pipes::Pipe"),
        *("AWS::IoT::TopicRule", "AWS::KinesisFirehose::DeliveryStream"),
        *("AWS::Serverless::GraphQLApi", "AWS::ECS::Service", "AWS::WAFv2::WebACL"),
    }
)
# What their properties name is called: instances by what is written into them at their start.
_NAMING = (NOT_MODELLED, "auto_scaling_group")


def find(wiring: Wiring) -> Iterator[Draft]:
    """Yield the links of resources that need a line or two each.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    classes = dict(wiring.inventory.classes)
    for id_, class_ in classes.items():
        resource = wiring.inventory.resources[id_]
        if class_.kind in _NAMING and resource.type not in _READ_ELSEWHERE:
            for one in (resource, *wiring.inventory.parts.get(id_, ())):
                yield from _names(wiring, id_, one)
    for definition in wiring.resources("AWS::ECS::TaskDefinition"):
        yield from _containers(wiring, definition)
    for mount in wiring.resources("AWS::Serverless::Function", "AWS::Lambda::Function"):
        systems = mount.get("FileSystemConfigs")
        for id_ in wiring.targets(systems):
            at = systems or mount.properties
            yield from wiring.call(mount.id, id_, "file system", at, rank=Rank.POLICY)


def _names(wiring: Wiring, id_: str, resource: Resource) -> Iterator[Draft]:
    components = wiring.inventory.components
    for target in wiring.targets(resource.properties):
        if target in components and target != id_ and not wiring.watches(target):
            at = resource.properties
            yield from wiring.call(id_, target, f"property of {resource.id}", at, rank=Rank.HINT)


def _containers(wiring: Wiring, definition: Resource) -> Iterator[Draft]:
    """Read the environment of containers as that of the service which runs them."""
    caller = _runner(wiring, definition)
    containers = definition.get("ContainerDefinitions")
    for container in containers.elements() if containers is not None and caller else ():
        variables = container.get("Environment")
        for entry in variables.elements() if variables is not None else ():
            name, value = entry.get("Name"), entry.get("Value")
            if name is not None and value is not None:
                yield from from_variable(wiring, caller, name.text(), value)


def _runner(wiring: Wiring, definition: Resource) -> str:
    for service in wiring.resources("AWS::ECS::Service"):
        node: Node | None = service.get("TaskDefinition")
        if any(reference.target == definition.id for reference, _ in references(node)):
            return service.id
    is_component = wiring.inventory.classes[definition.id].kind != SUPPORTING
    return definition.id if is_component or definition.id in wiring.promoted else ""
