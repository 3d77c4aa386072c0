"""What AWS bills for an MSK cluster."""

from __future__ import annotations

from typing import Final, NamedTuple

from apps.engine.catalog._steps import Given, given_lines
from apps.engine.catalog.base import Meters, Usage

BYTES_PER_GB = 2**30
HOURS_PER_MONTH = 730.0
# Its brokers bring their storage, and are billed by what is written and kept.
# https://aws.amazon.com/msk/pricing/
EXPRESS = "express."
_TIERED_GIVEN: Final = (
    Given("tiered_gb_month", "msk.tiered_gb_month", "Tiered storage", "GB-month"),
    Given("tiered_read_gb", "msk.tiered_read_gb", "Reads of tiered storage", "GB"),
)


class Cluster(NamedTuple):
    """The settings that a bill depends on."""

    brokers: int
    broker_class: str
    broker_storage_gb: int
    throughput_mibps: int
    is_tiered: bool


def brokers(cluster: Cluster, meters: Meters) -> tuple[Usage, ...]:
    """Return the lines of a cluster of brokers.

    Parameters
    ----------
    cluster : Cluster
        Its settings.
    meters : Meters
        What it did in a month.

    Returns
    -------
    tuple of Usage
        In the order of AWS's page.
    """
    months = meters.hours / HOURS_PER_MONTH
    hours = Usage(
        f"msk.{cluster.broker_class}.hour",
        f"Brokers ({cluster.broker_class})",
        "hour",
        cluster.brokers * meters.hours,
    )
    if cluster.broker_class.startswith(EXPRESS):
        return (hours, *_express(meters))
    gigabytes = cluster.brokers * cluster.broker_storage_gb * months
    return (
        hours,
        Usage("msk.storage_gb_month", "Storage of the brokers", "GB-month", gigabytes),
        *_throughput(cluster.brokers * cluster.throughput_mibps * months),
        *(given_lines(meters, _TIERED_GIVEN) if cluster.is_tiered else ()),
    )


def serverless(retention_s: float, meters: Meters) -> tuple[Usage, ...]:
    """Return the lines of a cluster without brokers of its own.

    Parameters
    ----------
    retention_s : float
        How long records are kept. [s]
    meters : Meters
        What it did in a month.

    Returns
    -------
    tuple of Usage
        In the order of AWS's page.
    """
    taken_gb = meters.given.get("in_gb", meters.bytes_in / BYTES_PER_GB)
    partitions = meters.values.get("partitions", 1.0)
    readers = meters.values.get("readers", 1.0)
    read_gb = meters.given.get("out_gb", taken_gb * readers)
    # Records of the whole retention lie there on average.
    kept_gb = meters.given.get("stored_gb", taken_gb * retention_s / 3600.0 / meters.hours)
    partition_hours = meters.given.get("partition_hours", partitions * meters.hours)
    return (
        Usage("msk.serverless.cluster_hour", "Cluster", "hour", meters.hours),
        Usage("msk.serverless.partition_hour", "Partitions", "hour", partition_hours),
        Usage("msk.serverless.in_gb", "Data in", "GB", taken_gb),
        Usage("msk.serverless.out_gb", "Data out", "GB", read_gb, "To every reader"),
        Usage("msk.serverless.storage_gb_month", "Storage", "GB-month", kept_gb),
    )


def _express(meters: Meters) -> tuple[Usage, ...]:
    written_gb = meters.given.get("in_gb", meters.bytes_in / BYTES_PER_GB)
    kept_gb = meters.given.get("stored_gb", meters.stored_gb)
    return (
        Usage("msk.express.in_gb", "Data written", "GB", written_gb),
        Usage("msk.express.storage_gb_month", "Storage", "GB-month", kept_gb),
    )


def _throughput(mibps_months: float) -> tuple[Usage, ...]:
    label = "Provisioned storage throughput"
    if not mibps_months:
        return ()
    return (Usage("msk.throughput_mbps_month", label, "MBps-month", mibps_months),)
