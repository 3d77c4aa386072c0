"""What DynamoDB bills: capacity or requests, storage, backups, streams and replicas.

https://aws.amazon.com/dynamodb/pricing/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from apps.engine.catalog._bill import Meters, Usage, UsageKey
from apps.engine.catalog._steps import Given, given_lines, steps
from apps.engine.catalog._table_capacity import (
    SMALLEST_OF_TERRAFORM,
    Table,
    maximum_of,
    minimum_of,
)
from apps.engine.catalog.base import FLAG, LENGTH, TEXT, Conversion, Property

TERRAFORM: Final = "aws_dynamodb_table"
# A write is metered in steps of 1 KB and a read in steps of 4 KB, each half a unit as it is
# eventually consistent unless it asks for more.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
BLOCK_BYTES: Final = {"write": 1024.0, "read": 4096.0}
UNITS_PER_BLOCK: Final = {"write": 1.0, "read": 0.5}
WORDS: Final = {"write": "Write", "read": "Read"}
LETTERS: Final = {"write": "w", "read": "r"}
GIVEN: Final = (
    Given("backup_gb", "ddb.backup_gb_month", "On-demand backup storage", "GB-month"),
    Given("restored_gb", "ddb.restore_gb", "Table data restored", "GB"),
    Given("stream_reads", "ddb.streams_rru", "Streams read request units", "request"),
    Given("exported_gb", "ddb.export_gb", "Data exported to S3", "GB"),
    Given("imported_gb", "ddb.import_gb", "Data imported from S3", "GB"),
    Given("change_units", "ddb.cdc_unit", "Change data capture for Kinesis", "unit"),
)
USAGE_KEYS: Final = (
    UsageKey(TERRAFORM, "monthly_write_request_units", "given.write_units"),
    UsageKey(TERRAFORM, "monthly_read_request_units", "given.read_units"),
    UsageKey(TERRAFORM, "storage_gb", "stored_gb"),
    UsageKey(TERRAFORM, "pitr_backup_storage_gb", "given.pitr_gb"),
    UsageKey(TERRAFORM, "on_demand_backup_storage_gb", "given.backup_gb"),
    UsageKey(TERRAFORM, "monthly_data_restored_gb", "given.restored_gb"),
    UsageKey(TERRAFORM, "monthly_streams_read_request_units", "given.stream_reads"),
)


def _summed(path: str) -> Conversion:
    """Return the reader of a number of each index, summed; None where no index has it."""

    def read(indexes: Sequence[Any]) -> int | None:
        found = [value for index in indexes if (value := _under(index, path)) is not None]
        return sum(int(value) for value in found) or None

    return Conversion(read, int)


def _under(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _regions(name: str) -> Conversion:
    """Return the reader of the Regions of some replicas, as one text."""

    def read(replicas: Sequence[Any]) -> str:
        found = (_under(replica, name) for replica in replicas)
        return ", ".join(region for region in found if isinstance(region, str))

    return Conversion(read, lambda text: [{name: each} for each in regions_of(text)])


IS_INFREQUENT: Final = Conversion(
    lambda value: str(value) == "STANDARD_INFREQUENT_ACCESS",
    lambda value: "STANDARD_INFREQUENT_ACCESS" if value else "STANDARD",
)
# Where the mode is on demand a capacity may stand as 0.
CAPACITY: Final = Conversion(lambda value: int(float(value)) or None, int)


def rows(type_: str) -> tuple[Property, ...]:
    """Return what a table of CloudFormation says that only its bill asks for.

    Parameters
    ----------
    type_ : str
        A resource type.

    Returns
    -------
    tuple of Property
        Rows of a template.
    """
    indexes, capacity = "GlobalSecondaryIndexes", "ProvisionedThroughput"
    pitr = "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled"
    write, read = (_summed(f"{capacity}.{word}CapacityUnits") for word in ("Write", "Read"))
    return (
        Property(type_, "TableClass", "is_infrequent", IS_INFREQUENT),
        Property(type_, pitr, "has_pitr", FLAG),
        Property(type_, indexes, "indexes_write_capacity", write),
        Property(type_, indexes, "indexes_read_capacity", read),
    )


_INDEX: Final = "global_secondary_index"
TEMPLATE: Final = (
    Property(TERRAFORM, "billing_mode", "billing_mode", TEXT),
    Property(TERRAFORM, "read_capacity", "read_capacity", CAPACITY),
    Property(TERRAFORM, "write_capacity", "write_capacity", CAPACITY),
    Property(TERRAFORM, "stream_enabled", "has_stream", FLAG),
    Property(TERRAFORM, _INDEX, "indexes", LENGTH),
    Property(TERRAFORM, _INDEX, "index_write_capacity", SMALLEST_OF_TERRAFORM),
    Property(TERRAFORM, _INDEX, "indexes_write_capacity", _summed("write_capacity")),
    Property(TERRAFORM, _INDEX, "indexes_read_capacity", _summed("read_capacity")),
    Property(TERRAFORM, "replica", "replica_regions", _regions("region_name")),
    Property(TERRAFORM, "point_in_time_recovery.0.enabled", "has_pitr", FLAG),
    Property(TERRAFORM, "table_class", "is_infrequent", IS_INFREQUENT),
)


class _Table(Table, Protocol):
    """What this module needs to know of a table's settings."""

    @property
    def indexes(self) -> int: ...
    @property
    def is_infrequent(self) -> bool: ...
    @property
    def has_pitr(self) -> bool: ...
    @property
    def replica_regions(self) -> str: ...


def regions_of(text: str) -> list[str]:
    """Return the Regions that a text names, in its order.

    Parameters
    ----------
    text : str
        Names with commas or blanks between them.

    Returns
    -------
    list of str
        Such as eu-west-1.
    """
    return [part for part in text.replace(",", " ").split() if part]


def lines(table: _Table, meters: Meters) -> Iterator[Usage]:
    """Yield what is billed in a month; what is given stands instead of what is worked out.

    Parameters
    ----------
    table : DynamodbTable
        The settings.
    meters : Meters
        What the component did in a month.

    Yields
    ------
    Usage
        The lines of the bill, each in the unit of its price.
    """
    prefix = "ddb.ia" if table.is_infrequent else "ddb"
    for role in LETTERS:
        yield from _throughput(table, prefix, role, meters)
    yield Usage(f"{prefix}.storage_gb_month", "Storage", "GB-month", meters.stored_gb)
    if table.has_pitr:
        kept = meters.given.get("pitr_gb", meters.stored_gb)
        yield Usage("ddb.pitr_gb_month", "Point-in-time recovery storage", "GB-month", kept)
    yield from given_lines(meters, GIVEN)
    for region in regions_of(table.replica_regions):
        yield from _replica(table, prefix, region, meters)


def _throughput(table: _Table, prefix: str, role: str, meters: Meters) -> Iterator[Usage]:
    letter, word = LETTERS[role], WORDS[role]
    if not table.is_provisioned:
        note = "Indexes included" if role == "write" else ""
        units = _units(table, role, meters)
        unit = f"{letter.upper()}RU"
        yield Usage(f"{prefix}.{letter}ru", f"{word} request units", unit, units, note)
        return
    price_id, unit = f"{prefix}.{letter}cu_hour", f"{letter.upper()}CU-h"
    yield Usage(price_id, f"{word} capacity", unit, _unit_hours(table, role, meters))
    of_indexes = float(getattr(table, f"indexes_{role}_capacity")) * meters.hours
    if of_indexes:
        yield Usage(price_id, f"{word} capacity of indexes", unit, of_indexes)


def _units(table: _Table, role: str, meters: Meters) -> float:
    """Return the request units of a month on demand; a write is one to each index too."""
    given = meters.given.get(f"{role}_units")
    if given is not None:
        return given
    units = meters.units.get(role)
    if units is None:
        blocks = steps(meters.values.get("item_bytes", 0.0), 1.0, BLOCK_BYTES[role])
        units = meters.passed.get(role, 0.0) * blocks * UNITS_PER_BLOCK[role]
    return units * (1.0 + table.indexes) if role == "write" else units


def _unit_hours(table: _Table, role: str, meters: Meters) -> float:
    """Return what is billed: capacity that follows its use, as it stood; else as set."""
    given = meters.given.get(f"{role}_unit_hours")
    if given is not None:
        return given
    if maximum_of(table, role) is None:
        return float(getattr(table, f"{role}_capacity")) * meters.hours
    least = minimum_of(table, role) * meters.hours
    return max(least, meters.ready.get(role, 0.0) / 3600.0)


def _replica(table: _Table, prefix: str, region: str, meters: Meters) -> Iterator[Usage]:
    """Yield what a copy in another Region costs, at that Region's prices."""
    note, where = "At the price of its Region", f"({region})"
    if table.is_provisioned:
        price_id, label = f"{prefix}.rwcu_hour.{region}", f"Replicated write capacity {where}"
        yield Usage(price_id, label, "rWCU-h", _unit_hours(table, "write", meters), note)
    else:
        price_id, label = f"{prefix}.rwru.{region}", f"Replicated write request units {where}"
        yield Usage(price_id, label, "rWRU", _units(table, "write", meters), note)
    stored = f"{prefix}.storage_gb_month.{region}"
    yield Usage(stored, f"Storage {where}", "GB-month", meters.stored_gb, note)
