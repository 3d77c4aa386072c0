"""Caches that speak the language of the tables behind them: DAX before DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.links.roles import POLICY, ROLE
from apps.engine.formats.cloudformation.nodes import Node, references
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.formats.cloudformation.wiring import Draft, Wiring

_TABLE = "dynamodb_table"


def find(wiring: Wiring) -> Iterator[Draft]:
    """Read which tables the role of a cluster opens: misses read them, and writes pass on.

    Parameters
    ----------
    wiring : Wiring
        The resources, and whom their values name.

    Yields
    ------
    Draft
        Reads and writes of each table.
    """
    for cluster in wiring.resources("AWS::DAX::Cluster"):
        near = wiring.of_service("dynamodb", cluster.id)
        tables = [id_ for id_ in near if wiring.kind(id_) == _TABLE]
        at = cluster.get("IAMRoleARN") or cluster.properties
        named = [id_ for node in _policies(wiring, cluster) for id_ in wiring.targets(node)]
        opened = [id_ for id_ in dict.fromkeys(named) if id_ in tables]
        for id_ in opened or tables[: 1 if len(tables) == 1 else 0]:
            yield from wiring.call(
                cluster.id, id_, "role of the cluster", at, roles=("read", "write")
            )


def _policies(wiring: Wiring, cluster: Resource) -> Iterator[Node]:
    roles = {reference.target for reference, _ in references(cluster.get("IAMRoleARN"))}
    for role in wiring.resources(ROLE):
        policies = role.get("Policies") if role.id in roles else None
        if policies is not None:
            yield policies
    for policy in wiring.resources(POLICY):
        if roles & {reference.target for reference, _ in references(policy.get("Roles"))}:
            yield policy.properties
