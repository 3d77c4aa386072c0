"""OpenSearch, as instances and serverless, and clusters of EMR."""

from __future__ import annotations

import json

from apps.engine.formats.cloudformation.write.plan import Plan
from apps.engine.formats.cloudformation.write.roles import trusted
from apps.engine.formats.cloudformation.write.values import Properties, ref, sub
from apps.engine.graph import Component

DOMAIN, COLLECTION = "AWS::OpenSearchService::Domain", "AWS::OpenSearchServerless::Collection"
# What may be set only where nodes of that sort are there.
_MASTERS, _WARM = ("master_type", "masters"), ("warm_type", "warm_nodes")
_VOLUMES = ("storage_gb", "storage_type", "iops", "throughput_mib_s")


def _domain(plan: Plan, component: Component) -> None:
    id_ = component.id
    but = [name for flag, names in _parts() if not plan.setting(id_, flag) for name in names]
    # What a sort of nodes needs is written in full, also where the defaults are meant.
    meant = {name: plan.setting(id_, name) for flag, names in _parts() for name in names}
    meant |= {"instance_type": plan.setting(id_, "instance_type")}
    whole = Component(id=id_, kind=component.kind, settings={**meant, **component.settings})
    properties = plan.rows(whole, DOMAIN, *but)
    properties["EngineVersion"] = "OpenSearch_2.19"
    properties["EncryptionAtRestOptions"] = {"Enabled": True}
    properties["NodeToNodeEncryptionOptions"] = {"Enabled": True}
    properties["DomainEndpointOptions"] = {"EnforceHTTPS": True}
    properties.setdefault("EBSOptions", {})["EBSEnabled"] = plan.setting(id_, "has_volumes")
    plan.main(component, DOMAIN, properties)


def _parts() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (
        ("has_masters", _MASTERS),
        ("has_warm_nodes", _WARM),
        ("has_volumes", _VOLUMES),
    )


def collection_name(plan: Plan, id_: str) -> str:
    """Return the name of a collection, which its policies must know before it is there.

    Parameters
    ----------
    plan : Plan
        The template so far.
    id_ : str
        Id of the collection.

    Returns
    -------
    str
        3 to 32 small letters, digits and hyphens.
    """
    return f"c-{plan.short(id_, 28).lower()}"


def _collection(plan: Plan, component: Component) -> None:
    name = collection_name(plan, component.id)
    rule = {"ResourceType": "collection", "Resource": [f"collection/{name}"]}
    encryption = {"Rules": [rule], "AWSOwnedKey": True}
    network = [{"Rules": [rule], "AllowFromPublic": True}]
    made = [
        plan.part(
            component.id,
            suffix,
            "AWS::OpenSearchServerless::SecurityPolicy",
            {"Name": name, "Type": type_, "Policy": json.dumps(policy)},
        )
        for suffix, type_, policy in (
            ("Encryption", "encryption", encryption),
            ("Network", "network", network),
        )
    ]
    properties = {"Name": name, "Type": plan.setting(component.id, "purpose")}
    properties |= plan.rows(component, COLLECTION)
    plan.main(component, COLLECTION, properties, DependsOn=made)


def _cluster(plan: Plan, component: Component) -> None:
    id_ = component.id
    nodes = _role(plan, id_, "NodeRole", "ec2", "AmazonElasticMapReduceforEC2Role")
    service = _role(plan, id_, "ServiceRole", "elasticmapreduce", "AmazonElasticMapReduceRole")
    profile = plan.part(id_, "NodeProfile", "AWS::IAM::InstanceProfile", {"Roles": [ref(nodes)]})
    properties: Properties = {
        "Name": sub(f"${{AWS::StackName}}-{plan.ids[id_]}"),
        "ReleaseLabel": "emr-7.9.0",
        "Applications": [{"Name": "HBase" if plan.setting(id_, "has_hbase") else "Spark"}],
        "JobFlowRole": ref(profile),
        "ServiceRole": ref(service),
        "Instances": {
            "MasterInstanceGroup": _group(plan, id_, "primary_type", "primaries"),
            "CoreInstanceGroup": _group(plan, id_, "core_type", "core_nodes"),
            "Ec2SubnetId": plan.subnets(1)[0],
            "KeepJobFlowAliveWhenNoSteps": True,
        },
    }
    plan.main(component, "AWS::EMR::Cluster", properties)


def _group(plan: Plan, id_: str, type_: str, number: str) -> Properties:
    return {
        "InstanceType": plan.setting(id_, type_),
        "InstanceCount": max(1, plan.setting(id_, number)),
    }


def _role(plan: Plan, id_: str, suffix: str, service: str, managed: str) -> str:
    policy = sub(f"arn:${{AWS::Partition}}:iam::aws:policy/service-role/{managed}")
    properties = trusted(f"{service}.amazonaws.com") | {"ManagedPolicyArns": [policy]}
    return plan.part(id_, suffix, "AWS::IAM::Role", properties)


WRITERS = {
    "emr_cluster": _cluster,
    "opensearch_collection": _collection,
    "opensearch_domain": _domain,
}
