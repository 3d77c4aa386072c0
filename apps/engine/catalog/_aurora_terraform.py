"""How Terraform and Infracost say what an Aurora cluster and its instances are, and did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from apps.engine.catalog._aurora_bill import INSTANCES, STORAGE
from apps.engine.catalog._bill import UsageKey
from apps.engine.catalog._database import IO_OPTIMIZED
from apps.engine.catalog._rds_terraform import (
    INSIGHTS_DAYS,
    RESERVED_ROWS,
    SUPPORTED_LONGER,
    VERSION,
)
from apps.engine.catalog._template import COUNT, NUMBER, TEXT, Conversion, Property

CLUSTER, MEMBER = "aws_rds_cluster", "aws_rds_cluster_instance"


def _engine(value: Any) -> str | None:
    """Return the engine; one that stands in another resource says nothing."""
    name = str(value).lower()
    return "aurora-mysql" if name == "aurora" else None if ":" in name else name


ENGINE = Conversion(_engine, str)
SERVERLESS_V1 = Conversion(
    lambda value: str(value).lower() == "serverless", lambda v: "serverless" if v else "provisioned"
)
HOURS = Conversion(lambda value: float(value) / 3600.0, lambda value: value * 3600.0)
CAPACITY = "serverlessv2_scaling_configuration.0"
ROWS: Final = tuple(
    Property(type_, path, name, conversion)
    for type_, path, name, conversion in (
        (CLUSTER, "engine", "engine", ENGINE),
        (CLUSTER, "engine_version", "engine_version", VERSION),
        (CLUSTER, "engine_mode", "is_serverless_v1", SERVERLESS_V1),
        (CLUSTER, f"{CAPACITY}.min_capacity", "min_acu", NUMBER),
        (CLUSTER, f"{CAPACITY}.max_capacity", "max_acu", NUMBER),
        (CLUSTER, "storage_type", "is_io_optimized", IO_OPTIMIZED),
        (CLUSTER, "backup_retention_period", "backup_days", COUNT),
        (CLUSTER, "backtrack_window", "backtrack_h", HOURS),
        (MEMBER, "engine", "engine", ENGINE),
        (MEMBER, "engine_version", "engine_version", VERSION),
        (MEMBER, "engine_lifecycle_support", "is_supported_longer", SUPPORTED_LONGER),
        (MEMBER, "instance_class", "instance_class", TEXT),
        (MEMBER, "", "insights_days", INSIGHTS_DAYS),
        *((MEMBER, *row) for row in RESERVED_ROWS),
    )
)
IMPLIED: Final[Mapping[str, Mapping[str, Any]]] = {
    CLUSTER: {"billed_part": STORAGE, "engine": "aurora-mysql"},
    MEMBER: {"billed_part": INSTANCES, "engine": "aurora-mysql"},
}
USAGE_KEYS: Final = tuple(
    UsageKey(*row)
    for row in (
        (CLUSTER, "storage_gb", "stored_gb"),
        (CLUSTER, "capacity_units_per_hr", "given.acu"),
        (CLUSTER, "read_requests_per_sec", "given.reads_per_s"),
        (CLUSTER, "write_requests_per_sec", "given.writes_per_s"),
        (CLUSTER, "monthly_replicated_write", "given.replicated_writes"),
        (CLUSTER, "average_statements_per_hr", "given.statements_per_h"),
        (CLUSTER, "change_records_per_statement", "given.records_per_statement"),
        (CLUSTER, "backtrack_window_hrs", "given.backtrack_h"),
        (CLUSTER, "snapshot_export_size_gb", "given.exported_gb"),
        (CLUSTER, "backup_snapshot_size_gb", "given.snapshot_gb"),
        (MEMBER, "capacity_units_per_hr", "given.acu"),
        (MEMBER, "monthly_cpu_credit_hrs", "given.cpu_credit_hours"),
        (MEMBER, "vcpu_count", "given.vcpus"),
        (MEMBER, "monthly_additional_performance_insights_requests", "given.insights_requests"),
    )
)
