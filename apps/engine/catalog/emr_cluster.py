"""Amazon EMR cluster: HBase as a store, and clusters that run jobs."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog._nodes import check_type, node_vcpus, nodes_limit
from apps.engine.catalog.base import (
    COUNT,
    TEXT,
    Accepts,
    Conversion,
    Kind,
    Limit,
    Meters,
    Metric,
    Place,
    Property,
    Spread,
    Usage,
    about,
    check_settings,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.delay import Delay
from apps.engine.stages.station import Station

CLUSTER, TERRAFORM = "AWS::EMR::Cluster", "aws_emr_cluster"
GUIDE = "https://docs.aws.amazon.com/emr/latest/ManagementGuide/"
# Processors of raised nodes are busy for so much of the time, and no more.
BUSY_SHARE, MOST_NODES = 0.8, 1000


def _has_hbase(value: Any) -> bool:
    applications = value if isinstance(value, list) else [value]
    names = [item.get("Name", "") if isinstance(item, Mapping) else item for item in applications]
    return any(str(name).lower() == "hbase" for name in names)


HBASE = Conversion(_has_hbase, lambda value: [{"Name": "HBase"}] if value else [])


@dataclass(frozen=True, slots=True, kw_only=True)
class EmrCluster(Kind):
    """Region servers of HBase run on the core nodes and answer gets and puts.

    Jobs that are submitted run beside the requests: that they are taken on is modelled, not how
    long they last.
    """

    name: ClassVar[str] = "emr_cluster"
    label: ClassVar[str] = "EMR cluster"
    service: ClassVar[str] = "emr"
    source_url: ClassVar[str] = f"{GUIDE}emr-what-is-emr.html"
    STORES: ClassVar[tuple[str, ...]] = ("query",)
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(CLUSTER, "Applications", "has_hbase", HBASE),
        Property(CLUSTER, "Instances.MasterInstanceGroup.InstanceType", "primary_type", TEXT),
        Property(CLUSTER, "Instances.MasterInstanceGroup.InstanceCount", "primaries", COUNT),
        Property(CLUSTER, "Instances.CoreInstanceGroup.InstanceType", "core_type", TEXT),
        Property(CLUSTER, "Instances.CoreInstanceGroup.InstanceCount", "core_nodes", COUNT),
        Property(TERRAFORM, "applications", "has_hbase", HBASE),
        Property(TERRAFORM, "master_instance_group.0.instance_type", "primary_type", TEXT),
        Property(TERRAFORM, "master_instance_group.0.instance_count", "primaries", COUNT),
        Property(TERRAFORM, "core_instance_group.0.instance_type", "core_type", TEXT),
        Property(TERRAFORM, "core_instance_group.0.instance_count", "core_nodes", COUNT),
    )
    IMPLIED: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        CLUSTER: {"has_hbase": False},
        TERRAFORM: {"has_hbase": False},
    }
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {
        "query": Accepts(
            "sync", units=Spread(0.0005, 0.0001, 0.005, "A get or a put of one row", "s")
        ),
        "submit": Accepts("sync"),
    }
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/ElasticMapReduce", "HDFSUtilization", "Maximum", "storage"),
        Metric("AWS/ElasticMapReduce", "ContainerPendingRatio", "Average", "servers"),
    )

    has_hbase: bool = setting(True, "HBase")
    primary_type: str = setting("m5.xlarge", "Type of the primary node")
    primaries: int = setting(1, "Primary nodes", low=1, high=3)
    core_type: str = setting("m5.xlarge", "Type of the core nodes")
    core_nodes: int = setting(1, "Core nodes", low=0, high=MOST_NODES)

    def __post_init__(self) -> None:
        check_settings(self)
        check_type(self.label, "Type of the primary node", self.primary_type, "m5.xlarge")
        check_type(self.label, "Type of the core nodes", self.core_type, "m5.xlarge")

    @property
    def has_unknown_limit(self) -> bool:
        return not self.has_hbase

    @property
    def vcpus(self) -> float:
        """Processors that serve rows: of the core nodes, else of the primary. [count]"""
        if not self.core_nodes:
            return node_vcpus(self.primary_type)
        return node_vcpus(self.core_type) * self.core_nodes

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        values = {"submit_ms": about(300.0, up=5.0, rule="A step is taken on", unit="ms")}
        if self.has_hbase:
            values["latency_ms"] = about(5.0, up=4.0, rule="A row from memory or disk", unit="ms")
            values["stored_gb"] = about(100.0, down=0.1, up=20.0, rule="Stored", unit="GB")
        return values

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        submit = Lane("submit", (Delay(place.value("submit_ms") / 1000.0),), emits=False)
        if not self.has_hbase:
            return (Lane("query", (Delay(0.0, cv=0.0),), emits=False), submit)
        servers = Station(servers=self.vcpus, own_s=place.value("latency_ms") / 1000.0)
        return (Lane("query", (servers,), emits=False), submit)

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        if not self.has_hbase:
            return ()
        servers = nodes_limit(
            "emr.region_servers",
            "query",
            self.vcpus,
            check_command="aws emr list-instances --cluster-id",
            source_url="https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-hbase.html",
            label="processors of the region servers",
        )
        return (servers,)

    def raised(self, facts: Facts, uses: Mapping[tuple[str, str], float]) -> EmrCluster:
        busy = uses.get(("query", "servers"), 0.0)
        if busy <= 1.0:
            return self
        nodes = math.ceil(max(1, self.core_nodes) * busy / BUSY_SHARE)
        return dataclasses.replace(self, core_nodes=min(nodes, MOST_NODES))

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        groups = (
            ("Primary", self.primary_type, self.primaries),
            ("Core", self.core_type, self.core_nodes),
        )
        return tuple(
            line
            for group, node_type, nodes in groups
            for line in _node_lines(group, node_type, nodes * meters.hours)
        )


def _node_lines(group: str, node_type: str, hours: float) -> Iterator[Usage]:
    """Yield what EMR and EC2 bill for some nodes."""
    yield Usage(f"ec2.{node_type}.hour", f"{group} nodes ({node_type})", "hour", hours)
    yield Usage(f"emr.{node_type}.hour", f"EMR on {group.lower()} nodes", "hour", hours)
