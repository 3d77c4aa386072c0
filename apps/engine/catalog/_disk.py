"""The disk of an RDS instance: what it can read and write, and what AWS bills for it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from apps.engine.catalog.base import Limit, Usage
from apps.engine.facts import Facts
from apps.engine.stages.credits import Credits

TYPES = ("gp2", "gp3", "io1", "io2", "standard")
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html
GP2_LEAST_IOPS, GP2_BURST_IOPS, GP2_CREDITS = 100.0, 3000.0, 5_400_000.0
GP2_MOST_IOPS = 64_000.0
# What gp3 includes below and from 400 GiB on, as the bill needs it.
GP3_STRIPED_GB, GP3_INCLUDED_IOPS, GP3_STRIPED_IOPS = 400.0, 3000.0, 12_000.0
GP3_INCLUDED_MB_PER_S, GP3_STRIPED_MB_PER_S = 125.0, 500.0
# A volume with chosen operations starts at so many, and at this size.
LEAST_CHOSEN_IOPS, LEAST_CHOSEN_GB = 1000, 100.0
CHOSEN = ("io1", "io2")
# https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html (previous generation)
MAGNETIC_IOPS = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """A volume: `iops` for as long as it lasts, `burst_iops` while saved credits last."""

    iops: float
    burst_iops: float
    saved: float = 0.0

    @property
    def can_burst(self) -> bool:
        """Say whether saved credits let it go above its steady pace."""
        return self.burst_iops > self.iops

    def stage(self, reads_per_query: float) -> Credits:
        """Return the stage; its work is counted in queries.

        Parameters
        ----------
        reads_per_query : float
            Operations on the disk for one query. [-]

        Returns
        -------
        Credits
            A bucket that refills at `iops` over `reads_per_query`. [queries/s]
        """
        each = max(reads_per_query, 1e-9)
        return Credits(
            rate_per_s=self.iops / each,
            own_s=0.0,  # the time of a read is in the query's
            hold_s=self.saved / self.iops,
            # All reads go to one volume, as if to one key, and its burst has a ceiling.
            hot_share=1.0 if self.can_burst else 0.0,
            hot_per_s=self.burst_iops / each,
        )


def disk_of(facts: Facts, storage_type: str, storage_gb: float, iops: int | None) -> Disk:
    """Return what a volume of a type and size can do.

    Parameters
    ----------
    facts : Facts
        Prices, quotas and classes of the scenario's Region.
    storage_type : str
        gp2, gp3, io1 or io2.
    storage_gb : float
        Size of the volume. [GB]
    iops : int or None
        Operations a second that were asked for, None for what the type includes. [1/s]

    Returns
    -------
    Disk
        Its operations a second, and the credits that it saves.
    """
    if storage_type == "gp2":
        steady = facts.quota("rds.gp2_iops_per_gib") * storage_gb
        steady = min(max(steady, GP2_LEAST_IOPS), GP2_MOST_IOPS)
        return Disk(iops=steady, burst_iops=max(steady, GP2_BURST_IOPS), saved=GP2_CREDITS)
    if storage_type == "standard":
        return Disk(iops=MAGNETIC_IOPS, burst_iops=MAGNETIC_IOPS)
    if storage_type == "gp3":
        steady = max(gp3_included_iops(facts, storage_gb), float(iops or 0))
    else:
        steady = float(max(iops or 0, LEAST_CHOSEN_IOPS))
    return Disk(iops=steady, burst_iops=steady)


def gp3_included_iops(facts: Facts, storage_gb: float) -> float:
    """Return the operations a second that a gp3 volume has without paying more.

    Parameters
    ----------
    facts : Facts
        Prices, quotas and classes of the scenario's Region.
    storage_gb : float
        Size of the volume. [GB]

    Returns
    -------
    float
        Operations. [1/s]
    """
    is_striped = storage_gb >= facts.quota("rds.gp3_threshold")
    return facts.quota(
        "rds.gp3_baseline_iops_large" if is_striped else "rds.gp3_baseline_iops_small"
    )


def billed_iops(
    storage_type: str, storage_gb: float, iops: int | None, *, striped_gb: float = GP3_STRIPED_GB
) -> float:
    """Return the operations a second that are billed beside the size.

    Parameters
    ----------
    storage_type : str
        gp2, gp3, io1 or io2.
    storage_gb : float
        Size of the volume. [GB]
    iops : int or None
        Operations a second that were asked for, None for what the type includes. [1/s]
    striped_gb : float, optional
        Size from which a volume is several in one. [GB]

    Returns
    -------
    float
        Operations. [1/s]
    """
    if storage_type in CHOSEN:
        return float(max(iops or 0, LEAST_CHOSEN_IOPS))
    if storage_type != "gp3" or iops is None:
        return 0.0
    is_striped = storage_gb >= striped_gb
    return max(0.0, iops - (GP3_STRIPED_IOPS if is_striped else GP3_INCLUDED_IOPS))


def disk_usage(
    storage_type: str,
    storage_gb: float,
    iops: int | None,
    *,
    is_multi: bool,
    throughput_mb_per_s: int | None = None,
    striped_gb: float = GP3_STRIPED_GB,
) -> Iterator[Usage]:
    """Yield the lines of a volume; two copies of it when it stands in two zones.

    Parameters
    ----------
    storage_type : str
        gp2, gp3, io1, io2 or standard.
    storage_gb : float
        Size of the volume. [GB]
    iops : int or None
        Operations a second that were asked for, None for what the type includes. [1/s]
    is_multi : bool
        Whether a copy stands in a second zone.
    throughput_mb_per_s : int or None, optional
        Bytes a second that were asked for of a gp3 volume. [MB/s]
    striped_gb : float, optional
        Size from which a volume is several in one. [GB]

    Yields
    ------
    Usage
        Storage, and operations and throughput where they are billed.
    """
    label = f"Storage ({storage_type})"
    extra = billed_iops(storage_type, storage_gb, iops, striped_gb=striped_gb)
    if storage_type in CHOSEN:
        yield from _chosen_usage(storage_type, storage_gb, extra, 2.0 if is_multi else 1.0)
        return
    place = "multi" if is_multi else "single"
    yield Usage(f"rds.{storage_type}.{place}_gb_month", label, "GB-month", storage_gb)
    if extra:
        name, note = f"Provisioned IOPS ({storage_type})", "Above what the size includes"
        yield Usage(f"rds.{storage_type}.iops.{place}", name, "IOPS-month", extra, note)
    included = GP3_STRIPED_MB_PER_S if storage_gb >= striped_gb else GP3_INCLUDED_MB_PER_S
    faster = (throughput_mb_per_s or 0.0) - included
    if storage_type == "gp3" and faster > 0.0:
        label, note = "Provisioned throughput (gp3)", "Above what the size includes"
        yield Usage(f"rds.gp3.throughput.{place}", label, "MBps-month", faster, note)


def _chosen_usage(
    storage_type: str, storage_gb: float, iops: float, copies: float
) -> Iterator[Usage]:
    """Yield the lines of a volume whose operations are chosen, which has a least size."""
    size, note = max(storage_gb, LEAST_CHOSEN_GB), "Two copies" if copies > 1.0 else ""
    label = f"Storage ({storage_type})"
    yield Usage(f"rds.{storage_type}.gb_month", label, "GB-month", size * copies, note)
    label = f"Provisioned IOPS ({storage_type})"
    yield Usage(f"rds.{storage_type}.iops", label, "IOPS-month", iops * copies, note)


def disk_limits(storage_type: str, disk: Disk) -> tuple[Limit, ...]:
    """Return the limit of a volume's pace, and that of its burst where it has one.

    Parameters
    ----------
    storage_type : str
        gp2, gp3, io1, io2 or standard.
    disk : Disk
        What the volume can do. [IOPS]

    Returns
    -------
    tuple of Limit
        The gauge `units`, and `hot_key` for the burst. [IOPS]
    """
    steady = _steady_limit(storage_type, disk)
    if not disk.can_burst:
        return (steady,)
    burst = dataclasses.replace(
        steady,
        id="rds.gp2_burst_iops",
        gauge="hot_key",
        label="burst of the disk",
        capacity=disk.burst_iops,
        effect="queries wait for the disk until they time out",
        remedy="Take gp3 with provisioned IOPS, or more memory, so that fewer pages are read.",
    )
    return (steady, burst)


def _steady_limit(storage_type: str, disk: Disk) -> Limit:
    return Limit(
        id=f"rds.{storage_type}_iops",
        role="query",
        gauge="units",
        label="reads of the disk",
        capacity=disk.iops,
        minimum=disk.iops,
        unit="IOPS",
        effect="saved credits are spent, then queries wait for the disk until they time out"
        if disk.can_burst
        else "queries wait for the disk until they time out",
        remedy="Take gp3 with 3,000 IOPS at any size, or more memory, so that fewer pages are read."
        if disk.can_burst
        else "Provision more IOPS, or take more memory, so that fewer pages are read.",
        source_url="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html",
        is_adjustable=True,
    )
