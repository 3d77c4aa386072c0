"""What EFS bills: storage by class, throughput, and what is moved and read.

https://aws.amazon.com/efs/pricing/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from apps.engine.catalog._bill import Meters, Usage, UsageKey
from apps.engine.catalog.base import Conversion, Spread

TERRAFORM: Final = "aws_efs_file_system"
BURSTING, PROVISIONED, ELASTIC = "bursting", "provisioned", "elastic"
STAYS, INFREQUENT, ARCHIVE = "nowhere", "infrequent", "archive"
# Throughput that each GiB in the Standard class brings along.
MIB_S_PER_GIB: Final = 0.05
# Reads are metered at a third, but for elastic throughput, which has a price for each.
READ_SHARE: Final = 1.0 / 3.0
MIB_PER_GB: Final = 1024.0
_COLD_CLASSES: Final = ((INFREQUENT, "ia", "Infrequent Access"), (ARCHIVE, "archive", "Archive"))
# https://aws.amazon.com/efs/pricing/
COLD: Final = Spread(0.8, 0.5, 0.95, "AWS: 80 % of files are seldom asked for")
USAGE_KEYS: Final = (
    UsageKey(TERRAFORM, "storage_gb", "stored_gb"),
    UsageKey(TERRAFORM, "infrequent_access_storage_gb", "given.infrequent_gb"),
    UsageKey(TERRAFORM, "monthly_infrequent_access_read_gb", "given.infrequent_read_gb"),
    UsageKey(TERRAFORM, "monthly_infrequent_access_write_gb", "given.infrequent_write_gb"),
)


class _System(Protocol):
    """What this module needs to know of a file system's settings."""

    @property
    def throughput_mode(self) -> str: ...
    @property
    def provisioned_mib_s(self) -> float: ...
    @property
    def is_one_zone(self) -> bool: ...
    @property
    def moves_to(self) -> str: ...


def _moves(policies: Any) -> str | None:
    """Return the coldest class that some policies move files to; None where they move none."""
    items = policies if isinstance(policies, Sequence) else [policies]
    words = {
        str(name).replace("_", "").lower()
        for item in items
        if isinstance(item, Mapping)
        for name, value in item.items()
        if value
    }
    if "transitiontoarchive" in words:
        return ARCHIVE
    return INFREQUENT if "transitiontoia" in words else None


def _policies(moves_to: str) -> list[dict[str, str]]:
    name = {INFREQUENT: "TransitionToIA", ARCHIVE: "TransitionToArchive"}.get(moves_to)
    return [{name: "AFTER_30_DAYS"}] if name else []


MOVES: Final = Conversion(_moves, _policies)
# Throughput is provisioned as soon as a number of it is stated.
IS_PROVISIONED: Final = Conversion(lambda value: PROVISIONED if float(value) else None, str)


def assumed(moves_to: str) -> dict[str, Spread]:
    """Return what has to be assumed of a file system whose files move to another class.

    Parameters
    ----------
    moves_to : str
        `STAYS`, `INFREQUENT` or `ARCHIVE`.

    Returns
    -------
    dict of str to Spread
        The share that moved, by name; empty where none does. [-]
    """
    return {} if moves_to == STAYS else {"cold_share": COLD}


def lines(system: _System, meters: Meters) -> Iterator[Usage]:
    """Yield what is billed in a month; what is given stands instead of what is worked out.

    Parameters
    ----------
    system : EfsFileSystem
        The settings.
    meters : Meters
        What the component did in a month.

    Yields
    ------
    Usage
        The lines of the bill, each in the unit of its price.
    """
    zone, words = ("onezone", "One Zone") if system.is_one_zone else ("standard", "Standard")
    cold = meters.values.get("cold_share", 0.0)
    standard_gb = meters.stored_gb * (1.0 - cold)
    yield Usage(f"efs.{zone}_gb_month", f"Storage ({words})", "GB-month", standard_gb)
    yield from _cold_lines(system, meters, cold)
    if system.throughput_mode == PROVISIONED:
        yield Usage(
            "efs.provisioned_throughput",
            "Provisioned throughput",
            "MBps-month",
            max(0.0, system.provisioned_mib_s - MIB_S_PER_GIB * standard_gb),
            "Above what the size includes",
        )
    if system.throughput_mode == ELASTIC:
        read, written = _gb(meters)
        yield Usage("efs.elastic_read_gb", "Elastic throughput, data read", "GB", read)
        yield Usage("efs.elastic_write_gb", "Elastic throughput, data written", "GB", written)


def _cold_lines(system: _System, meters: Meters, cold: float) -> Iterator[Usage]:
    """Yield what files cost that nobody asks for: kept, moved there, and asked for after all."""
    zone = "onezone_" if system.is_one_zone else ""
    moved = {"gb": meters.stored_gb * cold, "write_gb": _gb(meters)[1] * cold}
    for class_, word, label in _COLD_CLASSES:
        done = moved if system.moves_to == class_ else {}
        for part, price_id, words, unit in (
            ("gb", f"efs.{zone}{word}_gb_month", "Storage", "GB-month"),
            ("read_gb", f"efs.{word}_read_gb", "Read requests", "GB"),
            ("write_gb", f"efs.{word}_write_gb", "Write requests and tiering", "GB"),
        ):
            quantity = meters.given.get(f"{class_}_{part}", done.get(part, 0.0))
            if quantity:
                yield Usage(price_id, f"{words} ({label})", unit, quantity)


def _gb(meters: Meters) -> tuple[float, float]:
    """Return what was read and written, as what was metered and the calls tell. [GB]"""
    metered = meters.units.get("throughput", 0.0) / MIB_PER_GB
    reads = meters.passed.get("read", 0.0) * READ_SHARE
    writes = meters.passed.get("write", 0.0)
    share = reads / (reads + writes) if reads + writes else 0.0
    read, written = metered * share / READ_SHARE, metered * (1.0 - share)
    return meters.given.get("read_gb", read), meters.given.get("written_gb", written)
