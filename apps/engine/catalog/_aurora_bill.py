"""What AWS bills for an Aurora cluster.

Known as they stand on a bill, in `Meters.given`: `acu` (mean capacity of an instance),
`reads_per_s` and `writes_per_s` (I/O of the storage), `replicated_writes`, `snapshot_gb` (of each
day's backup), `exported_gb`, `statements_per_h`, `records_per_statement` and `backtrack_h` (for
Backtrack), `cpu_credit_hours` (of each of `vcpus` processors), `insights_requests`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from apps.engine.catalog._bill import Meters, Usage
from apps.engine.catalog._commitment import committed, upfront_usage
from apps.engine.catalog._database_classes import MYSQL_ENGINES, vcpus_of
from apps.engine.catalog._database_limits import backup_usage, credit_hours, surplus_vcpu_hours
from apps.engine.catalog._extended_support import extended_support_usage
from apps.engine.catalog._rds_bill import FREE_INSIGHTS_DAYS, insights_usage

if TYPE_CHECKING:
    from apps.engine.catalog.aurora_cluster import AuroraCluster

# Terraform has the storage and each instance of a cluster as resources of their own.
WHOLE, STORAGE, INSTANCES = "whole", "storage", "instances"
PARTS: Final = (WHOLE, STORAGE, INSTANCES)


def cluster_usage(cluster: AuroraCluster, meters: Meters) -> Iterator[Usage]:
    """Yield the lines of a cluster, or of the part of it that is billed.

    Parameters
    ----------
    cluster : AuroraCluster
        Its settings.
    meters : Meters
        What it did in a month.

    Yields
    ------
    Usage
        Capacity, storage, backups and I/O, and the rest where there is any.
    """
    if cluster.is_serverless_v1 or cluster.billed_part != STORAGE:
        yield from _capacity(cluster, meters)
    if cluster.billed_part != STORAGE:
        for line in _beside(cluster, meters):
            if line.quantity > 0.0:
                yield line
    if cluster.billed_part != INSTANCES:
        yield from _storage(cluster, meters)


def _capacity(cluster: AuroraCluster, meters: Meters) -> Iterator[Usage]:
    instances = 1.0 + cluster.readers
    if cluster.is_serverless or cluster.is_serverless_v1:
        optimized = ".ioopt" if cluster.is_io_optimized else ""
        price_id = f"aurora.acu_hour{optimized}"
        yield Usage(
            "aurora.serverless_v1_acu_hour" if cluster.is_serverless_v1 else price_id,
            f"Serverless {'v1' if cluster.is_serverless_v1 else 'v2'} capacity",
            "ACU-h",
            instances * _acu(cluster, meters) * meters.hours,
            "" if "acu" in meters.given else "From the CPU of the queries; memory can keep it up",
        )
        return
    years, payment = cluster.committed_years, cluster.payment
    family = "mysql" if cluster.engine in MYSQL_ENGINES else "pg"
    word = "ioopt_hour" if cluster.is_io_optimized else "hour"
    price_id = f"aurora.{family}.{cluster.provisioned_class}.{word}"
    label = f"Database instances ({cluster.provisioned_class})"
    hours = instances * meters.hours
    yield Usage(committed(price_id, years, payment), label, "hour", hours)
    yield from upfront_usage(price_id, years, payment, instances)


def _acu(cluster: AuroraCluster, meters: Meters) -> float:
    return meters.given.get("acu", cluster.mean_acu(meters))


def _beside(cluster: AuroraCluster, meters: Meters) -> Iterator[Usage]:
    """Yield what instances cost beside their hours."""
    instances, days = 1.0 + cluster.readers, cluster.insights_days
    version = cluster.engine_version if cluster.is_supported_longer else ""
    if cluster.is_serverless:
        acu = instances * _acu(cluster, meters)
        if days > FREE_INSIGHTS_DAYS:
            label = f"Performance Insights kept for {days} days"
            yield Usage("rds.insights.serverless_acu_month", label, "ACU-month", acu)
        yield from insights_usage("", 0, meters)
        acu_hours = acu * meters.hours
        yield from extended_support_usage(cluster.engine, version, acu_hours, unit="ACU-h")
        return
    size = cluster.provisioned_class
    yield from insights_usage(size, days, meters, instances=instances)
    vcpu_hours = vcpus_of(size) * instances * meters.hours
    yield from extended_support_usage(cluster.engine, version, vcpu_hours)
    surplus = credit_hours(size, meters)
    if surplus is None:
        surplus = surplus_vcpu_hours(size, meters, instances=instances)
    yield Usage("aurora.cpu_credits", "CPU credits", "vCPU-h", surplus, "Above the baseline")


def _storage(cluster: AuroraCluster, meters: Meters) -> Iterator[Usage]:
    optimized, given = ".ioopt" if cluster.is_io_optimized else "", meters.given
    yield Usage(f"aurora.storage_gb_month{optimized}", "Storage", "GB-month", meters.stored_gb)
    if "snapshot_gb" in given:
        # Backups of one day are included.
        kept_gb = given["snapshot_gb"] * max(0, cluster.backup_days - 1)
        yield Usage("aurora.backup_gb_month", "Backup storage", "GB-month", kept_gb)
    else:
        days, stored_gb = cluster.backup_days, meters.stored_gb
        yield backup_usage("aurora.backup_gb_month", days, stored_gb, meters)
    if not cluster.is_io_optimized:
        yield Usage("aurora.io_request", "I/O requests", "I/O", _ios(meters))
    for price_id, label, unit, quantity in (
        ("aurora.backtrack", "Backtrack", "record-h", _record_hours(cluster, meters)),
        ("aurora.snapshot_export_gb", "Snapshot export", "GB", given.get("exported_gb", 0.0)),
        (
            "aurora.replicated_write_io",
            "Replicated write I/O",
            "I/O",
            given.get("replicated_writes", 0.0),
        ),
    ):
        if quantity:
            yield Usage(price_id, label, unit, quantity)


def _ios(meters: Meters) -> float:
    given = meters.given
    if "reads_per_s" in given or "writes_per_s" in given:
        per_s = given.get("reads_per_s", 0.0) + given.get("writes_per_s", 0.0)
        return per_s * 3600.0 * meters.hours
    return meters.passed.get("query", 0.0) * meters.values.get("ios_per_query", 0.0)


def _record_hours(cluster: AuroraCluster, meters: Meters) -> float:
    """Return the records that Backtrack keeps, each for as long as it does. [record-h]"""
    if cluster.engine not in MYSQL_ENGINES:
        return 0.0
    given = meters.given
    records = given.get("statements_per_h", 0.0) * given.get("records_per_statement", 0.0)
    if records:
        return records * meters.hours * given.get("backtrack_h", cluster.backtrack_h)
    seen = meters.passed.get("query", 0.0) * meters.values.get("records_per_query", 0.0)
    return seen * cluster.backtrack_h
