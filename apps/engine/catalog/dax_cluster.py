"""DynamoDB Accelerator (DAX): a cache before tables that speaks their language."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.catalog._nodes import check_type, node_gib, node_vcpus, nodes_limit
from apps.engine.catalog._storage import fitting_share
from apps.engine.catalog.base import (
    COUNT,
    TEXT,
    Accepts,
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
from apps.engine.stages.cache import Cache
from apps.engine.stages.delay import Delay
from apps.engine.stages.station import Station

CLUSTER, TERRAFORM = "AWS::DAX::Cluster", "aws_dax_cluster"
GUIDE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
# A node takes so many connections at once.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/dax-config-dax-client.html
NODE_CONNECTIONS = 40_000.0
# What a miss and a write take of a node, in hits.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/dax-cluster-sizing.html
MISS_HITS, WRITE_HITS = 10.0, 25.0
HIT_CPU_S, USUAL_HIT_SHARE = 0.00003, 0.9
READ_CPU_S = HIT_CPU_S * (USUAL_HIT_SHARE + (1.0 - USUAL_HIT_SHARE) * MISS_HITS)
# Processors of raised nodes are busy for so much of the time, and no more.
BUSY_SHARE = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class DaxCluster(Kind):
    """Every node answers reads; writes pass through the primary to the table."""

    name: ClassVar[str] = "dax_cluster"
    label: ClassVar[str] = "DAX cluster"
    service: ClassVar[str] = "dynamodb"
    source_url: ClassVar[str] = f"{GUIDE}DAX.html"
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(CLUSTER, "NodeType", "node_type", TEXT),
        Property(CLUSTER, "ReplicationFactor", "nodes", COUNT),
        Property(TERRAFORM, "node_type", "node_type", TEXT),
        Property(TERRAFORM, "replication_factor", "nodes", COUNT),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {
        "read": Accepts(
            "sync",
            units=Spread(READ_CPU_S, 0.00001, 0.0003, "30 µs for a hit, ten times for a miss", "s"),
            holds_connection=True,
        ),
        "write": Accepts(
            "sync",
            units=Spread(HIT_CPU_S * WRITE_HITS, 0.0002, 0.0025, "25 times a hit", "s"),
        ),
    }
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/DAX", "CPUUtilization", "Maximum", "servers"),
        Metric("AWS/DAX", "ClientConnections", "Maximum", "connections"),
        Metric("AWS/DAX", "CacheMemoryUtilization", "Maximum", "memory"),
    )

    node_type: str = setting("dax.r5.large", "Node type")
    nodes: int = setting(1, "Nodes", low=1, high=11)

    def __post_init__(self) -> None:
        check_settings(self)
        check_type(self.label, "Node type", self.node_type, "dax.r5.large")

    @property
    def memory_gb(self) -> float:
        """Memory of one node: every node holds the same items. [GB]"""
        return node_gib(self.node_type)

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {
            "latency_ms": about(0.5, up=4.0, rule="A hit", unit="ms"),
            "hit_share": Spread(USUAL_HIT_SHARE, 0.5, 0.95, "Reads found in memory"),
            "working_gb": about(1.0, down=0.1, up=20.0, rule="Items that are asked for", unit="GB"),
        }

    def hit_share(self, place: Place) -> float:
        """Return the share of reads found here; items that do not fit are evicted. [-]

        Parameters
        ----------
        place : Place
            Where the component stands, with the values in force.

        Returns
        -------
        float
            `hit_share` as assumed, less what the evicted items would have answered. [-]
        """
        fits = fitting_share(self.memory_gb, place.value("working_gb"))
        return place.value("hit_share") * fits

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        own_s = place.value("latency_ms") / 1000.0
        each = node_vcpus(self.node_type)
        readers = Station(
            servers=each * self.nodes,
            own_s=own_s,
            connections=NODE_CONNECTIONS * self.nodes,
        )
        writer = Station(servers=each, own_s=own_s)
        return (
            Lane("read", (readers, Cache(self.hit_share(place))), only=("read",)),
            Lane("write", (writer, Delay(0.0, cv=0.0)), only=("write",)),
        )

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        each = node_vcpus(self.node_type)
        check = "aws cloudwatch get-metric-statistics --namespace AWS/DAX --metric-name "
        connections = Limit(
            id="dax.connections",
            role="read",
            gauge="connections",
            label="clients",
            capacity=NODE_CONNECTIONS * self.nodes,
            unit="connections",
            effect="new clients are refused",
            remedy="Keep one client for each environment, or add nodes.",
            source_url=f"{GUIDE}dax-config-dax-client.html",
            check_command=f"{check}ClientConnections",
        )
        reads, writes = (
            nodes_limit(
                f"dax.{role}_cpu",
                role,
                vcpus,
                check_command=f"{check}CPUUtilization",
                source_url=f"{GUIDE}dax-cluster-sizing.html",
                label=label,
            )
            for role, vcpus, label in (
                ("read", each * self.nodes, "processors for reads"),
                ("write", each, "processors of the primary"),
            )
        )
        return (connections, reads, writes)

    def raised(self, facts: Facts, uses: Mapping[tuple[str, str], float]) -> DaxCluster:
        need = max(
            uses.get(("read", "servers"), 0.0) / BUSY_SHARE,
            uses.get(("read", "connections"), 0.0),
        )
        if max(uses.values(), default=0.0) <= 1.0:
            return self
        most = int(facts.quota("dynamodb.dax_nodes"))
        return dataclasses.replace(self, nodes=min(max(1, math.ceil(need * self.nodes)), most))

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        label = f"Cache nodes ({self.node_type})"
        return (Usage(f"{self.node_type}.hour", label, "hour", self.nodes * meters.hours),)
