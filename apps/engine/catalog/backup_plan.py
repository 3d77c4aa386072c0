"""AWS Backup plan: copies of what the design keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.engine.catalog._steps import Given, given_lines
from apps.engine.catalog.base import (
    Conversion,
    Kind,
    Meters,
    Place,
    Property,
    Spread,
    Usage,
    UsageKey,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane

VAULT = "aws_backup_vault"
PLAN, SELECTION = "AWS::Backup::BackupPlan", "AWS::Backup::BackupSelection"
ALL = "all"
# A backup is kept for ever where its rule does not say for how long; a year of it is billed here.
UNBOUNDED_DAYS = 365.0
# What is kept, by the kind that keeps it: its price, and the word for it in a selection.
PRICES: Mapping[str, tuple[str, str]] = {
    "aurora_cluster": ("aurora.backup_gb_month", "rds"),
    "documentdb_cluster": ("docdb.backup_gb_month", "rds"),
    "dynamodb_table": ("backup.ddb_warm_gb_month", "dynamodb"),
    "efs_file_system": ("backup.efs_warm_gb_month", "elasticfilesystem"),
    "rds_instance": ("backup.rds_snapshot_gb_month", "rds"),
    "s3_bucket": ("backup.s3_warm_gb_month", "s3"),
}
# What a vault keeps and gives back, where a bill or a usage file says so: the key of Infracost's
# file, and the line. https://aws.amazon.com/backup/pricing/
_VAULT = (
    ("monthly_efs_warm_backup_gb", "backup.efs_warm_gb_month", "EFS backup (warm)", "GB-month"),
    ("monthly_efs_cold_backup_gb", "backup.efs_cold_gb_month", "EFS backup (cold)", "GB-month"),
    ("monthly_efs_warm_restore_gb", "backup.efs_warm_restore_gb", "EFS restore (warm)", "GB"),
    ("monthly_efs_cold_restore_gb", "backup.efs_cold_restore_gb", "EFS restore (cold)", "GB"),
    (
        "monthly_efs_item_restore_requests",
        "backup.efs_item_restore_request",
        "EFS restore (item-level)",
        "request",
    ),
    ("monthly_ebs_snapshot_gb", "backup.ebs_snapshot_gb_month", "EBS snapshot", "GB-month"),
    ("monthly_rds_snapshot_gb", "backup.rds_snapshot_gb_month", "RDS snapshot", "GB-month"),
    ("monthly_aurora_snapshot_gb", "aurora.backup_gb_month", "Aurora snapshot", "GB-month"),
    ("monthly_dynamodb_backup_gb", "backup.ddb_warm_gb_month", "DynamoDB backup", "GB-month"),
    ("monthly_dynamodb_restore_gb", "backup.ddb_restore_gb", "DynamoDB restore", "GB"),
    (
        "monthly_fsx_windows_backup_gb",
        "backup.fsx_windows_gb_month",
        "FSx for Windows backup",
        "GB-month",
    ),
    (
        "monthly_fsx_lustre_backup_gb",
        "backup.fsx_lustre_gb_month",
        "FSx for Lustre backup",
        "GB-month",
    ),
)
GIVEN = tuple(Given(key.removeprefix("monthly_"), *line) for key, *line in _VAULT)


def _rules(value: Any) -> list[Mapping[str, Any]]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, Mapping)]


def _kept_days(value: Any) -> float | None:
    """Return how long the longest rule keeps; None where one keeps for ever."""
    days = [
        rule.get("Lifecycle", {}).get("DeleteAfterDays")
        for rule in _rules(value)
        if isinstance(rule.get("Lifecycle", {}), Mapping)
    ]
    known = [float(item) for item in days if item is not None]
    return max(known) if known and len(known) == len(days) else None


def _selected(value: Any) -> str:
    """Return the one service that a selection's ARNs name; all where they name others too."""
    items = [str(item) for item in (value if isinstance(value, list) else [value])]
    words = {item.split(":")[2] if item.startswith("arn:") else ALL for item in items}
    known = {word for _, word in PRICES.values()}
    return words.pop() if len(words) == 1 and words <= known else ALL


KEPT_DAYS, SELECTED = Conversion(_kept_days, float), Conversion(_selected, str)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupPlan(Kind):
    """The first copy is whole, and each later one holds what changed."""

    name: ClassVar[str] = "backup_plan"
    label: ClassVar[str] = "Backup plan"
    service: ClassVar[str] = "backup"
    source_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/aws-backup-limits.html"
    )
    WATCHES: ClassVar[bool] = True
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        Property(PLAN, "BackupPlan.BackupPlanRule", "kept_days", KEPT_DAYS),
        Property(SELECTION, "BackupSelection.Resources", "selected", SELECTED),
    )
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = tuple(
        UsageKey(VAULT, key, f"given.{key.removeprefix('monthly_')}") for key, *_ in _VAULT
    )

    kept_days: float | None = setting(
        None, "Copies kept", unit="days", low=1, high=36_500, hint="Empty: for ever."
    )
    selected: str = setting(
        ALL, "What is copied", choices=(ALL, "dynamodb", "elasticfilesystem", "rds", "s3")
    )

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {
            "daily_change_share": Spread(
                0.02, 0.005, 0.1, "Share of the data that changes in a day"
            )
        }

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        return ()

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        days = self.kept_days or UNBOUNDED_DAYS
        copies = 1.0 + meters.values.get("daily_change_share", 0.0) * (days - 1.0)
        lines = []
        for kind, (price_id, word) in PRICES.items():
            stored = meters.design.get(f"{kind}.gb", 0.0)
            if stored and self.selected in (ALL, word):
                label = f"Copies of {kind.replace('_', ' ')}"
                note = "A whole copy, and what changed each day that is kept"
                lines.append(Usage(price_id, label, "GB-month", stored * copies, note))
        return (*lines, *given_lines(meters, GIVEN))
