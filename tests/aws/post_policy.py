"""What S3 says to a form that is posted to a bucket, which moto takes whatever it says.

References
----------
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

UNCHECKED = {"policy", "x-amz-signature", "file"}


def refusal(fields: Mapping[str, str], bucket: str, size: int, now: datetime) -> str:
    """Return the code of S3's error, or nothing if it takes the file."""
    policy = json.loads(base64.b64decode(fields["policy"]))
    if now > datetime.strptime(policy["expiration"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC):
        return "AccessDenied: Policy expired"
    given = {name.lower(): value for name, value in fields.items()} | {"bucket": bucket}
    checked = set()
    for condition in policy["conditions"]:
        if isinstance(condition, dict):
            ((name, value),) = condition.items()
            checked.add(name.lower())
            if given.get(name.lower()) != value:
                return f"AccessDenied: Policy Condition failed: {name}"
        elif not _is_in(condition, size):
            return "EntityTooLarge" if size > condition[2] else "EntityTooSmall"
    extra = set(given) - checked - UNCHECKED
    return f"AccessDenied: Extra input fields: {extra}" if extra else ""


def _is_in(condition: list[Any], size: int) -> bool:
    name, least, most = condition
    assert name == "content-length-range"
    return bool(least <= size <= most)


def is_signed(fields: Mapping[str, str], secret: str) -> bool:
    """Say whether the policy is signed by this secret, by signature version 4."""
    scope = fields["x-amz-credential"].split("/")[1:]
    key = f"AWS4{secret}".encode()
    for part in (*scope, fields["policy"]):
        key = hmac.digest(key, part.encode(), hashlib.sha256)
    return key.hex() == fields["x-amz-signature"]
