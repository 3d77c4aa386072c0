"""Proxies in front of databases, and databases that a secret leads to."""

from __future__ import annotations

from collections.abc import Iterator

from apps.engine.formats.cloudformation.nodes import Node, references
from apps.engine.formats.cloudformation.stack import Resource
from apps.engine.formats.cloudformation.wiring import Draft, Rank, Wiring

_FUNCTIONS = ("AWS::Serverless::Function", "AWS::Lambda::Function")
_DATABASES = (
    *("AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::DocDB::DBCluster"),
    *("AWS::Neptune::DBCluster", "AWS::Redshift::Cluster"),
)


def find(wiring: Wiring) -> Iterator[Draft]:
    """Yield the links of proxies with the databases behind them.

    Parameters
    ----------
    wiring : Wiring
        The resources of an upload, and the names by which they know each other.

    Yields
    ------
    Draft
        The links that this mechanism speaks of, with the place where they stand.
    """
    fronts: dict[str, str] = {}
    for group in wiring.resources("AWS::RDS::DBProxyTargetGroup"):
        proxy = wiring.target(group.get("DBProxyName"))
        for path in ("DBInstanceIdentifiers", "DBClusterIdentifiers"):
            node = group.get(path)
            for id_ in wiring.targets(node):
                fronts[id_] = proxy
                yield from wiring.call(proxy, id_, "proxy target", node or group.properties)
    yield from _by_secret(wiring, fronts)


def _by_secret(wiring: Wiring, fronts: dict[str, str]) -> Iterator[Draft]:
    """Read that who is given a database's secret calls the database, by its proxy if it has one."""
    secrets = _secrets(wiring)
    for function in wiring.resources(*_FUNCTIONS):
        for path in ("Environment", "Policies"):
            node = function.get(path)
            for reference, value in references(node):
                database = secrets.get(reference.target, "")
                target = fronts.get(database, database)
                yield from wiring.call(function.id, target, "secret", value, rank=Rank.HINT)


def _secrets(wiring: Wiring) -> dict[str, str]:
    """Return the database that each secret opens."""
    found: dict[str, str] = {}
    for attachment in wiring.resources("AWS::SecretsManager::SecretTargetAttachment"):
        database = wiring.target(attachment.get("TargetId"))
        for secret in _ids(attachment.get("SecretId")):
            found[secret] = database
    for database_resource in wiring.resources(*_DATABASES):
        for secret in _secrets_of(wiring, database_resource):
            found.setdefault(secret, database_resource.id)
    # `!GetAtt Db.MasterUserSecret.SecretArn` names the database itself.
    return {secret: id_ for secret, id_ in found.items() if id_}


def _secrets_of(wiring: Wiring, database: Resource) -> Iterator[str]:
    for path in ("MasterUserPassword", "MasterUsername", "MasterUserSecret"):
        for id_ in _ids(database.get(path)):
            resource = wiring.inventory.resources.get(id_)
            if resource is not None and resource.type == "AWS::SecretsManager::Secret":
                yield id_


def _ids(node: Node | None) -> list[str]:
    return [reference.target for reference, _ in references(node) if reference.target]
