from __future__ import annotations

import pytest

from project.bucket_storage import BucketStorage
from project.buckets import Bucket


@pytest.mark.parametrize(
    ("environment", "origin"),
    [
        ({"AWS_REGION": "eu-west-1"}, "https://media.s3.eu-west-1.amazonaws.com"),
        ({"AWS_DEFAULT_REGION": "us-east-1"}, "https://media.s3.us-east-1.amazonaws.com"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:5000/"}, "http://127.0.0.1:5000"),
        (
            {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:2"},
            "http://127.0.0.1:2",
        ),
        ({}, ""),
    ],
)
def test_origin_is_where_signed_addresses_lead(environment: dict[str, str], origin: str) -> None:
    bucket = Bucket.from_environment("media", environment)
    storage = BucketStorage(**bucket.options(), access_key="a", secret_key="b")

    assert bucket.origin == origin
    if origin:
        signed = storage.url("exports/x")
        assert signed.startswith(f"{origin}/")
        assert "X-Amz-Signature=" in signed


def test_no_bucket_has_no_origin() -> None:
    assert Bucket.from_environment("", {"AWS_REGION": "eu-west-1"}).origin == ""
    assert Bucket.from_environment("", {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}).origin == ""


def test_bucket_that_does_not_answer_is_given_up_before_the_page_is() -> None:
    storage = BucketStorage(
        **Bucket("media", "eu-west-1").options(), access_key="a", secret_key="b"
    )

    config = storage.connection.meta.client.meta.config
    attempts = config.retries["total_max_attempts"]
    assert attempts > 1
    assert attempts * (config.connect_timeout + config.read_timeout) < 29
