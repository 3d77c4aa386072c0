"""A bucket on a server that answers as S3 does, for the settings of a test."""

from __future__ import annotations

import json
import uuid
from typing import Any

import boto3
from pytest_django.fixtures import Settings

from project.buckets import Bucket

REGION = "us-east-1"


def use_bucket(settings: Settings, address: str) -> Any:
    """Let the product keep its files in a new bucket; return boto3's own view of it."""
    name = f"media-{uuid.uuid4()}"
    place = Bucket(name, REGION, address)
    made = boto3.resource("s3", region_name=REGION, endpoint_url=address).Bucket(name)
    made.create()
    settings.MEDIA_BUCKET, settings.MEDIA_ORIGIN = name, place.origin
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "project.bucket_storage.BucketStorage", "OPTIONS": place.options()},
    }
    return made


def refuse(bucket: Any, action: str) -> None:
    """Let S3 refuse an action to everybody."""
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": f"arn:aws:s3:::{bucket.name}/*",
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    bucket.Policy().put(Policy=json.dumps(policy))


def keys(bucket: Any) -> set[str]:
    return {item.key for item in bucket.objects.all()}
