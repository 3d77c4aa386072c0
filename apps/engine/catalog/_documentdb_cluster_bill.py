"""What DocumentDB bills: instances, storage, I/O, backups and CPU credits.

https://aws.amazon.com/documentdb/pricing/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol

from apps.engine.catalog._bill import Meters, Usage, UsageKey
from apps.engine.catalog._database_limits import backup_usage, surplus_vcpu_hours

CLUSTER, MEMBER = "aws_docdb_cluster", "aws_docdb_cluster_instance"
SNAPSHOT: Final = "aws_docdb_cluster_snapshot"
SERVERLESS: Final = "db.serverless"
# A processor of the classes made for databases stands beside 8 GiB, the memory of four units.
DCU_PER_VCPU: Final = 4.0
BURSTABLE: Final = ("db.t3.", "db.t4g.")
USAGE_KEYS: Final = (
    UsageKey(CLUSTER, "backup_storage_gb", "given.backup_gb"),
    UsageKey(SNAPSHOT, "backup_storage_gb", "given.backup_gb"),
    UsageKey(MEMBER, "data_storage_gb", "stored_gb"),
    UsageKey(MEMBER, "monthly_io_requests", "given.ios"),
    UsageKey(MEMBER, "monthly_cpu_credit_hrs", "given.credit_vcpu_hours"),
)


class _Cluster(Protocol):
    """What this module needs to know of a cluster's settings."""

    @property
    def instance_class(self) -> str: ...
    @property
    def is_serverless(self) -> bool: ...
    @property
    def readers(self) -> int: ...
    @property
    def min_dcu(self) -> float: ...
    @property
    def max_dcu(self) -> float: ...
    @property
    def is_io_optimized(self) -> bool: ...
    @property
    def backup_days(self) -> int: ...
    @property
    def is_storage_only(self) -> bool: ...


def lines(cluster: _Cluster, meters: Meters) -> Iterator[Usage]:
    """Yield what is billed in a month; what is given stands instead of what is worked out.

    Parameters
    ----------
    cluster : DocumentdbCluster
        The settings.
    meters : Meters
        What the component did in a month.

    Yields
    ------
    Usage
        The lines of the bill, each in the unit of its price.
    """
    suffix = ".ioopt" if cluster.is_io_optimized else ""
    if not cluster.is_storage_only:
        yield _capacity(cluster, meters, suffix)
        yield from _credits(cluster, meters)
    storage = f"docdb.storage_gb_month{suffix}"
    yield Usage(storage, "Storage", "GB-month", meters.stored_gb)
    yield _backups(cluster, meters)
    if not cluster.is_io_optimized:
        ios = meters.passed.get("query", 0.0) * meters.values.get("ios_per_query", 0.0)
        yield Usage("docdb.io_request", "I/O requests", "I/O", meters.given.get("ios", ios))


def _capacity(cluster: _Cluster, meters: Meters, suffix: str) -> Usage:
    instances = 1.0 + cluster.readers
    if not cluster.is_serverless:
        return Usage(
            f"docdb.{cluster.instance_class}.hour{suffix}",
            f"Database instances ({cluster.instance_class})",
            "hour",
            instances * meters.hours,
        )
    busy = meters.units.get("query", 0.0) / 3600.0 * DCU_PER_VCPU
    hours = min(max(busy, cluster.min_dcu * meters.hours), cluster.max_dcu * meters.hours)
    note = "From the CPU of the queries; what stays in memory can keep it higher"
    return Usage(f"docdb.dcu_hour{suffix}", "Capacity", "DCU-h", instances * hours, note)


def _credits(cluster: _Cluster, meters: Meters) -> Iterator[Usage]:
    """Yield what burstable instances use beyond the credits that they earn."""
    if cluster.instance_class.startswith(BURSTABLE):
        surplus = surplus_vcpu_hours(cluster.instance_class, meters)
        hours = meters.given.get("credit_vcpu_hours", surplus)
        family = cluster.instance_class.split(".")[1]
        yield Usage(f"docdb.cpu_credits.{family}", "CPU credits", "vCPU-h", hours)


def _backups(cluster: _Cluster, meters: Meters) -> Usage:
    price_id = "docdb.backup_gb_month"
    given = meters.given.get("backup_gb")
    if given is None:
        return backup_usage(price_id, cluster.backup_days, meters.stored_gb, meters)
    return Usage(price_id, "Backup storage", "GB-month", given)
