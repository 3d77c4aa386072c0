"""What AWS bills for a Firehose stream."""

from __future__ import annotations

from typing import Final, NamedTuple

from apps.engine.catalog._steps import Given, given_lines, steps
from apps.engine.catalog.base import Meters, Usage

# Metered in steps of 5 KB a record. https://aws.amazon.com/firehose/pricing/
BYTES_PER_STEP = 5 * 1024
BYTES_PER_GB = 2**30
# What comes or goes another way has a price of its own, without steps.
DIRECT, MSK, SNOWFLAKE, ICEBERG = "direct", "msk", "snowflake", "iceberg"
_WAYS: Final = {
    MSK: ("firehose.msk_ingest_gb", "Data in from MSK"),
    SNOWFLAKE: ("firehose.snowflake_ingest_gb", "Data in for Snowflake"),
    ICEBERG: ("firehose.iceberg_ingest_gb", "Data in for Iceberg tables"),
}
_GIVEN: Final = (
    Given("vended_gb", "firehose.vended_ingest_gb", "Vended logs in", "GB"),
    Given("decompressed_gb", "firehose.decompression_gb", "Decompression of logs", "GB"),
)
_PARTITIONS_GIVEN: Final = (
    Given("partition_objects", "firehose.partitioning_objects", "Objects delivered", "object"),
    Given("jq_hours", "firehose.jq_hour", "JQ processing", "hour"),
)


class Stream(NamedTuple):
    """The settings that a bill depends on; `vpc_zones` is 0 outside a VPC."""

    priced_as: str
    converts: bool
    partitions: bool
    vpc_zones: int


def lines(stream: Stream, meters: Meters) -> tuple[Usage, ...]:
    """Return the lines of a stream.

    Parameters
    ----------
    stream : Stream
        Its settings.
    meters : Meters
        What it did in a month; `given.in_gb` is the data that is billed as taken in.

    Returns
    -------
    tuple of Usage
        In the order of AWS's page.
    """
    records = meters.passed.get("put", 0.0) + meters.called.get("read", 0.0)
    size = meters.values.get("item_bytes", 0.0)
    sent_gb = meters.given.get("in_gb", records * size / BYTES_PER_GB)
    # A record of no size is none.
    each = steps(size, 1.0, BYTES_PER_STEP) if size else 0
    stepped_gb = meters.given.get("in_gb", records * each * BYTES_PER_STEP / BYTES_PER_GB)
    converted_gb = stepped_gb if stream.converts else 0.0
    partitioned_gb = sent_gb if stream.partitions else 0.0
    return (
        _taken(stream.priced_as, stepped_gb, sent_gb),
        Usage("firehose.conversion_gb", "Format conversion", "GB", converted_gb),
        Usage("firehose.partitioning_gb", "Dynamic partitioning", "GB", partitioned_gb),
        *given_lines(meters, (*_PARTITIONS_GIVEN, *_GIVEN)),
        *_vpc(stream.vpc_zones, meters.hours, sent_gb),
    )


def _taken(priced_as: str, stepped_gb: float, sent_gb: float) -> Usage:
    if priced_as in _WAYS:
        price_id, label = _WAYS[priced_as]
        return Usage(price_id, label, "GB", sent_gb)
    return Usage("firehose.ingest_gb", "Data in", "GB", stepped_gb, "In steps of 5 KB a record")


def _vpc(zones: int, hours: float, sent_gb: float) -> tuple[Usage, ...]:
    if not zones:
        return ()
    return (
        Usage("firehose.vpc_hour", "Delivery into a VPC", "hour", zones * hours, "For each zone"),
        Usage("firehose.vpc_gb", "Data delivered into a VPC", "GB", sent_gb),
    )
