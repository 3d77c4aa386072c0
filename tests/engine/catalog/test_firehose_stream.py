"""Firehose: direct puts have quotas, deliveries are few and large, and data is billed in steps."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from apps.engine.catalog.base import Meters
from apps.engine.catalog.firehose_stream import FirehoseStream
from apps.engine.formats.terraform.settings import settings_of
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from apps.facts.reader import packaged_facts
from tests.engine.catalog.building import (
    US,
    lanes_of,
    link_to,
    make_kind,
    make_place,
    read_template,
    run,
    usage_of,
)
from tests.engine.formats.templates import doors, read

STREAM = "AWS::KinesisFirehose::DeliveryStream"
TO_BUCKET = Link(source="Stream", target="Files", role="put")


@pytest.mark.parametrize(
    ("rps", "records_each"),
    [
        # 5 MiB of 2 kB are 2,621 records, which come sooner than 300 s.
        (100.0, 5 * 2**20 / 2000),
        # In 300 s come 300 records.
        (1.0, 301.0),
    ],
)
def test_it_delivers_by_size_or_by_time(rps: float, records_each: float) -> None:
    components = {"Stream": FirehoseStream(), "Files": make_kind("s3_bucket")}

    seen = run(components, [TO_BUCKET], enter=("Stream", "put"), rps=rps, seconds=3600)

    deliveries = seen.count("Files", "put", "offered")
    assert deliveries == pytest.approx(rps * 3600 / records_each, rel=0.01)


def test_what_it_reads_from_a_stream_counts_by_record() -> None:
    components = {
        "Source": make_kind("kinesis_stream", shards=4),
        "Stream": FirehoseStream(),
        "Files": make_kind("s3_bucket"),
    }
    links = [
        Link(source="Source", target="Stream", role="read", mode="stream", settings={"batch": 100}),
        TO_BUCKET,
    ]

    seen = run(components, links, enter=("Source", "put"), rps=500.0, seconds=1200)

    assert seen.count("Stream", "read", "called") == pytest.approx(600_000, rel=0.01)
    assert seen.count("Stream", "deliver", "offered") == pytest.approx(600_000, rel=0.01)
    assert seen.count("Files", "put", "offered") == pytest.approx(600_000 / 2621.4, rel=0.02)


@pytest.mark.parametrize(
    ("item_bytes", "quota_id", "capacity", "records_per_s"),
    [
        (2000.0, "firehose.direct_put_requests", 2000.0, 2000.0),
        (10_000.0, "firehose.direct_put_bytes", 5.0, 5 * 2**20 / 10_000),
    ],
)
def test_direct_puts_meet_requests_or_data_first(
    item_bytes: float, quota_id: str, capacity: float, records_per_s: float
) -> None:
    place = dataclasses.replace(
        make_place(FirehoseStream()), values={"item_bytes": item_bytes, "latency_ms": 20.0}
    )

    (limit,) = FirehoseStream().limits(US, place)

    assert (limit.id, limit.capacity) == (quota_id, capacity)
    (gate,) = lanes_of(FirehoseStream(), place)["put"].stages
    assert getattr(gate, "rate_per_s", None) == pytest.approx(records_per_s)


def test_other_regions_take_less() -> None:
    frankfurt = packaged_facts("eu-central-1")

    (limit,) = FirehoseStream().limits(frankfurt, make_place(FirehoseStream()))

    # 1 MiB/s of 2 kB are 524 records, and 1,000 requests a second.
    assert (limit.id, limit.capacity) == ("firehose.direct_put_bytes", 1.0)


def test_records_are_billed_in_steps_of_five_kilobytes() -> None:
    meters = Meters(passed={"put": 1e9}, values={"item_bytes": 6000.0})
    kind = FirehoseStream(converts=True)

    bill = price_bill([("Stream", usage) for usage in kind.usage(meters)], US)

    # prices.csv: 0.029 a GB up to 500 TB, and 0.018 for the format.
    gigabytes = 1e9 * 10 * 1024 / 2**30
    assert float(bill.monthly_usd) == pytest.approx(gigabytes * (0.029 + 0.018), rel=1e-6)


def test_partitioning_has_no_price_and_a_vpc_has_one() -> None:
    meters = Meters(passed={"put": 1e6}, values={"item_bytes": 1000.0})

    partitioned = FirehoseStream(partitions=True).usage(meters)
    inside = {usage.price_id: usage for usage in FirehoseStream(is_in_vpc=True).usage(meters)}

    assert not price_bill([("Stream", usage) for usage in partitioned], US).is_complete
    assert inside["firehose.vpc_hour"].quantity == 730.0
    assert inside["firehose.vpc_gb"].quantity == pytest.approx(1e9 / 2**30)


def test_without_a_destination_it_takes_and_keeps() -> None:
    assert set(lanes_of(FirehoseStream())) == {"put", "read"}
    delivering = make_place(FirehoseStream(), outbound=[link_to("put")])
    assert set(lanes_of(FirehoseStream(), delivering)) == {"put", "read", "deliver"}


def test_it_reads_templates() -> None:
    hints = {"BufferingHints": {"SizeInMBs": 64, "IntervalInSeconds": 60}}
    on = {"Enabled": True}

    assert read_template(
        FirehoseStream,
        STREAM,
        {"ExtendedS3DestinationConfiguration": {**hints, "DataFormatConversionConfiguration": on}},
    ) == {"buffer_mb": 64, "buffer_s": 60.0, "converts": True}
    assert read_template(FirehoseStream, STREAM, {"S3DestinationConfiguration": hints}) == {
        "buffer_mb": 64,
        "buffer_s": 60.0,
    }


def test_it_stands_between_who_puts_and_a_bucket() -> None:
    design = read(
        """
        Resources:
          Files: {Type: 'AWS::S3::Bucket'}
          Source: {Type: 'AWS::Kinesis::Stream'}
          Own:
            Type: AWS::KinesisFirehose::DeliveryStream
            Properties:
              KinesisStreamSourceConfiguration: {KinesisStreamARN: !GetAtt Source.Arn}
              S3DestinationConfiguration: {BucketARN: !GetAtt Files.Arn}
          Direct:
            Type: AWS::KinesisFirehose::DeliveryStream
            Properties:
              ExtendedS3DestinationConfiguration: {BucketARN: !GetAtt Files.Arn}
          F:
            Type: AWS::Serverless::Function
            Properties:
              Policies:
                - Statement:
                    - Effect: Allow
                      Action: firehose:PutRecord
                      Resource: !GetAtt Direct.Arn
        """
    )

    assert doors(design) == {
        ("Source", "Own", "read", "stream"),
        ("Own", "Files", "put", "sync"),
        ("Direct", "Files", "put", "sync"),
        ("F", "Direct", "put", "async"),
    }
    assert design.not_modelled() == ()


def test_terraform_says_what_is_converted_and_in_how_many_zones() -> None:
    conversion: dict[str, Any] = {"schema_configuration": [{}]}
    s3 = {"data_format_conversion_configuration": [conversion]}
    search = {"vpc_config": [{"subnet_ids": ["a", "b", "c"]}], "buffering_size": 10}

    read = settings_of(
        FirehoseStream,
        "aws_kinesis_firehose_delivery_stream",
        {"extended_s3_configuration": [s3], "opensearch_configuration": [search]},
    )

    # A conversion is on while it does not say otherwise.
    assert read == {"converts": True, "is_in_vpc": True, "vpc_zones": 3, "buffer_mb": 10}
    conversion["enabled"] = False
    off = {"extended_s3_configuration": [s3]}
    assert settings_of(FirehoseStream, "aws_kinesis_firehose_delivery_stream", off) == {
        "converts": False
    }


def test_a_vpc_is_billed_for_each_zone_and_by_what_it_takes() -> None:
    stream = FirehoseStream(is_in_vpc=True, vpc_zones=2, converts=True)

    lines = usage_of(stream, Meters(given={"in_gb": 3e6}))

    assert lines["firehose.vpc_hour"].quantity == 1460
    assert {lines[f"firehose.{x}"].quantity for x in ("ingest_gb", "conversion_gb", "vpc_gb")} == {
        3e6
    }


def test_what_comes_from_msk_is_not_billed_in_steps() -> None:
    meters = Meters(passed={"put": 2**20}, values={"item_bytes": 1024.0})

    lines = usage_of(FirehoseStream(priced_as="msk"), meters)

    assert lines["firehose.msk_ingest_gb"].quantity == 1.0
    assert "firehose.ingest_gb" not in lines
