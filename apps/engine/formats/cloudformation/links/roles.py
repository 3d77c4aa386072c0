"""IAM roles and policies: what those who take a role may call."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.links.managed_policies import from_managed
from apps.engine.formats.cloudformation.links.statements import from_statements
from apps.engine.formats.cloudformation.nodes import Node, references
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.formats.cloudformation.wiring import Draft, Wiring

ROLE, POLICY, MANAGED = "AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"
# The properties in which a resource names the role that it acts by.
_KEYS = frozenset(
    {
        *("Role", "RoleArn", "RoleARN", "ExecutionRoleArn", "TaskRoleArn", "ServiceRoleArn"),
        *("Credentials", "CredentialsArn", "credentials", "ServiceRole", "JobRoleArn"),
        *("AuthorizerCredentials", "CloudWatchLogsRoleArn", "AuthorizerCredentialsArn"),
    }
)
# These roles only let a service write its log.
_LOG_KEYS = frozenset({"CloudWatchLogsRoleArn", "CloudWatchRoleArn"})


def find(wiring: Wiring) -> Iterator[Draft]:
    """Yield the links that the policies of roles allow to those who take them.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    takers, users = _takers(wiring), _users(wiring)
    for role in wiring.resources(ROLE):
        for taker in takers.get(role.id, ()):
            yield from _from_role(wiring, taker, role)
    for policy in wiring.resources(POLICY, MANAGED):
        for taker in _of_policy(wiring, policy, takers, users):
            statements = policy.get("PolicyDocument.Statement")
            yield from from_statements(wiring, taker, statements, f"policy {policy.id}")


def _from_role(wiring: Wiring, taker: str, role: Resource) -> Iterator[Draft]:
    for policy in _items(role.get("Policies")):
        statements = policy.get("PolicyDocument.Statement")
        yield from from_statements(wiring, taker, statements, f"role {role.id}")
    for managed in _items(role.get("ManagedPolicyArns")):
        yield from from_managed(wiring, taker, managed, f"role {role.id}")


def _takers(wiring: Wiring) -> dict[str, dict[str, None]]:
    """Return the components that act by each role."""
    found: dict[str, dict[str, None]] = {}
    for resource in wiring.inventory.resources.values():
        if resource.type.startswith("AWS::IAM::"):
            continue
        for key, value in resource.properties.walk():
            if key not in _KEYS or key in _LOG_KEYS:
                continue
            for role in _named(wiring, value, ROLE):
                # A task that is called by name stands for itself.
                own = resource.id if resource.id in wiring.promoted else ""
                taker = wiring.inventory.owner(resource.id) or own
                if taker:
                    found.setdefault(role, {})[taker] = None
    return found


def _users(wiring: Wiring) -> dict[str, list[Resource]]:
    """Return the resources that name each managed policy."""
    found: dict[str, list[Resource]] = {}
    for resource in wiring.inventory.resources.values():
        for path in ("ManagedPolicyArns", "Policies"):
            for policy in _named(wiring, resource.get(path), MANAGED):
                found.setdefault(policy, []).append(resource)
    return found


def _of_policy(
    wiring: Wiring,
    policy: Resource,
    takers: dict[str, dict[str, None]],
    users: dict[str, list[Resource]],
) -> list[str]:
    roles = _named(wiring, policy.get("Roles"), ROLE)
    found: dict[str, None] = {}
    for user in users.get(policy.id, ()):
        if user.type == ROLE:
            roles.append(user.id)
        elif user.id in wiring.inventory.components:
            found[user.id] = None
    for role in roles:
        found |= takers.get(role, {})
    return list(found)


def _named(wiring: Wiring, node: Node | None, type_: str) -> list[str]:
    resources = wiring.inventory.resources
    targets = (reference.target for reference, _ in references(node))
    return [id_ for id_ in targets if id_ in resources and resources[id_].type == type_]


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.elements() if node is not None else ()
