"""Amazon Data Firehose stream: it collects records and delivers them in large pieces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from apps.engine.catalog import _firehose_stream_bill as bill
from apps.engine.catalog._quotas import quota_limit
from apps.engine.catalog.base import (
    COUNT,
    FLAG,
    PRESENT,
    SECONDS,
    Accepts,
    Conversion,
    Kind,
    Limit,
    Meters,
    Metric,
    Place,
    Property,
    Spread,
    Usage,
    UsageKey,
    about,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.delay import Delay
from apps.engine.stages.gate import Gate
from apps.engine.stages.queue import Queue

STREAM = "AWS::KinesisFirehose::DeliveryStream"
TERRAFORM = "aws_kinesis_firehose_delivery_stream"
REQUESTS, RECORDS = "firehose.direct_put_requests", "firehose.direct_put_records"
DATA, RETENTION = "firehose.direct_put_bytes", "firehose.retention"
BYTES_PER_MIB = 2**20
# What the quotas are for; other Regions have so much of them.
# https://docs.aws.amazon.com/firehose/latest/dev/limits.html
LARGE_REGIONS = ("us-east-1", "us-west-2", "eu-west-1")
_OTHERS: Mapping[str, float] = {REQUESTS: 0.5, RECORDS: 0.2, DATA: 0.2}
# A delivery that failed is tried again, for as long as the destination says.
RETRY_S = 300.0
_DESTINATIONS = (
    *("ExtendedS3DestinationConfiguration", "S3DestinationConfiguration"),
    *("AmazonopensearchserviceDestinationConfiguration", "HttpEndpointDestinationConfiguration"),
    *(
        "AmazonOpenSearchServerlessDestinationConfiguration",
        "ElasticsearchDestinationConfiguration",
    ),
    *("SplunkDestinationConfiguration", "SnowflakeDestinationConfiguration"),
    *("IcebergDestinationConfiguration", "RedshiftDestinationConfiguration.S3Configuration"),
)
_S3 = "ExtendedS3DestinationConfiguration"
_TF_DESTINATIONS = (
    *("extended_s3", "opensearch", "elasticsearch", "opensearchserverless", "http_endpoint"),
    *("splunk", "snowflake", "iceberg"),
)
_TF_CONVERTS = "extended_s3_configuration.0.data_format_conversion_configuration.0"
_TF_PARTITIONS = "extended_s3_configuration.0.dynamic_partitioning_configuration.0"


def _count(value: Any) -> int | None:
    """Return how many subnets are listed: one for each zone, as AWS advises."""
    return len(value) or None if isinstance(value, list) else None


def _is_on(block: Any) -> bool | None:
    """Say whether a block of Terraform switches its feature on, which it does while silent."""
    return FLAG.read(block.get("enabled", True)) if isinstance(block, Mapping) else None


LENGTH = Conversion(_count, lambda count: count)
SWITCH = Conversion(_is_on, lambda is_on: {"enabled": is_on})


def _priced_as(way: str) -> Conversion:
    return Conversion(lambda block: way if block else None, lambda block: block)


class _Bound(NamedTuple):
    """The quota that direct puts meet first, in its own unit and in records a second."""

    quota_id: str
    unit: str
    what: str
    capacity: float
    records_per_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FirehoseStream(Kind):
    """Who puts records directly is held back; what it reads from a stream itself is not."""

    name: ClassVar[str] = "firehose_stream"
    label: ClassVar[str] = "Firehose stream"
    service: ClassVar[str] = "firehose"
    source_url: ClassVar[str] = "https://docs.aws.amazon.com/firehose/latest/dev/limits.html"
    ENTRY: ClassVar[str] = "put"
    TEMPLATE: ClassVar[tuple[Property, ...]] = (
        *(
            Property(STREAM, f"{where}.BufferingHints.{path}", name, conversion)
            for where in _DESTINATIONS
            for path, name, conversion in (
                ("SizeInMBs", "buffer_mb", COUNT),
                ("IntervalInSeconds", "buffer_s", SECONDS),
            )
        ),
        Property(STREAM, f"{_S3}.DataFormatConversionConfiguration.Enabled", "converts", FLAG),
        Property(STREAM, f"{_S3}.DynamicPartitioningConfiguration.Enabled", "partitions", FLAG),
        *(
            Property(STREAM, f"{where}.VpcConfiguration", "is_in_vpc", PRESENT)
            for where in _DESTINATIONS[2:6]
        ),
        *(
            Property(STREAM, f"{where}.VpcConfiguration.SubnetIds", "vpc_zones", LENGTH)
            for where in _DESTINATIONS[2:6]
        ),
        Property(STREAM, "MSKSourceConfiguration", "priced_as", _priced_as(bill.MSK)),
        Property(
            STREAM, "SnowflakeDestinationConfiguration", "priced_as", _priced_as(bill.SNOWFLAKE)
        ),
        Property(STREAM, "IcebergDestinationConfiguration", "priced_as", _priced_as(bill.ICEBERG)),
        *(
            Property(TERRAFORM, f"{where}_configuration.0.{path}", name, conversion)
            for where in _TF_DESTINATIONS
            for path, name, conversion in (
                ("buffering_size", "buffer_mb", COUNT),
                ("buffering_interval", "buffer_s", SECONDS),
                ("vpc_config.0", "is_in_vpc", PRESENT),
                ("vpc_config.0.subnet_ids", "vpc_zones", LENGTH),
            )
        ),
        Property(TERRAFORM, _TF_CONVERTS, "converts", SWITCH),
        Property(TERRAFORM, f"{_TF_PARTITIONS}.enabled", "partitions", FLAG),
        Property(TERRAFORM, "msk_source_configuration.0", "priced_as", _priced_as(bill.MSK)),
        Property(TERRAFORM, "snowflake_configuration.0", "priced_as", _priced_as(bill.SNOWFLAKE)),
        Property(TERRAFORM, "iceberg_configuration.0", "priced_as", _priced_as(bill.ICEBERG)),
    )
    USAGE_KEYS: ClassVar[tuple[UsageKey, ...]] = (
        UsageKey(TERRAFORM, "monthly_data_ingested_gb", "given.in_gb"),
    )
    ACCEPTS: ClassVar[Mapping[str, Accepts]] = {"put": Accepts("async"), "read": Accepts("stream")}
    METRICS: ClassVar[tuple[Metric, ...]] = (
        Metric("AWS/Firehose", "IncomingPutRequests", "Sum", "rate"),
        Metric("AWS/Firehose", "ThrottledRecords", "Sum", "rate"),
        Metric("AWS/Firehose", "DeliveryToS3.DataFreshness", "Maximum", "age"),
    )

    buffer_mb: int = setting(5, "Delivered at a size of", unit="MiB", low=1, high=128)
    buffer_s: float = setting(300.0, "Delivered after", unit="s", low=0, high=900)
    converts: bool = setting(False, "Converts to Parquet or ORC")
    partitions: bool = setting(False, "Partitions by keys of the records")
    is_in_vpc: bool = setting(False, "Delivers into a VPC")
    vpc_zones: int = setting(1, "Subnets of that VPC", low=1, high=16, hint="One in each zone.")
    priced_as: str = setting(
        bill.DIRECT,
        "Billed as",
        choices=(bill.DIRECT, bill.MSK, bill.SNOWFLAKE, bill.ICEBERG),
        hint="From MSK, and to Snowflake or Iceberg tables, a gigabyte has another price.",
    )

    def assumed(self, facts: Facts) -> Mapping[str, Spread]:
        return {
            "latency_ms": about(20.0, up=5.0, rule="PutRecord", unit="ms"),
            "item_bytes": about(2000.0, down=0.4, up=10.0, rule="A record", unit="bytes"),
        }

    def stages(self, facts: Facts, place: Place) -> tuple[Lane, ...]:
        rate = self._bound(facts, place).records_per_s
        door = Gate(rate, rate, place.value("latency_ms") / 1000.0)
        lanes: tuple[Lane, ...] = (Lane("put", (door,), emits=False),)
        goes_on = "deliver" if place.outbound else ""
        if goes_on:
            lanes = (Lane("put", (door,), emits=False, sends_to=goes_on),)
        read = Delay(0.0, splits_batches=True)
        lanes += (Lane("read", (read,), emits=False, sends_to=goes_on),)
        return (*lanes, Lane(goes_on, (self._delivery(facts, place),))) if goes_on else lanes

    def _delivery(self, facts: Facts, place: Place) -> Queue:
        each = max(1.0, place.value("item_bytes"))
        return Queue(
            batch=max(1.0, self.buffer_mb * BYTES_PER_MIB / each),
            window_s=self.buffer_s,
            hidden_s=RETRY_S,
            keep_s=facts.quota(RETENTION) * 3600.0,
        )

    def _bound(self, facts: Facts, place: Place) -> _Bound:
        """Return the quota that is met first when each request puts one record."""
        is_large = facts.region in LARGE_REGIONS
        quotas = {
            id_: facts.quota(id_) * (1.0 if is_large else part) for id_, part in _OTHERS.items()
        }
        by_data = quotas[DATA] * BYTES_PER_MIB / max(1.0, place.value("item_bytes"))
        found = (
            _Bound(REQUESTS, "requests/s", "requests", quotas[REQUESTS], quotas[REQUESTS]),
            _Bound(RECORDS, "records/s", "records", quotas[RECORDS], quotas[RECORDS]),
            _Bound(DATA, "MiB/s", "data", quotas[DATA], by_data),
        )
        return min(found, key=lambda bound: bound.records_per_s)

    def limits(self, facts: Facts, place: Place) -> tuple[Limit, ...]:
        bound = self._bound(facts, place)
        return (
            quota_limit(
                facts,
                bound.quota_id,
                role="put",
                gauge="rate",
                label=f"{bound.what} put on the stream",
                unit=bound.unit,
                effect="puts are throttled, which the SDK repeats",
                remedy="Put up to 500 records in one request, or ask AWS for a higher quota.",
                capacity=bound.capacity,
                check_command="aws firehose describe-delivery-stream "
                f"--delivery-stream-name {place.id}",
            ),
        )

    def billed(self, place: Place) -> Mapping[str, float]:
        return {"item_bytes": place.value("item_bytes")}

    def usage(self, meters: Meters) -> tuple[Usage, ...]:
        zones = self.vpc_zones if self.is_in_vpc else 0
        stream = bill.Stream(self.priced_as, self.converts, self.partitions, zones)
        return bill.lines(stream, meters)
