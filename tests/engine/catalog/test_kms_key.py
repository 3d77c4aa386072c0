"""KMS key: a quota of the account by Region, and the bill of what others encrypt."""

from __future__ import annotations

import pytest

from apps.engine.catalog.account import Account
from apps.engine.catalog.base import Meters
from apps.engine.catalog.kms_key import KEY, REQUESTS, KmsKey
from apps.engine.catalog.lambda_function import LambdaFunction
from apps.engine.catalog.s3_bucket import S3Bucket
from apps.engine.graph import Link
from apps.engine.pricing import price_bill
from apps.facts.reader import packaged_facts
from tests.engine.catalog.billing import billed
from tests.engine.catalog.building import US, read_template, run, usage_of


@pytest.mark.parametrize(
    ("region", "requests_per_s"),
    [("us-east-1", 100_000), ("eu-central-1", 20_000), ("eu-north-1", 10_000)],
)
def test_the_quota_is_that_of_the_region(region: str, requests_per_s: float) -> None:
    # quotas.csv: kms.symmetric 100000, "20000 us-east-2 … eu-central-1; others 10000".
    assert Account().capacity(packaged_facts(region), REQUESTS) == requests_per_s


def test_a_key_costs_a_dollar_and_three_for_a_million_requests() -> None:
    # prices.csv: kms.key_month 1, kms.requests 0.000003.
    lines = KmsKey().usage(Meters(passed={"request": 1e6}))

    bill = price_bill([("Key", line) for line in lines], US)
    assert float(bill.monthly_usd) == pytest.approx(1.0 + 3.0)


def test_a_bucket_without_a_bucket_key_asks_for_every_object() -> None:
    # behaviour.md: 1,000 requests a second are $7,900 a month.
    month = Meters(passed={"get": 1000 * 730 * 3600.0})
    open_bucket, keyed = (
        S3Bucket(encryption="aws:kms"),
        S3Bucket(encryption="aws:kms", has_bucket_key=True),
    )

    asked = usage_of(open_bucket, month)["kms.requests"]
    bill = price_bill([("Bucket", asked)], US)
    assert float(bill.monthly_usd) == pytest.approx(7900, rel=0.01)
    assert usage_of(keyed, month)["kms.requests"].quantity == 0.0
    assert usage_of(S3Bucket(), month)["kms.requests"].quantity == 0.0


def test_such_a_bucket_draws_on_the_quota() -> None:
    bucket = S3Bucket(encryption="aws:kms", prefixes=100)

    seen = run(
        {"Fn": LambdaFunction(), "Bucket": bucket, "account:x": Account()},
        [Link(source="Fn", target="Bucket", role="get", calls=100.0)],
        enter=("Fn", "invoke"),
        rps=100.0,
        seconds=30,
    )

    assert seen.use("account:x", REQUESTS, "quota") == pytest.approx(10_000 / 100_000)


def test_it_reads_a_template() -> None:
    settings = read_template(KmsKey, KEY, {"EnableKeyRotation": True, "KeySpec": "RSA_2048"})

    assert settings == {"is_rotated": True, "spec": "RSA_2048"}
    assert KmsKey(**settings).draws_on == ()


@pytest.mark.parametrize(
    ("spec", "price_id"),
    [
        ("SYMMETRIC_DEFAULT", "kms.requests"),
        ("HMAC_256", "kms.requests"),
        ("RSA_2048", "kms.requests.rsa_2048"),
        ("RSA_3072", "kms.requests.asymmetric"),
        ("ECC_NIST_P256", "kms.requests.asymmetric"),
    ],
)
def test_requests_have_the_price_of_the_key(spec: str, price_id: str) -> None:
    assert set(billed("aws_kms_key", {"customer_master_key_spec": spec})) == {
        "kms.key_month",
        price_id,
    }


def test_a_key_costs_more_after_its_first_two_rotations() -> None:
    def months(rotations: float) -> float:
        lines = usage_of(KmsKey(is_rotated=True), Meters(given={"rotations": rotations}))
        return lines["kms.key_month"].quantity

    assert [months(count) for count in (0, 1, 2, 3)] == [1.0, 2.0, 3.0, 3.0]


def test_keys_that_aws_manages_cost_nothing_and_others_do_wherever_they_come_from() -> None:
    assert "kms.key_month" not in usage_of(KmsKey(is_aws_managed=True), Meters())
    for type_ in ("aws_kms_external_key", "aws_kms_replica_key"):
        assert billed(type_, {})["kms.key_month"] == 1.0
