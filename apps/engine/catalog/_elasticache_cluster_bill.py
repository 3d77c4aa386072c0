"""What ElastiCache bills: nodes by the hour, or data and processing units; and snapshots.

https://aws.amazon.com/elasticache/pricing/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Protocol

from apps.engine.catalog._bill import Meters, Usage, UsageKey
from apps.engine.catalog._commitment import PAYMENT, YEARS, committed, upfront_usage
from apps.engine.catalog.base import COUNT, NUMBER, TEXT, Conversion, Property

CLUSTER, GROUP = "aws_elasticache_cluster", "aws_elasticache_replication_group"
SERVERLESS: Final = "aws_elasticache_serverless_cache"
LOWER: Final = Conversion(lambda value: str(value).lower(), str)
# Nodes of a group without cluster mode are one primary and its replicas.
REPLICAS: Final = Conversion(lambda value: max(0, int(value) - 1), lambda value: value + 1)
LIMITS: Final = "cache_usage_limits.0"
TEMPLATE: Final = (
    *(
        Property(type_, path, name, conversion)
        for type_ in (CLUSTER, GROUP)
        for path, name, conversion in (
            ("engine", "engine", LOWER),
            ("node_type", "node_type", TEXT),
            ("snapshot_retention_limit", "snapshot_days", COUNT),
            ("usage.reserved_instance_term", "committed_years", YEARS),
            ("usage.reserved_instance_payment_option", "payment", PAYMENT),
        )
    ),
    Property(CLUSTER, "num_cache_nodes", "shards", COUNT),
    Property(GROUP, "num_node_groups", "shards", COUNT),
    Property(GROUP, "cluster_mode.0.num_node_groups", "shards", COUNT),
    Property(GROUP, "replicas_per_node_group", "replicas", COUNT),
    Property(GROUP, "cluster_mode.0.replicas_per_node_group", "replicas", COUNT),
    Property(GROUP, "num_cache_clusters", "replicas", REPLICAS),
    Property(GROUP, "number_cache_clusters", "replicas", REPLICAS),
    Property(SERVERLESS, "engine", "engine", LOWER),
    Property(SERVERLESS, "snapshot_retention_limit", "snapshot_days", COUNT),
    Property(SERVERLESS, f"{LIMITS}.ecpu_per_second.0.maximum", "max_ecpu_per_s", NUMBER),
    Property(SERVERLESS, f"{LIMITS}.data_storage.0.maximum", "max_gb", NUMBER),
)
USAGE_KEYS: Final = tuple(
    UsageKey(type_, "snapshot_storage_size_gb", "stored_gb") for type_ in (CLUSTER, GROUP)
)
# Least data that is billed. https://aws.amazon.com/elasticache/pricing/
LEAST_GB: Final[Mapping[str, float]] = {"redis": 1.0, "valkey": 0.1, "memcached": 1.0}
# A command takes a processing unit for each kilobyte that goes either way, one at least.
BYTES_PER_ECPU: Final = 1024.0


class _Cache(Protocol):
    """What this module needs to know of a cache's settings."""

    @property
    def engine(self) -> str: ...
    @property
    def is_serverless(self) -> bool: ...
    @property
    def node_type(self) -> str: ...
    @property
    def shards(self) -> int: ...
    @property
    def replicas(self) -> int: ...
    @property
    def snapshot_days(self) -> int: ...
    @property
    def committed_years(self) -> int | None: ...
    @property
    def payment(self) -> str: ...


def lines(cache: _Cache, meters: Meters) -> Iterator[Usage]:
    """Yield what is billed in a month.

    Parameters
    ----------
    cache : ElasticacheCluster
        The settings.
    meters : Meters
        What the component did in a month.

    Yields
    ------
    Usage
        The lines of the bill, each in the unit of its price.
    """
    # Memcached has the prices of Redis OSS.
    engine = "valkey" if cache.engine == "valkey" else "redis"
    if cache.is_serverless:
        yield from _serverless(cache, f"elasticache.serverless.{engine}", meters)
    else:
        yield from _nodes(cache, engine, meters)
    yield from _snapshots(cache, meters)


def _nodes(cache: _Cache, engine: str, meters: Meters) -> Iterator[Usage]:
    nodes = cache.shards * (1 if cache.engine == "memcached" else 1 + cache.replicas)
    label = f"Cache nodes ({cache.node_type})"
    price_id = f"elasticache.{engine}.{cache.node_type}.hour"
    hour = committed(price_id, cache.committed_years, cache.payment)
    yield Usage(hour, label, "hour", nodes * meters.hours)
    yield from upfront_usage(price_id, cache.committed_years, cache.payment, nodes)


def _serverless(cache: _Cache, prefix: str, meters: Meters) -> Iterator[Usage]:
    least = LEAST_GB[cache.engine]
    size = meters.values.get("item_bytes", 0.0) / BYTES_PER_ECPU
    each = meters.values.get("ecpu_per_command", max(1.0, size))
    units = meters.passed.get("command", 0.0) * each
    yield Usage(f"{prefix}.ecpu", "Processing units", "ECPU", units)
    yield Usage(
        f"{prefix}.gb_hour",
        "Data stored",
        "GB-h",
        max(meters.stored_gb, least) * meters.hours,
        f"At least {least:g} GB",
    )


def _snapshots(cache: _Cache, meters: Meters) -> Iterator[Usage]:
    """Yield what snapshots take: one of a day, the newest free for each cluster of nodes."""
    free = 0 if cache.is_serverless else 1
    kept = cache.snapshot_days - free
    # Memcached takes none on nodes.
    if kept > 0 and (cache.is_serverless or cache.engine != "memcached"):
        gb = kept * meters.stored_gb
        yield Usage("elasticache.backup_gb_month", "Backup storage", "GB-month", gb)
