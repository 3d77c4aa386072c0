from __future__ import annotations

import pytest

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
    from storages.backends.s3 import S3Storage

    bucket = Bucket.from_environment("media", environment)
    storage = S3Storage(**bucket.options(), access_key="a", secret_key="b")

    assert bucket.origin == origin
    if origin:
        signed = storage.url("exports/x")
        assert signed.startswith(f"{origin}/")
        assert "X-Amz-Signature=" in signed


def test_no_bucket_has_no_origin() -> None:
    assert Bucket.from_environment("", {"AWS_REGION": "eu-west-1"}).origin == ""
    assert Bucket.from_environment("", {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}).origin == ""
