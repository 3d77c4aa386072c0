"""Relational databases, the proxy before them, DocumentDB. AWS makes and keeps passwords."""

from __future__ import annotations

import math
from typing import cast

from apps.engine.catalog.aurora_cluster import SERVERLESS, SMALLEST_CLASS, AuroraCluster
from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.values import Properties, Value, att, ref, sub
from apps.engine.graph import Component

_ADMIN = "headroom_admin"
_NO_READERS = ("readers", "instance_class")
# What a proxy may speak, by the engine of the database behind it.
_FAMILIES = {
    "aurora-mysql": "MYSQL",
    "mariadb": "MYSQL",
    "mysql": "MYSQL",
    "sqlserver": "SQLSERVER",
}
_WRITTEN_APART = ("is_public", "insights_days", "is_supported_longer", "has_own_license")
# What is written also where the default is meant.
_STATED = {
    "DBInstanceClass": "instance_class",
    "Engine": "engine",
    "AllocatedStorage": "storage_gb",
    "StorageType": "storage_type",
    "PubliclyAccessible": "is_public",
}
DATABASES = ("rds_instance", "aurora_cluster")


def _subnet_group(plan: Plan, owner: str, type_: str = "AWS::RDS::DBSubnetGroup") -> Value:
    properties = {
        "DBSubnetGroupDescription": f"Where {plan.design.component(owner).label} stands",
        "SubnetIds": plan.subnets(),
    }
    return ref(plan.part(owner, "Subnets", type_, properties))


def _parameters(plan: Plan, owner: str, type_: str) -> Value:
    """Return the group that holds the number of connections, which needs a family of engine."""
    family = plan.ask(
        owner,
        "Family",
        f"Family of parameters of {plan.design.component(owner).label}, such as postgres17",
    )
    properties = {
        "Description": "Most connections at a time",
        "Family": family,
        "Parameters": {"max_connections": str(plan.setting(owner, "max_connections"))},
    }
    return ref(plan.part(owner, "Parameters", type_, properties))


def _instance(plan: Plan, component: Component) -> None:
    id_ = component.id
    properties = plan.rows(component, "AWS::RDS::DBInstance", *_WRITTEN_APART)
    properties |= _support(plan, id_)
    properties |= {name: plan.setting(id_, setting) for name, setting in _STATED.items()}
    # CloudFormation takes numbers of gigabytes as text.
    properties["AllocatedStorage"] = str(properties["AllocatedStorage"])
    if not properties.get("EngineVersion", "x"):
        del properties["EngineVersion"]
    properties |= {
        "MasterUsername": _ADMIN,
        "ManageMasterUserPassword": True,
        "StorageEncrypted": True,
        "DBSubnetGroupName": _subnet_group(plan, id_),
        "VPCSecurityGroups": plan.groups(),
    }
    if plan.setting(id_, "max_connections"):
        group = _parameters(plan, id_, "AWS::RDS::DBParameterGroup")
        properties["DBParameterGroupName"] = group
    if properties["Engine"].startswith("sqlserver"):
        properties["LicenseModel"] = "license-included"
    plan.main(component, "AWS::RDS::DBInstance", properties, **_SNAPSHOT)


def _support(plan: Plan, id_: str) -> Properties:
    """Return how long AWS supports an old version, and how long it keeps its insights."""
    found: Properties = {}
    is_open = str(plan.setting(id_, "engine")).startswith(("postgres", "mysql"))
    if not plan.setting(id_, "is_supported_longer") and is_open:
        found["EngineLifecycleSupport"] = "open-source-rds-extended-support-disabled"
    days = plan.setting(id_, "insights_days")
    if days:
        # A week, whole months of 31 days, or two years.
        kept = 7 if days <= 7 else min(731, 31 * math.ceil(days / 31))
        found |= {"EnablePerformanceInsights": True, "PerformanceInsightsRetentionPeriod": kept}
    return found


# What is kept of a database whose stack is deleted.
_SNAPSHOT = {"DeletionPolicy": "Snapshot", "UpdateReplacePolicy": "Snapshot"}


def _aurora(plan: Plan, component: Component) -> None:
    id_ = component.id
    properties = _cluster(plan, component) | {
        "MasterUsername": _ADMIN,
        "ManageMasterUserPassword": True,
        "StorageEncrypted": True,
        "DBSubnetGroupName": _subnet_group(plan, id_),
        "VpcSecurityGroupIds": plan.groups(),
    }
    if plan.setting(id_, "max_connections"):
        group = _parameters(plan, id_, "AWS::RDS::DBClusterParameterGroup")
        properties["DBClusterParameterGroupName"] = group
    plan.main(component, "AWS::RDS::DBCluster", properties, **_SNAPSHOT)
    member = {
        "DBClusterIdentifier": plan.ref(id_),
        "Engine": properties["Engine"],
        "DBInstanceClass": _class(plan, id_),
    }
    _members(plan, id_, "AWS::RDS::DBInstance", member)


def _cluster(plan: Plan, component: Component) -> Properties:
    """Return what the settings of a cluster say: its engine and its capacity."""
    but = (*_NO_READERS, "insights_days", "min_acu", "max_acu", "backtrack_h")
    properties = plan.rows(component, "AWS::RDS::DBCluster", *but)
    properties["Engine"] = plan.setting(component.id, "engine")
    if not properties.get("EngineVersion", "x"):
        del properties["EngineVersion"]
    cluster = cast("AuroraCluster", plan.kinds[component.id])
    if cluster.is_serverless:
        properties["ServerlessV2ScalingConfiguration"] = {
            "MinCapacity": cluster.least_acu,
            "MaxCapacity": cluster.most_acu,
        }
    if cluster.backtrack_h and properties["Engine"] == "aurora-mysql":
        properties["BacktrackWindow"] = int(cluster.backtrack_h * 3600)
    return properties


def _class(plan: Plan, id_: str) -> str:
    given = plan.setting(id_, "instance_class")
    is_serverless = cast("AuroraCluster", plan.kinds[id_]).is_serverless
    return SERVERLESS if is_serverless else given or SMALLEST_CLASS


def _members(plan: Plan, id_: str, type_: str, properties: Properties) -> None:
    for number in range(1, plan.setting(id_, "readers") + 2):
        suffix = "Writer" if number == 1 else f"Reader{number - 1}"
        plan.part(id_, suffix, type_, dict(properties))


def _proxy(plan: Plan, component: Component) -> None:
    id_ = component.id
    behind = [link.target for link in plan.design.outbound(id_)]
    database = next((target for target in behind if plan.kind(target) in DATABASES), "")
    secret, engine = _opened(plan, component, database)
    family = next((f for name, f in _FAMILIES.items() if engine.startswith(name)), "POSTGRESQL")
    properties = {
        "DBProxyName": plan.short(id_, 60).lower(),
        "EngineFamily": family,
        "Auth": [{"AuthScheme": "SECRETS", "IAMAuth": "DISABLED", "SecretArn": secret}],
        "RoleArn": plan.role(id_, "rds.amazonaws.com"),
        "VpcSubnetIds": plan.subnets(),
        "VpcSecurityGroupIds": plan.groups(),
        "RequireTLS": True,
    }
    plan.main(component, "AWS::RDS::DBProxy", properties)
    group: Properties = {"DBProxyName": plan.ref(id_), "TargetGroupName": "default"}
    group |= plan.rows(component, "AWS::RDS::DBProxyTargetGroup")
    _behind(plan, group, database)
    members = _member_ids(plan, database) if database else []
    attributes = {"DependsOn": members} if members else {}
    plan.part(id_, "Targets", "AWS::RDS::DBProxyTargetGroup", group, **attributes)


def _opened(plan: Plan, component: Component, database: str) -> tuple[Value, str]:
    """Return the secret with which a proxy signs in, and the engine that it speaks to."""
    if database:
        secret = secret_of(plan, database)
        plan.allow(component.id, ["secretsmanager:GetSecretValue"], [secret])
        return secret, str(plan.setting(database, "engine"))
    why = f"The secret with which {component.label} signs in; its policy must let the role read"
    return plan.ask(component.id, "SecretArn", why), "postgres"


def _behind(plan: Plan, group: Properties, database: str) -> None:
    if database and plan.kind(database) == "rds_instance":
        group["DBInstanceIdentifiers"] = [plan.ref(database)]
    elif database:
        group["DBClusterIdentifiers"] = [plan.ref(database)]


def _member_ids(plan: Plan, database: str) -> list[str]:
    """Return the first instance of a cluster: a proxy cannot be told of it before."""
    return [f"{plan.ids[database]}Writer"] if plan.kind(database) == "aurora_cluster" else []


def secret_of(plan: Plan, id_: str) -> Value:
    """Return the ARN of the secret that opens a database.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the database.

    Returns
    -------
    any
        What RDS makes and keeps; of DocumentDB a parameter, since no template can name its own.
    """
    if plan.kind(id_) != "documentdb_cluster":
        return att(plan.ids[id_], "MasterUserSecret.SecretArn")
    label = plan.design.component(id_).label
    return plan.ask(id_, "SecretArn", f"ARN of the secret whose 'password' opens {label}")


def _documents(plan: Plan, component: Component) -> None:
    id_ = component.id
    secret = secret_of(plan, id_)
    is_serverless = plan.setting(id_, "instance_class") == SERVERLESS
    but = (*_NO_READERS, *(() if is_serverless else ("min_dcu", "max_dcu")))
    properties = plan.rows(component, "AWS::DocDB::DBCluster", *but)
    if not properties.get("EngineVersion", "x"):
        del properties["EngineVersion"]
    if is_serverless:
        properties["ServerlessV2ScalingConfiguration"] = {
            "MinCapacity": plan.setting(id_, "min_dcu"),
            "MaxCapacity": plan.setting(id_, "max_dcu"),
        }
    properties |= {
        "MasterUsername": _ADMIN,
        "MasterUserPassword": sub(
            f"{{{{resolve:secretsmanager:${{{secret.argument}}}:SecretString:password}}}}"
        ),
        "StorageEncrypted": True,
        "DBSubnetGroupName": _subnet_group(plan, id_, "AWS::DocDB::DBSubnetGroup"),
        "VpcSecurityGroupIds": plan.groups(),
    }
    plan.main(component, "AWS::DocDB::DBCluster", properties, **_SNAPSHOT)
    member = {
        "DBClusterIdentifier": plan.ref(id_),
        "DBInstanceClass": plan.setting(id_, "instance_class"),
    }
    _members(plan, id_, "AWS::DocDB::DBInstance", member)


WRITERS = {
    "aurora_cluster": _aurora,
    "documentdb_cluster": _documents,
    "rds_instance": _instance,
    "rds_proxy": _proxy,
}
