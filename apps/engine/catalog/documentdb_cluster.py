"""Amazon DocumentDB cluster (with MongoDB compatibility): instances and serverless."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog import _documentdb_cluster_bill as bill
from apps.engine.catalog._database import DAILY_CHANGE, QUERY, QUERY_CPU, QUERY_MS
from apps.engine.catalog._database_classes import BUSY_SHARE, check_class
from apps.engine.catalog._nodes import node_gib, node_vcpus, nodes_limit
from apps.engine.catalog.base import (
    COUNT,
    NUMBER,
    TEXT,
    Accepts,
    Conversion,
    Kind,
    Limit,
    Meters,
    Metric,
    Place,
    Property,
    ScalingOption,
    Spread,
    Usage,
    UsageKey,
    check_settings,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.queue import Queue
from apps.engine.stages.station import Station

CLUSTER, MEMBER = "AWS::DocDB::DBCluster", "AWS::DocDB::DBInstance"
SERVERLESS_V2 = "serverless_v2_scaling_configuration.0"
IO_OPTIMIZED = Conversion(
    lambda value: str(value).lower() == "iopt1", lambda value: "iopt1" if value else "standard"
)
# A capacity unit (DCU) is about 2 GiB, and each GiB of a serverless instance has 250 connections.
# https://docs.aws.amazon.com/documentdb/latest/developerguide/docdb-serverless-instance-limits.html
DCU_GIB, CONNECTIONS_PER_GIB, MOST_CONNECTIONS = 2.0, 250.0, 60_000.0
SIZES = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge")


# One reader polls the change stream of a collection, in batches of 100.
# https://docs.aws.amazon.com/lambda/latest/dg/with-documentdb.html
STREAM_READERS, STREAM_BATCH = 1.0, 100.0
STREAM_LIMIT = Limit(
    id="documentdb.change_stream",
    role="stream",
    gauge="pollers",
    label="readers of the change stream",
    capacity=STREAM_READERS,
    unit="batches at once",
    effect="changes are handled late",
    remedy="Raise the batch size, or make the function faster.",
    source_url="https://docs.aws.amazon.com/lambda/latest/dg/with-documentdb.html",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentdbCluster(Kind):
    """Queries go to the primary but for the share that is read from replicas."""

    name: ClassVar[str] = "documentdb_cluster"
    label: ClassVar[str] = "DocumentDB cluster"
    service: ClassVar[str] = "documentdb"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/documentdb/latest/developerguide/limits.html"
    )
    # Its change streams start functions, whoever writes.
    ENTRY: ClassVar[str] = "query"
    STORES: ClassVar[tuple[str, ...]] = ("query",)
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(CLUSTER, "EngineVersion", "engine_version", TEXT),
        Property(CLUSTER, "StorageType", "is_io_optimized", IO_OPTIMIZED),
        Property(CLUSTER, "BackupRetentionPeriod", "backup_days", COUNT),
        Property(CLUSTER, "ServerlessV2ScalingConfiguration.MinCapacity", "min_dcu", NUMBER),
        Property(CLUSTER, "ServerlessV2ScalingConfiguration.MaxCapacity", "max_dcu", NUMBER),
        Property(MEMBER, "DBInstanceClass", "instance_class", TEXT),
        Property(bill.CLUSTER, "engine_version", "engine_version", TEXT),
        Property(bill.CLUSTER, "storage_type", "is_io_optimized", IO_OPTIMIZED),
        Property(bill.CLUSTER, "backup_retention_period", "backup_days", COUNT),
        Property(bill.CLUSTER, f"{SERVERLESS_V2}.min_capacity", "min_dcu", NUMBER),
        Property(bill.CLUSTER, f"{SERVERLESS_V2}.max_capacity", "max_dcu", NUMBER),
        Property(bill.MEMBER, "instance_class", "instance_class", TEXT),
    )
    IMPLIED: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        bill.CLUSTER: {"is_storage_only": True},
        bill.SNAPSHOT: {"is_storage_only": True},
    }
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = bill.USAGE_KEYS
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"query": QUERY}
    SCALING: ClassVar[tuple[ScalingOption, ...]] = ()
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/DocDB", "DatabaseConnections", "Maximum", "connections"),
        Metric("AWS/DocDB", "CPUUtilization", "Average", "servers"),
    )

    engine_version: str = setting("", "Engine version")
    instance_class: str = setting(
        "db.r6g.large", "Instance class", hint="db.serverless takes its capacity from the maximum."
    )
    readers: int = setting(0, "Replicas", low=0, high=15)
    min_dcu: float = setting(0.5, "Least capacity", unit="DCU", low=0.5, high=256)
    max_dcu: float = setting(16.0, "Most capacity", unit="DCU", low=1, high=256)
    is_io_optimized: bool = setting(False, "I/O-Optimized storage")
    backup_days: int = setting(1, "Backups kept", unit="days", low=1, high=35)
    is_storage_only: bool = setting(
        False, "Only its storage", hint="For a bill where its instances are listed one by one."
    )

    def __post_init__(self) -> None:
        check_settings(self)
        if not self.is_serverless:
            check_class(self.label, self.instance_class)

    @property
    def is_serverless(self) -> bool:
        """Say whether its capacity follows the load."""
        return self.instance_class == bill.SERVERLESS

    @property
    def vcpus(self) -> float:
        """Processors of the primary. [count]"""
        if self.is_serverless:
            return self.max_dcu / bill.DCU_PER_VCPU
        return node_vcpus(self.instance_class)

    def _connections(self) -> Spread:
        gib = self.max_dcu * DCU_GIB if self.is_serverless else node_gib(self.instance_class)
        most = min(gib * CONNECTIONS_PER_GIB, MOST_CONNECTIONS)
        if self.is_serverless:
            return Spread(most, most, most, "AWS's table of serverless instances", "connections")
        # Classes of the same memory are seen to take half of what serverless instances take.
        rule = f"Half of what a serverless instance with {gib:g} GiB takes"
        return Spread(most / 2.0, 0.4 * most, most, rule, "connections")

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        values = {
            "latency_ms": QUERY_MS,
            "ios_per_query": Spread(0.2, 0.0, 3.0, "Pages that are not in memory", "I/O"),
            "stored_gb": Spread(10.0, 1.0, 200.0, "Stored", "GB"),
            "daily_change_share": DAILY_CHANGE,
            "max_connections": self._connections(),
        }
        if self.readers:
            values["reader_share"] = Spread(0.0, 0.0, 0.8, "Read preference for replicas")
        return values

    def _worth(self, place: Place) -> float:
        """Return how many primaries the instances are worth, at the share that replicas take."""
        if not self.readers:
            return 1.0
        share = place.value("reader_share")
        return 1.0 / max(1.0 - share, share / self.readers)

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        worth = self._worth(place)
        processors = Station(
            servers=self.vcpus * worth,
            own_s=max(0.0, place.value("latency_ms") / 1000.0 - QUERY_CPU.expected),
            connections=place.value("max_connections") * worth,
        )
        if not place.outbound:
            return (Lane("query", (processors,), emits=False),)
        link = place.outbound[0]
        stream = Queue(
            pollers=STREAM_READERS,
            first_pollers=STREAM_READERS,
            batch=float(link.settings.get("batch") or STREAM_BATCH),
            window_s=float(link.settings.get("window_s") or 0.0),
        )
        return (
            Lane("query", (processors,), emits=False, sends_to="stream"),
            Lane("stream", (stream,)),
        )

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        worth = self._worth(place)
        connections = Limit(
            id="documentdb.connections",
            role="query",
            gauge="connections",
            label="connections",
            capacity=place.value("max_connections") * worth,
            unit="connections",
            effect="new connections are refused, and the requests that need one fail",
            remedy="Keep one client for each environment with a small pool, or take a class "
            "with more memory.",
            source_url=self.source_url,
            check_command="aws cloudwatch get-metric-statistics --namespace AWS/DocDB "
            "--metric-name DatabaseConnectionsLimit",
        )
        processors = nodes_limit(
            "documentdb.vcpu",
            "query",
            self.vcpus * worth,
            check_command="aws cloudwatch get-metric-statistics --namespace AWS/DocDB "
            "--metric-name CPUUtilization",
            source_url="https://docs.aws.amazon.com/documentdb/latest/developerguide/"
            "db-instance-classes.html",
            label="database CPU",
        )
        if self.is_serverless:
            least = self.min_dcu / bill.DCU_PER_VCPU * worth
            processors = dataclasses.replace(processors, minimum=least)
        stream = (STREAM_LIMIT,) if place.outbound else ()
        return (connections, processors, *stream)

    def raised(self, facts: Facts, uses: Mapping[tuple[str, str], float]) -> DocumentdbCluster:
        need = max(
            uses.get(("query", "servers"), 0.0) / BUSY_SHARE,
            uses.get(("query", "connections"), 0.0),
        )
        if max(uses.values(), default=0.0) <= 1.0:
            return self
        if self.is_serverless:
            return dataclasses.replace(self, max_dcu=min(math.ceil(need * self.max_dcu), 256.0))
        fitting = [size for size in SIZES if node_vcpus(f"db.r6g.{size}") >= need * self.vcpus] or [
            SIZES[-1]
        ]
        return dataclasses.replace(self, instance_class=f"db.r6g.{fitting[0]}")

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        return tuple(bill.lines(self, meters))
