"""ElastiCache, in its three forms."""

from __future__ import annotations

from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.values import Properties, ref, sub
from apps.engine.graph import Component

SERVERLESS = "AWS::ElastiCache::ServerlessCache"
GROUP, NODES = "AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::CacheCluster"


def cache_type(plan: Plan, id_: str) -> str:
    """Return the type of resource that a cache is.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the cache.

    Returns
    -------
    str
        Such as AWS::ElastiCache::ReplicationGroup.
    """
    if plan.setting(id_, "is_serverless"):
        return SERVERLESS
    return NODES if plan.setting(id_, "engine") == "memcached" else GROUP


def _cache(plan: Plan, component: Component) -> None:
    id_, type_ = component.id, cache_type(plan, component.id)
    engine = plan.setting(id_, "engine")
    properties: Properties = {"Engine": engine}
    if type_ == SERVERLESS:
        properties |= _serverless(plan, component)
    else:
        group = plan.part(
            id_,
            "Subnets",
            "AWS::ElastiCache::SubnetGroup",
            {"Description": f"Where {component.label} stands", "SubnetIds": plan.subnets()},
        )
        properties["CacheSubnetGroupName"] = ref(group)
        properties["CacheNodeType"] = plan.setting(id_, "node_type")
        properties |= _nodes(plan, id_) if type_ == NODES else _group(plan, component)
    days = plan.setting(id_, "snapshot_days")
    if days and engine != "memcached":
        properties["SnapshotRetentionLimit"] = days
    plan.main(component, type_, properties)


def _serverless(plan: Plan, component: Component) -> Properties:
    properties = plan.rows(component, SERVERLESS, "engine", "snapshot_days")
    limits = properties.get("CacheUsageLimits", {})
    if "DataStorage" in limits:
        limits["DataStorage"] |= {"Unit": "GB"}
        limits["DataStorage"]["Maximum"] = max(1, int(limits["DataStorage"]["Maximum"]))
    if "ECPUPerSecond" in limits:
        limits["ECPUPerSecond"]["Maximum"] = max(1000, int(limits["ECPUPerSecond"]["Maximum"]))
    name = sub(f"${{AWS::StackName}}-{plan.short(component.id, 20).lower()}")
    network = {"SubnetIds": plan.subnets(), "SecurityGroupIds": plan.groups()}
    return {"ServerlessCacheName": name, **properties, **network}


def _nodes(plan: Plan, id_: str) -> Properties:
    number = plan.setting(id_, "shards")
    zones = {"AZMode": "cross-az"} if number > 1 else {}
    return {"NumCacheNodes": number, "VpcSecurityGroupIds": plan.groups(), **zones}


def _group(plan: Plan, component: Component) -> Properties:
    replicas = plan.setting(component.id, "replicas")
    shards = plan.setting(component.id, "shards")
    return {
        "ReplicationGroupDescription": component.label[:255],
        "NumNodeGroups": shards,
        "ReplicasPerNodeGroup": replicas,
        # More than one shard is possible with failover alone.
        "AutomaticFailoverEnabled": replicas > 0 or shards > 1,
        "MultiAZEnabled": replicas > 0,
        "TransitEncryptionEnabled": True,
        "AtRestEncryptionEnabled": True,
        "SecurityGroupIds": plan.groups(),
    }


WRITERS = {"elasticache_cluster": _cache}
