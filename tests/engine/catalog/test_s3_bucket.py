"""S3 bucket: rates of a prefix, notifications, cost, template."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.catalog.s3_bucket import S3Bucket
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from apps.engine.stages.gate import Gate
from tests.engine.catalog.billing import billed
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


def test_a_prefix_takes_its_rate() -> None:
    lanes = lanes_of(S3Bucket())

    # quotas.csv: s3.get_per_prefix 5500, s3.put_per_prefix 3500; scenario.md: 30 and 50 ms.
    assert lanes["get"].stages == (Gate(5500, 5500, 0.030),)
    assert lanes["put"].stages == (Gate(3500, 3500, 0.050),)
    assert set(lanes) == {"get", "put"}


@pytest.mark.parametrize(("role", "capacity"), [("get", 5500), ("put", 3500)])
def test_requests_above_the_rate_are_refused(role: str, capacity: float) -> None:
    bucket = S3Bucket()

    seen = run({"Bucket": bucket}, enter=("Bucket", role), rps=2.0 * capacity)

    assert seen.use("Bucket", role, "rate") == pytest.approx(2.0)
    assert seen.count("Bucket", role, "passed") == pytest.approx(601 * capacity)
    limit = seen.gauge("Bucket", role, "rate").limit
    assert (limit.id, limit.capacity) == (f"s3.{role}_per_prefix", capacity)
    assert limit.effect.startswith("503 Slow Down")


def test_each_prefix_adds_its_own_rate() -> None:
    bucket = S3Bucket(prefixes=4)

    assert [limit.capacity for limit in bucket.limits(US, make_place(bucket))] == [22_000, 14_000]
    assert lanes_of(bucket)["put"].stages == (Gate(14_000, 14_000, 0.050),)


def test_a_put_does_not_wait_for_what_it_notifies() -> None:
    bucket, slow = S3Bucket(), LambdaFunction(timeout_s=60)
    notify = Link(source="Bucket", target="Fn", role="event", mode="async")

    seen = run(
        {"Bucket": bucket, "Fn": slow},
        [notify],
        enter=("Bucket", "put"),
        rps=10.0,
        values={"Fn": {"own_ms": 5_000.0}},
    )

    assert seen.model.v[seen.at("Bucket", "put").port.response] == pytest.approx(0.050)
    assert seen.count("Fn", "invoke", "offered") == pytest.approx(6000, rel=0.01)
    assert seen.count("Bucket", "notify", "offered") == pytest.approx(6000)


def test_without_links_nothing_is_notified() -> None:
    assert "notify" not in lanes_of(S3Bucket())
    place = make_place(S3Bucket(), outbound=[link_to("event")])
    assert lanes_of(S3Bucket(), place)["put"].sends_to == "notify"


def test_a_published_bill_of_storage_is_met() -> None:
    # price_examples_dev.csv s3-05: 200 GB-month are $4.60; s3-07: 1 PB is $22,583.30.
    for stored_gb, usd in ((200.0, 4.60), (1_048_576.0, 22_583.30)):
        lines = S3Bucket().usage(Meters(stored_gb=stored_gb))
        bill = price_bill([("Bucket", line) for line in lines], US)
        assert float(bill.monthly_usd) == pytest.approx(usd, abs=0.01)


def test_a_published_bill_of_requests_is_met() -> None:
    # price_examples_dev.csv s3-03: 310,000 PUT and 620,000 GET are $1.80.
    lines = usage_of(S3Bucket(), Meters(passed={"put": 310_000.0, "get": 620_000.0}))

    assert lines["s3.tier1_requests"].quantity == 310_000
    assert lines["s3.tier2_requests"].quantity == 620_000
    bill = price_bill([("Bucket", line) for line in lines.values()], US)
    assert float(bill.monthly_usd) == pytest.approx(1.80, abs=0.005)


def test_only_an_edge_pays_for_transfer_to_the_internet() -> None:
    inside = usage_of(S3Bucket(), Meters(bytes_out=2.0**30))
    outside = usage_of(S3Bucket(), Meters(bytes_out=2.0**30, is_edge=True))

    assert inside["dto.internet_gb"].quantity == 0.0
    assert outside["dto.internet_gb"].quantity == 1.0


def test_a_template_names_a_bucket_and_how_it_is_encrypted() -> None:
    settings = read_template(S3Bucket, "AWS::S3::Bucket", {"BucketName": "photos"})

    assert settings == {}
    encrypted = {
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {
                    "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"},
                    "BucketKeyEnabled": True,
                }
            ]
        }
    }
    assert read_template(S3Bucket, "AWS::S3::Bucket", encrypted) == {
        "encryption": "aws:kms",
        "has_bucket_key": True,
    }
    with pytest.raises(InvalidSetting, match="must be between 1 and 10,000"):
        make_kind("s3_bucket", prefixes=0)


def test_small_objects_are_billed_as_larger_ones_in_infrequent_classes() -> None:
    # A million objects of 16 KiB are 15.26 GB, and are billed as 128 KiB each.
    meters = Meters(stored_gb=2**14 / 1024 / 1024 * 1e6 / 1024, given={"objects": 1e6})

    quantity = usage_of(S3Bucket(storage_class="STANDARD_IA"), meters)["s3.sia.gb_month"].quantity

    assert quantity == pytest.approx(1e6 * 128 / 2**20)
    large = Meters(stored_gb=1000.0, given={"objects": 1e6})
    lines = usage_of(S3Bucket(storage_class="STANDARD_IA"), large)
    assert lines["s3.sia.gb_month"].quantity == 1000.0


def test_an_archived_object_takes_40_kib_more() -> None:
    # 32 KiB in its own class and 8 KiB at the price of Standard.
    meters = Meters(stored_gb=100.0, given={"objects": 2.0**20})

    lines = usage_of(S3Bucket(storage_class="DEEP_ARCHIVE"), meters)

    assert lines["s3.deep.gb_month"].quantity == pytest.approx(100.0 + 32.0)
    assert lines["s3.standard.gb_month"].quantity == pytest.approx(8.0)


def test_intelligent_tiering_watches_objects_that_are_large_enough() -> None:
    bucket = S3Bucket(storage_class="INTELLIGENT_TIERING")

    large = usage_of(bucket, Meters(stored_gb=1000.0, given={"objects": 1e6}))
    small = usage_of(bucket, Meters(stored_gb=1.0, given={"objects": 1e6}))

    assert large["s3.int_monitoring"].quantity == 1e6
    assert small["s3.int_monitoring"].quantity == 0.0
    assert large["s3.int_fa.gb_month"].quantity == 1000.0


def test_what_is_read_from_an_infrequent_class_is_a_retrieval() -> None:
    meters = Meters(passed={"get": 1024.0}, values={"item_bytes": 2.0**20})

    lines = usage_of(S3Bucket(storage_class="ONEZONE_IA"), meters)

    assert lines["s3.zia.retrieval_gb"].quantity == pytest.approx(1.0)
    assert "s3.retrieval_gb" not in usage_of(S3Bucket(), meters)


def test_a_usage_file_says_what_each_class_keeps() -> None:
    usage = {
        "object_tags": 5000,
        "standard": {"storage_gb": 10, "monthly_tier_1_requests": 20},
        "glacier_deep_archive": {"monthly_bulk_data_retrieval_gb": 3, "early_delete_gb": 4},
        "glacier_flexible_retrieval": {"monthly_expedited_select_data_scanned_gb": 5},
    }

    assert billed("aws_s3_bucket", {}, usage) | {"dto.internet_gb": 0, "kms.requests": 0} == {
        "s3.standard.gb_month": 10,
        "s3.tier1_requests": 20,
        "s3.tier2_requests": 0,
        "s3.glacier.expedited_select_scanned_gb": 5,
        "s3.deep.bulk_retrieval_gb": 3,
        "s3.deep.early_delete_gb_month": 4,
        "s3.tag_month": 5000,
        "dto.internet_gb": 0,
        "kms.requests": 0,
    }
    listed = billed("aws_s3_bucket_inventory", {}, {"monthly_listed_objects": 7})
    assert listed["s3.inventory_objects"] == 7
