"""The resources of all stacks, sorted into components, their parts, and what only supports."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import cached_property

from apps.engine.formats.cloudformation.cdk import construct_name
from apps.engine.formats.cloudformation.definitions import MACHINES, with_definition
from apps.engine.formats.cloudformation.edge import edge_functions
from apps.engine.formats.cloudformation.implicit import (
    DEFAULT_BUS,
    implicit_resources,
    is_default_bus,
    prefix_of,
)
from apps.engine.formats.cloudformation.islands import Islands
from apps.engine.formats.cloudformation.kinds import (
    SUPPORTING,
    Class,
    classify,
    is_watching,
)
from apps.engine.formats.cloudformation.library import Library
from apps.engine.formats.cloudformation.nodes import Node, Scalar, flat, references
from apps.engine.formats.cloudformation.scaling import TARGET
from apps.engine.formats.cloudformation.services import service_of
from apps.engine.formats.cloudformation.stack import Resource, Stack
from apps.engine.formats.errors import UnreadableInput

# Looking for a near name takes a while.
MAX_HINTS = 10
BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
# The properties by which a part names the resource that it belongs to, first ones first.
_OWNERS = (
    *("FunctionName", "TargetFunctionArn", "RestApiId", "ApiId", "UserPoolId", "UserPool"),
    *("DBClusterIdentifier", "DBProxyName", "SourceDBInstanceIdentifier"),
    *("LoadBalancerArn", "ListenerArn", "FileSystemId", "Bucket", "ApplicationId", "AppId"),
    *("StreamARN", "ServerId", "GatewayIdentifier", "IndexId", "GraphQLApiId", "DatabaseName"),
    *("ReplicationGroupId", "Cluster", "EventBusName", "SecretId", "BackupPlanId"),
    *("AutoScalingGroupName", "ScalingTargetId", "ResourceId"),
)
# Properties by which a component names what sets it up.
_SHARED_PARTS = (
    *("DBParameterGroupName", "DBClusterParameterGroupName", "CacheParameterGroupName"),
    *("ParameterGroupName", "UserGroupIds"),
    *("LaunchTemplate", "LaunchConfigurationName", "MixedInstancesPolicy"),
)
# These name a resource, yet are no part of it.
_NO_PARTS = (
    "AWS::IAM::",
    "AWS::Lambda::Permission",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Logs",
)
_NAMES = (
    *("FunctionName", "QueueName", "TableName", "BucketName", "TopicName", "StreamName"),
    *("StateMachineName", "UserPoolName", "DBInstanceIdentifier", "DBClusterIdentifier"),
    *("DBProxyName", "ClusterName", "ReplicationGroupId", "ServerlessCacheName"),
    *("DeliveryStreamName", "Name", "DatabaseInput.Name"),
)


class Inventory:
    """Every resource by id. `components` holds the class of those that carry load."""

    def __init__(self, stacks: Iterable[Stack], library: Library) -> None:
        written = [resource for stack in stacks for resource in stack.resources()]
        self.library = library
        self._owners: dict[str, str] = {}
        self._services: dict[str, str] = {}
        self.resources = {resource.id: resource for resource in written}
        for resource in implicit_resources(written):
            self.resources[resource.id] = resource
        for id_, resource in self.resources.items():
            if resource.type in MACHINES:
                self.resources[id_] = with_definition(resource, library)
        self.classes = {id_: classify(resource) for id_, resource in self.resources.items()}
        for id_ in edge_functions(self.resources):
            self.classes[id_] = Class("edge_function")
        self._by_type: dict[tuple[str, ...], list[Resource]] = {}
        for resource in written:
            self._check_references(resource)

    @cached_property
    def components(self) -> dict[str, Class]:
        """The class of each resource that carries load, by id."""
        return {id_: found for id_, found in self.classes.items() if found.kind != SUPPORTING}

    @cached_property
    def islands(self) -> Islands:
        """Which resources hang together."""
        return Islands(self.resources, {id_: found.kind for id_, found in self.components.items()})

    def of_type(self, *types: str) -> list[Resource]:
        """Return the resources of some types.

        Parameters
        ----------
        *types : str
            Types, such as AWS::SQS::Queue.

        Returns
        -------
        list of Resource
            In the order of the template.
        """
        if types not in self._by_type:
            found = [resource for resource in self.resources.values() if resource.type in types]
            self._by_type[types] = found
        return self._by_type[types]

    def service(self, id_: str) -> str:
        """Return the short service name of a resource.

        Parameters
        ----------
        id_ : str
            Its id.

        Returns
        -------
        str
            Such as sqs; empty where it is not known.
        """
        if id_ not in self._services:
            self._services[id_] = self._service(id_)
        return self._services[id_]

    @cached_property
    def by_service(self) -> dict[str, list[str]]:
        """The components of each service; logs and alarms are not what its calls are for."""
        found: dict[str, list[str]] = {}
        for id_, class_ in self.components.items():
            service = self.service(id_)
            if service != "cloudwatch" or not is_watching(class_.kind):
                found.setdefault(service, []).append(id_)
        return found

    def _service(self, id_: str) -> str:
        resource = self.resources[id_]
        if resource.type == BALANCER and resource.text("Type") == "network":
            return "nlb"
        return service_of(resource.type)

    def owner(self, id_: str) -> str:
        """Return the component that a resource is or belongs to, empty where there is none.

        Parameters
        ----------
        id_ : str
            Id of a resource.

        Returns
        -------
        str
            Id of the component.
        """
        if id_ in self.components:
            return id_
        if id_ not in self._owners:
            self._owners[id_] = self._owner(id_)
        return self._owners[id_]

    def _owner(self, id_: str) -> str:
        for _ in range(6):
            id_ = self._named_owner(id_)
            if not id_ or id_ in self.components:
                return id_
        return ""

    def _named_owner(self, id_: str) -> str:
        resource = self.resources.get(id_)
        if resource is None or resource.type.startswith(_NO_PARTS):
            return ""
        for name in _OWNERS:
            named = [reference.target for reference, _ in references(resource.get(name))]
            named = [target for target in named if target and target != id_]
            if named:  # A service stands beside its cluster there.
                return next((target for target in named if target in self.components), named[0])
            alike = self.named.get((self.service(id_), flat(resource.text(name))), "")
            if alike and alike != id_:
                return alike
        return self._runner(resource)

    def _runner(self, resource: Resource) -> str:
        """Return what a resource belongs to that does not name it by a reference."""
        if resource.type == TARGET:
            service, _, name = flat(resource.text("ResourceId")).partition("/")
            return self.named.get(("dynamodb", name), "") if service == "table" else ""
        if resource.type == "AWS::Events::Rule":
            bus = resource.text("EventBusName").rpartition("/")[2]
            is_default = is_default_bus(resource.get("EventBusName"))
            return DEFAULT_BUS if is_default else self.named.get(("eventbridge", flat(bus)), "")
        if resource.type == "AWS::ECS::TaskDefinition":
            for user in self.of_type("AWS::ECS::Service"):
                if any(r.target == resource.id for r, _ in references(user.properties)):
                    return user.id
        return ""

    @cached_property
    def parts(self) -> dict[str, list[Resource]]:
        """The supporting resources of each component."""
        found: dict[str, list[Resource]] = {}
        for id_, resource in self.resources.items():
            owner = self.owner(id_) if id_ not in self.components else ""
            if owner:
                found.setdefault(owner, []).append(resource)
        for id_ in self.components:
            for path in _SHARED_PARTS:
                for reference, _ in references(self.resources[id_].get(path)):
                    if reference.target in self.resources:
                        found.setdefault(id_, []).append(self.resources[reference.target])
        for plan in self.of_type("AWS::ApiGateway::UsagePlan"):
            for reference, _ in references(plan.get("ApiStages")):
                if reference.target in self.components:
                    found.setdefault(reference.target, []).append(plan)
        return found

    @cached_property
    def named(self) -> dict[tuple[str, str], str]:
        """Component ids by service and by the text of the name that the template gives them."""
        found: dict[tuple[str, str], str] = {}
        for id_, resource in self.resources.items():
            node = self.name_node(resource)
            if node is not None and len(node.text()) > 1:
                found.setdefault((self.service(id_), flat(node.text())), id_)
        return found

    @staticmethod
    def name_node(resource: Resource) -> Node | None:
        """Return the name that a template gives to a resource, None where AWS makes one.

        Parameters
        ----------
        resource : Resource
            A resource with its properties.

        Returns
        -------
        Node or None
            The value as it stands.
        """
        return next((node for node in map(resource.get, _NAMES) if node is not None), None)

    def name(self, id_: str) -> str:
        """Return the name of a resource where the template gives it in full.

        Parameters
        ----------
        id_ : str
            Id of a resource.

        Returns
        -------
        str
            The name, else that of its construct in the CDK; empty where it is known only in
            part, or not given.
        """
        node = self.name_node(self.resources[id_])
        if node is None:
            return construct_name(self.resources[id_].body)
        return node.text() if isinstance(node, Scalar) else ""

    def _check_references(self, resource: Resource) -> None:
        """Refuse a name that nothing has, where what hangs on it is read."""
        for reference, value in references(resource.properties):
            kind = self.classes[resource.id].kind
            is_silent = kind == SUPPORTING or is_watching(kind) or resource.stack.has_macros
            if not reference.is_dangling or (is_silent and not self.library.has_room):
                continue
            names = resource.stack.names() if len(self.library.warnings) < MAX_HINTS else ()
            close = difflib.get_close_matches(reference.name[:60], names[:1000], 1)
            hint = f"did you mean {close[0]}?" if close else "add it, or remove what names it."
            message = f"{resource.id} names '{reference.name[:60]}', which is not there; {hint}"
            if is_silent:
                self.library.warn(message, value.at)
            else:
                raise UnreadableInput(message, value.file, value.line)


def sibling(resource: Resource, name: str) -> str:
    """Return the id of another resource of the same template.

    Parameters
    ----------
    resource : Resource
        A resource with its properties.
    name : str
        Logical id in the same template.

    Returns
    -------
    str
        The id, with the path of the same nested stack.
    """
    return prefix_of(resource.id) + name
