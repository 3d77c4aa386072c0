"""How Terraform and Infracost say what an RDS instance is, and what it did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from apps.engine.catalog._bill import UsageKey
from apps.engine.catalog._commitment import PAYMENT, YEARS
from apps.engine.catalog._rds_bill import AURORA, DB2, FREE_INSIGHTS_DAYS, ORACLE
from apps.engine.catalog._settings import setting
from apps.engine.catalog._template import COUNT, FLAG, TEXT, Conversion, Property

TERRAFORM: Final = "aws_db_instance"
UNMODELLED: Final = (*ORACLE, *DB2, *AURORA)
DISABLED = "open-source-rds-extended-support-disabled"

LOWER = Conversion(lambda value: str(value).lower(), str)


def _storage_type(resource: Mapping[str, Any]) -> str | None:
    """Return the type of the volume: chosen operations alone make it io1."""
    said = resource.get("storage_type")
    return str(said).lower() if said else "io1" if resource.get("iops") else None


def _insights_days(resource: Mapping[str, Any]) -> int | None:
    is_on = FLAG.read(resource.get("performance_insights_enabled", False))
    kept = resource.get("performance_insights_retention_period")
    return int(kept or FREE_INSIGHTS_DAYS) if is_on else None


def unmodelled_setting() -> Any:
    """Return the field of an engine that has a bill and no model.

    Returns
    -------
    Any
        A field of a dataclass, empty at first.
    """
    hint = "Billed as such; its queries pass in no time and without limit."
    return setting("", "Engine without a model", choices=("", *UNMODELLED), hint=hint)


def known(choices: tuple[str, ...]) -> Conversion:
    """Return the conversion of an engine's name that leaves out all but some.

    Parameters
    ----------
    choices : tuple[str, ...]
        Names that are read.

    Returns
    -------
    Conversion
        None for any other name.
    """
    return Conversion(lambda v: str(v).lower() if str(v).lower() in choices else None, str)


# An engine of Oracle or Db2, with its prices and without a model.
UNMODELLED_ENGINE = known(UNMODELLED)
INSIGHTS_DAYS = Conversion(_insights_days, lambda value: value)
OWN_LICENSE = Conversion(
    lambda value: str(value).lower() == "bring-your-own-license",
    lambda value: "bring-your-own-license" if value else "license-included",
)
SUPPORTED_LONGER = Conversion(
    lambda value: str(value) != DISABLED, lambda value: DISABLED.replace("-disabled", "")
)
# A version that stands in another resource says nothing.
VERSION = Conversion(lambda value: str(value) if str(value)[:1].isdigit() else None, str)
# Zero is Terraform's word for what is not chosen.
CHOSEN_COUNT = Conversion(lambda value: int(float(value)) or None, int)
RESERVED_ROWS: Final = (
    ("usage.reserved_instance_term", "committed_years", YEARS),
    ("usage.reserved_instance_payment_option", "payment", PAYMENT),
)


def rows(engines: tuple[str, ...]) -> tuple[Property, ...]:
    """Return the rows of Terraform's instance.

    Parameters
    ----------
    engines : tuple[str, ...]
        Engines that have a model.

    Returns
    -------
    tuple[Property, ...]
        Rows of `TEMPLATE`.
    """
    return tuple(
        Property(TERRAFORM, path, name, conversion)
        for path, name, conversion in (
            ("instance_class", "instance_class", TEXT),
            ("engine", "engine", known(engines)),
            ("engine", "unmodelled_engine", UNMODELLED_ENGINE),
            ("engine_version", "engine_version", VERSION),
            ("engine_lifecycle_support", "is_supported_longer", SUPPORTED_LONGER),
            ("license_model", "has_own_license", OWN_LICENSE),
            ("multi_az", "multi_az", FLAG),
            ("allocated_storage", "storage_gb", COUNT),
            ("max_allocated_storage", "max_storage_gb", CHOSEN_COUNT),
            ("", "storage_type", Conversion(_storage_type, lambda value: value)),
            ("iops", "iops", CHOSEN_COUNT),
            ("storage_throughput", "throughput_mb_per_s", CHOSEN_COUNT),
            ("backup_retention_period", "backup_days", COUNT),
            ("publicly_accessible", "is_public", FLAG),
            ("", "insights_days", INSIGHTS_DAYS),
            *RESERVED_ROWS,
        )
    )


USAGE_KEYS: Final = (
    UsageKey(TERRAFORM, "monthly_standard_io_requests", "given.io_requests"),
    UsageKey(TERRAFORM, "additional_backup_storage_gb", "given.backup_gb"),
    UsageKey(
        TERRAFORM, "monthly_additional_performance_insights_requests", "given.insights_requests"
    ),
)
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/db_instance
IMPLIED: Final[Mapping[str, Any]] = {"storage_type": "gp2", "backup_days": 0}
