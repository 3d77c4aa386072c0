"""Amazon ElastiCache: Redis OSS, Valkey and Memcached, on nodes and serverless."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog import _elasticache_cluster_bill as bill
from apps.engine.catalog._cache_limits import (
    EMPTY,
    SLOT,
    memory_limit,
    serverless_limits,
    thread_limit,
)
from apps.engine.catalog._commitment import check_years, payment_setting, years_setting
from apps.engine.catalog._nodes import node_gib
from apps.engine.catalog._quotas import quota_limit
from apps.engine.catalog._storage import fitting_share
from apps.engine.catalog.base import (
    COUNT,
    NUMBER,
    TEXT,
    Accepts,
    InvalidSetting,
    Kind,
    Limit,
    Loss,
    Meters,
    Metric,
    Place,
    Property,
    ScalingOption,
    Spread,
    Usage,
    UsageKey,
    What,
    about,
    check_settings,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.credits import Credits
from apps.engine.stages.room import Room
from apps.engine.stages.station import Station

CLUSTER = "AWS::ElastiCache::CacheCluster"
GROUP = "AWS::ElastiCache::ReplicationGroup"
SERVERLESS = "AWS::ElastiCache::ServerlessCache"
MAXCLIENTS = "elasticache.maxclients"
# A cache without a set limit grows to five million requests a second.
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Scaling.html
MOST_ECPU_PER_S = 5_000_000.0
# https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ECPUPerSecond.html
LARGEST_ECPU_PER_S, MOST_SHARDS = 15_000_000, 500
# A quarter of a node's memory is reserved for backups and fail-overs, but not of Memcached's.
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/redis-memory-management.html
RESERVED_SHARE = 0.25
# https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DataStorage.html
MOST_SERVERLESS_GB = 5000.0
# Threads of a raised cache are busy for so much of the time, and no more.
BUSY_SHARE = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class ElasticacheCluster(Kind):
    """Redis OSS and Valkey run the commands of a shard in one thread; Memcached uses them all."""

    name: ClassVar[str] = "elasticache_cluster"
    label: ClassVar[str] = "ElastiCache"
    service: ClassVar[str] = "elasticache"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/quota-limits.html"
    )
    CACHES: ClassVar[bool] = True
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        *bill.TEMPLATE,
        Property(CLUSTER, "Engine", "engine", bill.LOWER),
        Property(CLUSTER, "CacheNodeType", "node_type", TEXT),
        Property(CLUSTER, "NumCacheNodes", "shards", COUNT),
        Property(CLUSTER, "SnapshotRetentionLimit", "snapshot_days", COUNT),
        Property(GROUP, "Engine", "engine", bill.LOWER),
        Property(GROUP, "CacheNodeType", "node_type", TEXT),
        Property(GROUP, "NumNodeGroups", "shards", COUNT),
        Property(GROUP, "ReplicasPerNodeGroup", "replicas", COUNT),
        Property(GROUP, "NumCacheClusters", "replicas", bill.REPLICAS),
        Property(GROUP, "SnapshotRetentionLimit", "snapshot_days", COUNT),
        Property(SERVERLESS, "Engine", "engine", bill.LOWER),
        Property(SERVERLESS, "SnapshotRetentionLimit", "snapshot_days", COUNT),
        Property(SERVERLESS, "CacheUsageLimits.ECPUPerSecond.Maximum", "max_ecpu_per_s", NUMBER),
        Property(SERVERLESS, "CacheUsageLimits.DataStorage.Maximum", "max_gb", NUMBER),
    )
    IMPLIED: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        SERVERLESS: {"is_serverless": True},
        bill.SERVERLESS: {"is_serverless": True},
    }
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = bill.USAGE_KEYS
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {
        "command": Accepts(
            "sync",
            units=Spread(0.00001, 0.000005, 0.0001, "A simple command, 10 µs", "s"),
            holds_connection=True,
        )
    }
    SCALING: ClassVar[tuple[ScalingOption, ...]] = (
        ScalingOption(
            "elasticache",
            "elasticache:replication-group:NodeGroups",
            "ElastiCachePrimaryEngineCPUUtilization",
            1,
            MOST_SHARDS,
        ),
        ScalingOption(
            "elasticache",
            "elasticache:replication-group:Replicas",
            "ElastiCacheReplicaEngineCPUUtilization",
            1,
            5,
        ),
    )
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/ElastiCache", "EngineCPUUtilization", "Average", "servers"),
        Metric("AWS/ElastiCache", "CurrConnections", "Maximum", "connections"),
        Metric("AWS/ElastiCache", "ElastiCacheProcessingUnits", "Sum", "units"),
        Metric("AWS/ElastiCache", "DatabaseMemoryUsagePercentage", "Maximum", "storage"),
        Metric("AWS/ElastiCache", "Evictions", "Sum", "storage"),
    )

    engine: str = setting("redis", "Engine", choices=("redis", "valkey", "memcached"))
    is_serverless: bool = setting(False, "Serverless")
    node_type: str = setting("cache.t4g.micro", "Node type", hint="Not for serverless.")
    shards: int = setting(1, "Shards (nodes of Memcached)", low=1, high=MOST_SHARDS)
    replicas: int = setting(0, "Replicas of each shard", low=0, high=5)
    snapshot_days: int = setting(0, "Snapshots kept", unit="days", low=0, high=35)
    committed_years: int | None = years_setting()
    payment: str = payment_setting()
    max_ecpu_per_s: float | None = setting(
        None,
        "Most processing units",
        unit="ECPU/s",
        low=1000,
        high=LARGEST_ECPU_PER_S,
        hint="Serverless only. Empty: no limit is set.",
    )
    max_gb: float | None = setting(
        None, "Most data", unit="GB", low=1, high=5000, hint="Serverless only."
    )

    def __post_init__(self) -> None:
        check_settings(self)
        check_years(self.label, self.committed_years)
        if not str(self.node_type).startswith("cache."):
            raise InvalidSetting(
                f"{self.label}: Node type must be a type such as cache.t4g.micro, "
                f"not '{self.node_type}'."
            )

    @property
    def _most_ecpu(self) -> float:
        return self.max_ecpu_per_s or MOST_ECPU_PER_S

    def threads(self, facts: Facts) -> float:
        """Return how many commands run at once. [count]

        Parameters
        ----------
        facts : Facts
            Prices, quotas and classes of the scenario's Region.

        Returns
        -------
        float
            One a shard; for Memcached one a processor. [count]
        """
        if self.engine != "memcached":
            return float(self.shards)
        row = facts.instance_class(self.node_type)
        return self.shards * (row.vcpu if row else 2.0)

    def memory_gb(self, facts: Facts) -> float:
        """Return the memory for items, on all shards or at most when serverless. [GB]

        Parameters
        ----------
        facts : Facts
            Prices, quotas and classes of the scenario's Region.

        Returns
        -------
        float
            Memory of the primaries, less what Redis and Valkey reserve. [GB]
        """
        if self.is_serverless:
            return self.max_gb or MOST_SERVERLESS_GB
        row = facts.instance_class(self.node_type)
        gib = row.memory_gib if row else node_gib(self.node_type)
        kept = 0.0 if self.engine == "memcached" else RESERVED_SHARE
        return self.shards * gib * (1.0 - kept)

    def spared_share(self, facts: Facts, values: Mapping[str, float]) -> float:
        fits = fitting_share(self.memory_gb(facts), values.get("stored_gb", 0.0))
        return values.get("hit_share", 0.0) * fits

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        usual = min(1.0, 0.5 * self.memory_gb(facts))
        values = {
            "latency_ms": about(1.0, up=3.0, rule="A command", unit="ms"),
            "hit_share": Spread(0.8, 0.5, 0.95, "Reads found here, before a database"),
            "stored_gb": Spread(usual, 0.1 * usual, 20.0, "Items that are asked for", "GB"),
        }
        if self.is_serverless:
            values["ecpu_per_command"] = Spread(1.0, 1.0, 8.0, "Up to 1 kB a command", "ECPU")
            values["hot_key_share"] = Spread(0.05, 0.01, 1.0, "Share of the busiest slot")
        return values

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        commands = Station(
            servers=math.inf if self.is_serverless else self.threads(facts),
            own_s=place.value("latency_ms") / 1000.0,
            connections=facts.quota(MAXCLIENTS),
        )
        memory = self._memory(facts, place)
        if not self.is_serverless:
            return (Lane("command", (commands, *memory), emits=False),)
        # Behind the first stage work is counted in commands, so capacity is too.
        each = place.value("ecpu_per_command")
        capacity = Credits(
            rate_per_s=min(facts.quota(EMPTY), self._most_ecpu) / each,
            own_s=0.0,
            hold_s=0.0,
            most_per_s=self._most_ecpu / each,
            hot_share=place.value("hot_key_share"),
            hot_per_s=facts.quota(SLOT) / each,
        )
        return (Lane("command", (commands, capacity, *memory), emits=False),)

    def _memory(self, facts: Facts, place: Place) -> tuple[Room, ...]:
        """Return the stage of the memory, where it is bounded."""
        if self.is_serverless and self.max_gb is None:
            return ()
        return (Room(self.memory_gb(facts), place.value("stored_gb"), evicts=True),)

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        connections = quota_limit(
            facts,
            MAXCLIENTS,
            role="command",
            gauge="connections",
            label="clients",
            unit="connections",
            effect="new clients are refused, and what they would read goes to the database",
            remedy="Keep one connection for each environment, and close those that idle.",
            check_command="redis-cli config get maxclients",
        )
        memory = [
            memory_limit(room, self.spared_share(facts, place.values))
            for room in self._memory(facts, place)
        ]
        if self.is_serverless:
            return (connections, *serverless_limits(facts, self._most_ecpu), *memory)
        threads = thread_limit(self.threads(facts), is_single=self.engine != "memcached")
        return (connections, threads, *memory)

    def loses(self, what: What, facts: Facts) -> Loss:
        if self.is_serverless:
            return Loss(why="AWS keeps it in several zones.")
        if self.replicas:
            out_s = facts.quota("elasticache.failover_time")
            return Loss(out_s, why=f"A replica takes over within {out_s:.0f} s.")
        if self.shards > 1:
            return Loss(share=1.0 / self.shards, why=f"One of {self.shards} nodes is gone.")
        return Loss(math.inf, why="There is no replica that could take over.")

    def raised(self, facts: Facts, uses: Mapping[tuple[str, str], float]) -> ElasticacheCluster:
        busy = uses.get(("command", "servers"), 0.0)
        units = uses.get(("command", "units"), 0.0)
        if self.is_serverless:
            most = min(math.ceil(units * self._most_ecpu), LARGEST_ECPU_PER_S)
            return self if units <= 1.0 else dataclasses.replace(self, max_ecpu_per_s=most)
        if busy <= 1.0:
            return self
        return dataclasses.replace(
            self, shards=min(math.ceil(self.shards * busy / BUSY_SHARE), MOST_SHARDS)
        )

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        return tuple(bill.lines(self, meters))
