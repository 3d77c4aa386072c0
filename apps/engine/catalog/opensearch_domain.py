"""Amazon OpenSearch Service domain, and the older Elasticsearch domain."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog import _opensearch_domain_bill as bill
from apps.engine.catalog._commitment import check_years, payment_setting, years_setting
from apps.engine.catalog._nodes import check_type, node_vcpus, nodes_limit
from apps.engine.catalog._storage import room_stage, storage_limit
from apps.engine.catalog.base import (
    COUNT,
    FLAG,
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

DOMAIN, OLDER = "AWS::OpenSearchService::Domain", "AWS::Elasticsearch::Domain"
GUIDE = "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/"
# An Elasticsearch domain says `.elasticsearch` where prices say `.search`.
TYPE = Conversion(lambda value: str(value).replace(".elasticsearch", ".search"), str)
SEARCH_CPU = Spread(0.010, 0.002, 0.1, "A search of a small index, 10 ms of CPU", "s")
INDEX_CPU = Spread(0.003, 0.001, 0.02, "A document, 3 ms of CPU on all its copies", "s")
# So many requests wait on a node before others are refused with 429.
# https://aws.amazon.com/premiumsupport/knowledge-center/opensearch-resolve-429-error/
QUEUE_OF_NODE = 1000.0
# Copies of the index, what it needs beside the source, and what is kept free.
# https://docs.aws.amazon.com/opensearch-service/latest/developerguide/bp-storage.html
INDEX_OVERHEAD, FREE_SHARE = 1.1, 0.25
BUSY_SHARE, MOST_NODES = 0.8, 400


@dataclass(frozen=True, slots=True, kw_only=True)
class OpensearchDomain(Kind):
    """Searches and documents share the processors of the data nodes."""

    name: ClassVar[str] = "opensearch_domain"
    label: ClassVar[str] = "OpenSearch domain"
    service: ClassVar[str] = "opensearch"
    source_url: ClassVar[str] = f"{GUIDE}limits.html"
    STORES: ClassVar[tuple[str, ...]] = ("index",)
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        *(
            Property(type_, f"{section}.{path}", name, conversion)
            for type_, cluster in ((DOMAIN, "ClusterConfig"), (OLDER, "ElasticsearchClusterConfig"))
            for section, path, name, conversion in (
                (cluster, "InstanceType", "instance_type", TYPE),
                (cluster, "InstanceCount", "nodes", COUNT),
                (cluster, "DedicatedMasterEnabled", "has_masters", FLAG),
                (cluster, "DedicatedMasterType", "master_type", TYPE),
                (cluster, "DedicatedMasterCount", "masters", COUNT),
                (cluster, "WarmEnabled", "has_warm_nodes", FLAG),
                (cluster, "WarmType", "warm_type", TYPE),
                (cluster, "WarmCount", "warm_nodes", COUNT),
                ("EBSOptions", "EBSEnabled", "has_volumes", FLAG),
                ("EBSOptions", "VolumeSize", "storage_gb", COUNT),
                ("EBSOptions", "VolumeType", "storage_type", TEXT),
                ("EBSOptions", "Iops", "iops", COUNT),
                ("EBSOptions", "Throughput", "throughput_mib_s", COUNT),
            )
        ),
        *(
            Property(type_, path, name, conversion)
            for type_ in bill.TERRAFORM
            for path, name, conversion in (
                ("cluster_config.0.instance_type", "instance_type", TYPE),
                ("cluster_config.0.instance_count", "nodes", COUNT),
                ("cluster_config.0.dedicated_master_enabled", "has_masters", FLAG),
                ("cluster_config.0.dedicated_master_type", "master_type", TYPE),
                ("cluster_config.0.dedicated_master_count", "masters", COUNT),
                ("cluster_config.0.warm_enabled", "has_warm_nodes", FLAG),
                ("cluster_config.0.warm_type", "warm_type", TYPE),
                ("cluster_config.0.warm_count", "warm_nodes", COUNT),
                ("ebs_options.0.ebs_enabled", "has_volumes", FLAG),
                ("ebs_options.0.volume_size", "storage_gb", COUNT),
                ("ebs_options.0.volume_type", "storage_type", TEXT),
                ("ebs_options.0.iops", "iops", COUNT),
                ("ebs_options.0.throughput", "throughput_mib_s", COUNT),
            )
        ),
    )
    IMPLIED: ClassVar[Mapping[str, Mapping[str, Any]]] = bill.IMPLIED
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {
        "search": Accepts("sync", units=SEARCH_CPU),
        "index": Accepts("sync", units=INDEX_CPU),
    }
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/ES", "CPUUtilization", "Average", "servers"),
        Metric("AWS/ES", "ThreadpoolSearchRejected", "Sum", "servers"),
        Metric("AWS/ES", "FreeStorageSpace", "Minimum", "storage"),
    )

    instance_type: str = setting("m6g.large.search", "Instance type")
    nodes: int = setting(1, "Data nodes", low=1, high=MOST_NODES)
    has_masters: bool = setting(False, "Dedicated cluster managers")
    master_type: str = setting("m6g.large.search", "Type of the cluster managers")
    masters: int = setting(3, "Cluster managers", low=1, high=5)
    has_warm_nodes: bool = setting(False, "UltraWarm nodes")
    warm_type: str = setting("ultrawarm1.medium.search", "Type of the UltraWarm nodes")
    warm_nodes: int = setting(2, "UltraWarm nodes in all", low=0, high=150)
    has_volumes: bool = setting(True, "EBS volumes", hint="Else the disks of the instances.")
    storage_gb: int = setting(10, "Storage of a node", unit="GiB", low=10, high=36_864)
    storage_type: str = setting("gp3", "Storage type", choices=("gp2", "gp3", "io1", "standard"))
    iops: int | None = setting(
        None, "Operations of a volume", unit="IOPS", low=0, high=160_000, hint="gp3 and io1."
    )
    throughput_mib_s: int | None = setting(
        None, "Throughput of a volume", unit="MiB/s", low=0, high=4000, hint="gp3 only."
    )

    committed_years: int | None = years_setting()
    payment: str = payment_setting()

    def __post_init__(self) -> None:
        check_settings(self)
        check_years(self.label, self.committed_years)
        check_type(self.label, "Instance type", self.instance_type, "m6g.large.search")

    @property
    def vcpus(self) -> float:
        """Processors of the data nodes. [count]"""
        return node_vcpus(self.instance_type) * self.nodes

    def room_gb(self, place: Place) -> float:
        """Return the source data that the domain has room for, once. [GB]

        Parameters
        ----------
        place : Place
            Where the component stands, with the number of replicas in force.

        Returns
        -------
        float
            Storage of all nodes, less free space, copies and the index itself. [GB]
        """
        copies = 1.0 + place.value("replicas")
        return self.nodes * self.storage_gb * (1.0 - FREE_SHARE) / copies / INDEX_OVERHEAD

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {
            "latency_ms": about(10.0, up=4.0, rule="Network and disk of a request", unit="ms"),
            "stored_gb": about(2.0, down=0.1, up=20.0, rule="Source data stored", unit="GB"),
            "replicas": Spread(1.0, 0.0, 2.0, "OpenSearch keeps a replica of each shard", "copies"),
        }

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        door = Delay(place.value("latency_ms") / 1000.0)
        work = Station(
            servers=self.vcpus,
            own_s=0.0,
            patience_s=QUEUE_OF_NODE * self.nodes * SEARCH_CPU.expected / self.vcpus,
        )
        return (
            Lane("search", (door,), emits=False, calls_lane="work"),
            Lane(
                "index",
                (door, *room_stage(place, self.room_gb(place))),
                emits=False,
                calls_lane="work",
            ),
            Lane("work", (work,), emits=False),
        )

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        processors = dataclasses.replace(
            nodes_limit(
                "opensearch.vcpu",
                "work",
                self.vcpus,
                check_command="aws cloudwatch get-metric-statistics --namespace AWS/ES "
                "--metric-name CPUUtilization",
                source_url=f"{GUIDE}sizing-domains.html",
                label="processors of the data nodes",
            ),
            effect="requests wait, and above 1,000 waiting on a node they are refused with 429",
        )
        storage = storage_limit(
            place,
            "opensearch.storage",
            role="index",
            room_gb=self.room_gb(place),
            remedy="Raise the size of the volumes, add nodes, or delete old indexes sooner.",
            source_url=f"{GUIDE}bp-storage.html",
            check_command="aws cloudwatch get-metric-statistics --namespace AWS/ES "
            "--metric-name FreeStorageSpace",
        )
        return (processors, *storage)

    def raised(self, facts: Facts, uses: Mapping[tuple[str, str], float]) -> OpensearchDomain:
        busy = uses.get(("work", "servers"), 0.0)
        full = uses.get(("index", "storage"), 0.0)
        kind = self
        if busy > 1.0:
            nodes = min(math.ceil(self.nodes * busy / BUSY_SHARE), MOST_NODES)
            kind = dataclasses.replace(kind, nodes=nodes)
        if full > 1.0:
            size = min(math.ceil(self.storage_gb * full * self.nodes / kind.nodes), 36_864)
            kind = dataclasses.replace(kind, storage_gb=max(size, self.storage_gb))
        return kind

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        return tuple(bill.lines(self, meters))
