"""What AWS bills for an RDS instance.

Known as they stand on a bill, in `Meters.given`: `io_requests` (of magnetic storage), `backup_gb`
(beyond what is included), `insights_requests` (beyond what is free), `cpu_credit_hours` (of each of
`vcpus` processors).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from apps.engine.catalog._bill import Meters, Usage
from apps.engine.catalog._commitment import committed, upfront_usage
from apps.engine.catalog._database_classes import vcpus_of
from apps.engine.catalog._database_limits import backup_usage, credit_hours, surplus_vcpu_hours
from apps.engine.catalog._disk import GP3_STRIPED_GB, disk_usage
from apps.engine.catalog._extended_support import extended_support_usage
from apps.engine.catalog._settings import setting

if TYPE_CHECKING:
    from apps.engine.catalog.rds_instance import RdsInstance

# Engines of RDS that have a bill and no model, and those of Aurora, whose instances are a kind of
# their own: "aurora" is MySQL 5.6.
AURORA: Final[Mapping[str, str]] = {
    "aurora": "mysql",
    "aurora-mysql": "mysql",
    "aurora-postgresql": "pg",
}
ORACLE: Final = (
    "oracle-se",
    "oracle-se1",
    "oracle-se2",
    "oracle-se2-cdb",
    "oracle-ee",
    "oracle-ee-cdb",
)
DB2: Final = ("db2-se", "db2-ae")
# Oracle's gp3 volumes are several in one from a smaller size on, SQL Server's never.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html
ORACLE_STRIPED_GB: Final = 200.0
# Performance Insights keep so much without charge.
FREE_INSIGHTS_DAYS: Final = 7


def insights_setting() -> Any:
    """Return the field that says for how long Performance Insights are kept.

    Returns
    -------
    Any
        A field of a dataclass. [days]
    """
    hint = f"{FREE_INSIGHTS_DAYS} days cost nothing."
    return setting(0, "Performance Insights kept", unit="days", low=0, high=731, hint=hint)


def instance_usage(instance: RdsInstance, meters: Meters, storage_gb: float) -> Iterator[Usage]:
    """Yield the lines of an instance.

    Parameters
    ----------
    instance : RdsInstance
        Its settings.
    meters : Meters
        What it did in a month.
    storage_gb : float
        Storage that it has come to. [GB]

    Yields
    ------
    Usage
        Instance, storage, backups and CPU credits always, the rest where there is any.
    """
    engine = instance.billed_engine
    yield from _hours(instance, meters.hours)
    yield from _storage(instance, meters, storage_gb)
    service = "aurora" if engine in AURORA else "rds"
    backup = backup_usage(
        f"{service}.backup_gb_month", instance.backup_days, instance.storage_gb, meters
    )
    if "backup_gb" in meters.given:
        backup = replace(backup, quantity=meters.given["backup_gb"])
    yield backup
    yield _credits(instance, meters)
    yield from insights_usage(instance.instance_class, instance.insights_days, meters)
    vcpus = vcpus_of(instance.instance_class) * (1 + instance.multi_az)
    version = instance.engine_version if instance.is_supported_longer else ""
    yield from extended_support_usage(engine, version, vcpus * meters.hours)


def _hours(instance: RdsInstance, hours: float) -> Iterator[Usage]:
    years, payment = instance.committed_years, instance.payment
    zones, place = ("Multi-AZ", "multi") if instance.multi_az else ("Single-AZ", "single")
    engine, size = instance.billed_engine, instance.instance_class
    price_id = f"rds.{engine}.{size}.{place}_hour"
    if engine in AURORA:
        price_id = f"aurora.{AURORA[engine]}.{size}.hour"
    elif instance.has_own_license:
        price_id = f"rds.{engine}.{size}.byol_{place}_hour"
    label = f"Database instance ({size}, {zones})"
    yield Usage(committed(price_id, years, payment), label, "hour", hours)
    yield from upfront_usage(price_id, years, payment, 1.0)


def _storage(instance: RdsInstance, meters: Meters, storage_gb: float) -> Iterator[Usage]:
    engine, kind = instance.billed_engine, instance.storage_type
    if engine in AURORA:
        yield Usage("aurora.storage_gb_month", "Storage", "GB-month", storage_gb)
        return
    striped_gb = GP3_STRIPED_GB
    if engine.startswith("oracle"):
        striped_gb = ORACLE_STRIPED_GB
    elif engine.startswith("sqlserver"):
        striped_gb = math.inf
    yield from disk_usage(
        kind,
        storage_gb,
        instance.iops,
        throughput_mb_per_s=instance.throughput_mb_per_s,
        is_multi=instance.multi_az,
        striped_gb=striped_gb,
    )
    if kind == "standard":
        reads = meters.passed.get("query", 0.0) * meters.values.get("reads_per_query", 0.0)
        requests = meters.given.get("io_requests", reads)
        yield Usage("rds.standard.io_request", "I/O requests (magnetic)", "I/O", requests)


def _credits(instance: RdsInstance, meters: Meters) -> Usage:
    engine = instance.billed_engine
    price_id = "rds.cpu_credits.t4g"
    if engine.startswith("sqlserver"):
        price_id = "rds.cpu_credits.sqlserver"
    elif engine in AURORA:
        price_id = "aurora.cpu_credits"
    given = credit_hours(instance.instance_class, meters)
    return Usage(
        price_id,
        "CPU credits",
        "vCPU-h",
        surplus_vcpu_hours(instance.instance_class, meters) if given is None else given,
        "Above the baseline of a burstable class, as a mean of the month",
    )


def insights_usage(
    instance_class: str, kept_days: int, meters: Meters, *, instances: float = 1.0
) -> Iterator[Usage]:
    """Yield what Performance Insights cost: months of processors, and requests.

    Parameters
    ----------
    instance_class : str
        A class such as db.r6g.large.
    kept_days : int
        How long they are kept. [days]
    meters : Meters
        What the database did in a month.
    instances : float, optional
        How many they watch. [count]

    Yields
    ------
    Usage
        What is kept for longer than is free, and requests where there are any.
    """
    if kept_days > FREE_INSIGHTS_DAYS:
        family = instance_class.removeprefix("db.").partition(".")[0]
        yield Usage(
            f"rds.insights.{family}_vcpu_month",
            f"Performance Insights kept for {kept_days} days",
            "vCPU-month",
            vcpus_of(instance_class) * instances,
        )
    requests = meters.given.get("insights_requests", 0.0)
    if requests:
        label = "Performance Insights requests"
        yield Usage("rds.insights.requests", label, "request", requests)
