"""Where S3 is asked for a bucket, and which origin of it a browser must be let to.

References
----------
https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket by its name, in a Region or at an endpoint of its own (a stand-in for AWS)."""

    name: str
    region: str = ""
    endpoint: str = ""

    @classmethod
    def from_environment(cls, name: str, environment: Mapping[str, str]) -> Bucket:
        """Return a bucket where boto3 would look for it."""
        region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or ""
        endpoint = environment.get("AWS_ENDPOINT_URL_S3") or environment.get("AWS_ENDPOINT_URL")
        return cls(name, region, (endpoint or "").rstrip("/"))

    @property
    def origin(self) -> str:
        """Return what addresses of the bucket begin with; empty while its Region is not said."""
        if not self.name:
            return ""
        if self.endpoint:
            return self.endpoint
        return f"https://{self.name}.s3.{self.region}.amazonaws.com" if self.region else ""

    def options(self) -> dict[str, Any]:
        """Return the options of `storages.backends.s3.S3Storage`."""
        # boto3 would sign addresses by the older scheme, which newer buckets refuse.
        options = {"bucket_name": self.name, "signature_version": "s3v4"}
        if self.endpoint:
            return {**options, "endpoint_url": self.endpoint, "addressing_style": "path"}
        if not self.region:
            return options
        # The address of all Regions would redirect, and a signature does not survive that.
        return {
            **options,
            "region_name": self.region,
            "endpoint_url": f"https://s3.{self.region}.amazonaws.com",
            "addressing_style": "virtual",
        }
