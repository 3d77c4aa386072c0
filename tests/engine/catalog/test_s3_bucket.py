"""S3 bucket: rates of a prefix, notifications, cost, template."""

from __future__ import annotations

import pytest

from apps.engine.catalog.base import InvalidSetting, Meters
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.catalog.s3_bucket import S3Bucket
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from apps.engine.stages.gate import Gate
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
