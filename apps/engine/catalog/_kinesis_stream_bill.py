"""What AWS bills for a Kinesis data stream."""

from __future__ import annotations

from typing import Final, NamedTuple

from apps.engine.catalog._steps import Given, given_lines, steps
from apps.engine.catalog.base import Meters, Usage, UsageKey

TERRAFORM: Final = "aws_kinesis_stream"
# Metered in steps of 25 KB, on demand in steps of 1 KB.
# https://aws.amazon.com/kinesis/data-streams/pricing/
PUT_BYTES, ON_DEMAND_BYTES = 25 * 1024, 1024
BYTES_PER_GB = 2**30
# Retention up to a day is in the price of a shard, up to 7 days costs more, then by size.
FREE_HOURS, EXTENDED_HOURS = 24, 168

USAGE_KEYS: Final = tuple(
    UsageKey(TERRAFORM, f"monthly_{key}", f"given.{meter}")
    for key, meter in (
        ("provisioned_put_units", "put_units"),
        ("provisioned_extended_retention_gb", "extended_retention_gb"),
        ("provisioned_long_term_retention_gb", "long_retention_gb"),
        ("provisioned_long_term_retrieval_gb", "long_retrieval_gb"),
        ("provisioned_efo_data_out_gb", "fan_out_gb"),
        ("provisioned_efo_consumer_hours", "consumer_shard_hours"),
        ("on_demand_data_in_gb", "on_demand_in_gb"),
        ("on_demand_data_out_gb", "on_demand_out_gb"),
        ("on_demand_efo_data_out_gb", "on_demand_fan_out_gb"),
        ("on_demand_extended_retention_gb", "on_demand_extended_retention_gb"),
        ("on_demand_long_term_retention_gb", "on_demand_long_retention_gb"),
    )
)
_SHARDS_GIVEN: Final = (
    Given(
        "extended_retention_gb",
        "kinesis.ext_retention_gb",
        "Retention above 24 h, by size",
        "GB",
        "AWS bills it by the shard-hour, from the retention of the stream",
    ),
    Given("long_retrieval_gb", "kinesis.long_retrieval_gb", "Reads of data above 7 days", "GB"),
)


class Stream(NamedTuple):
    """The settings that a bill depends on."""

    shards: int
    retention_h: int
    consumers: int

    def kept_gb(self, meters: Meters, above_h: int, up_to_h: int) -> float:
        """Return the data of an age between two bounds, as it lies there on average.

        Parameters
        ----------
        meters : Meters
            What it did in a month.
        above_h : int
            The lower bound. [h]
        up_to_h : int
            The upper bound. [h]

        Returns
        -------
        float
            Mean over the month. [GB]
        """
        hours = max(0, min(self.retention_h, up_to_h) - above_h)
        return meters.bytes_in / BYTES_PER_GB * hours / meters.hours


def provisioned(stream: Stream, meters: Meters) -> tuple[Usage, ...]:
    """Return the lines of a stream with shards.

    Parameters
    ----------
    stream : Stream
        Its settings.
    meters : Meters
        What it did in a month.

    Returns
    -------
    tuple of Usage
        In the order of AWS's page.
    """
    records = meters.passed.get("put", 0.0)
    hours = stream.shards * meters.hours
    units = records * steps(meters.bytes_in, records, PUT_BYTES)
    extended = hours if stream.retention_h > FREE_HOURS else 0.0
    given = meters.given
    fan_out_gb = meters.bytes_in / BYTES_PER_GB * stream.consumers
    consumed = given.get("consumer_shard_hours", stream.consumers * hours)
    return (
        Usage("kinesis.shard_hour", "Shards", "shard-h", hours),
        Usage(
            "kinesis.put_units",
            "PUT payload units",
            "unit",
            given.get("put_units", units),
            "In steps of 25 KB",
        ),
        Usage("kinesis.ext_retention_shard_hour", "Retention above 24 h", "shard-h", extended),
        _long_retention(given.get("long_retention_gb"), stream, meters),
        *given_lines(meters, _SHARDS_GIVEN),
        *_fan_out("kinesis.efo_gb", given.get("fan_out_gb", fan_out_gb)),
        *_consumers(consumed),
    )


def on_demand(stream: Stream, meters: Meters) -> tuple[Usage, ...]:
    """Return the lines of a stream on demand.

    Parameters
    ----------
    stream : Stream
        Its settings.
    meters : Meters
        What it did in a month.

    Returns
    -------
    tuple of Usage
        In the order of AWS's page.
    """
    records = meters.passed.get("put", 0.0)
    billed = records * steps(meters.bytes_in, records, ON_DEMAND_BYTES) * ON_DEMAND_BYTES
    size = meters.bytes_in / records if records else 0.0
    # A consumer with a fan-out of its own is no reader of the common one.
    readers = max(0.0, meters.values.get("readers", 1.0) - stream.consumers)
    read = meters.passed.get("read", 0.0) * size / BYTES_PER_GB * readers
    given = meters.given
    kept_gb = stream.kept_gb(meters, FREE_HOURS, EXTENDED_HOURS)
    in_gb = given.get("on_demand_in_gb", billed / BYTES_PER_GB)
    fan_out_gb = meters.bytes_in / BYTES_PER_GB * stream.consumers
    return (
        Usage("kinesis.od.stream_hour", "Stream on demand", "stream-h", meters.hours),
        Usage("kinesis.od.in_gb", "Data in", "GB", in_gb, "In steps of 1 KB"),
        Usage(
            "kinesis.od.out_gb",
            "Data out",
            "GB",
            given.get("on_demand_out_gb", read),
            "To every reader",
        ),
        Usage(
            "kinesis.od.ext_retention_gb_month",
            "Retention above 24 h",
            "GB-month",
            given.get("on_demand_extended_retention_gb", kept_gb),
        ),
        _long_retention(given.get("on_demand_long_retention_gb"), stream, meters),
        *_fan_out("kinesis.od.efo_gb", given.get("on_demand_fan_out_gb", fan_out_gb)),
    )


def _long_retention(given_gb: float | None, stream: Stream, meters: Meters) -> Usage:
    kept_gb = given_gb
    if kept_gb is None:
        kept_gb = stream.kept_gb(meters, EXTENDED_HOURS, stream.retention_h)
    return Usage("kinesis.long_retention_gb_month", "Retention above 7 days", "GB-month", kept_gb)


def _fan_out(price_id: str, gigabytes: float) -> tuple[Usage, ...]:
    label = "Enhanced fan-out data"
    return (Usage(price_id, label, "GB", gigabytes, "To every consumer"),) if gigabytes else ()


def _consumers(hours: float) -> tuple[Usage, ...]:
    if not hours:
        return ()
    return (
        Usage("kinesis.efo_consumer_shard_hour", "Enhanced fan-out consumers", "shard-h", hours),
    )
