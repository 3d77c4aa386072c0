"""Amazon Data Firehose stream: it collects records and delivers them in large pieces."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from apps.engine.catalog._quotas import quota_limit
from apps.engine.catalog.base import (
    COUNT,
    FLAG,
    PRESENT,
    SECONDS,
    Accepts,
    Kind,
    Limit,
    Meters,
    Metric,
    Place,
    Property,
    Spread,
    Usage,
    about,
    setting,
)
from apps.engine.facts import Facts
from apps.engine.stages.base import Lane
from apps.engine.stages.delay import Delay
from apps.engine.stages.gate import Gate
from apps.engine.stages.queue import Queue

STREAM = "AWS::KinesisFirehose::DeliveryStream"
REQUESTS, RECORDS = "firehose.direct_put_requests", "firehose.direct_put_records"
DATA, RETENTION = "firehose.direct_put_bytes", "firehose.retention"
BYTES_PER_MIB, BYTES_PER_GB = 2**20, 2**30
# Metered in steps of 5 KB a record. https://aws.amazon.com/firehose/pricing/
BYTES_PER_STEP = 5 * 1024
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
        records = meters.passed.get("put", 0.0) + meters.called.get("read", 0.0)
        size = meters.values.get("item_bytes", 0.0)
        taken_gb = records * math.ceil(size / BYTES_PER_STEP) * BYTES_PER_STEP / BYTES_PER_GB
        sent_gb = records * size / BYTES_PER_GB
        return (
            Usage("firehose.ingest_gb", "Data in", "GB", taken_gb, "In steps of 5 KB a record"),
            Usage(
                "firehose.conversion_gb",
                "Format conversion",
                "GB",
                taken_gb if self.converts else 0.0,
            ),
            Usage(
                "firehose.partitioning_gb",
                "Dynamic partitioning",
                "GB",
                sent_gb if self.partitions else 0.0,
            ),
            *(self._vpc_usage(meters, sent_gb) if self.is_in_vpc else ()),
        )

    @staticmethod
    def _vpc_usage(meters: Meters, sent_gb: float) -> tuple[Usage, ...]:
        return (
            Usage("firehose.vpc_hour", "Delivery into a VPC", "hour", meters.hours, "For one zone"),
            Usage("firehose.vpc_gb", "Data delivered into a VPC", "GB", sent_gb),
        )
