"""The storage of files in a bucket, which gives up before the door of a page does.

Django loads it where a file is first asked for: it brings boto3.
"""

from __future__ import annotations

from typing import Any, Final

from storages.backends.s3 import S3Storage

# The API answers within 29 s or not at all; botocore would wait a minute, five times.
CONNECT_S: Final = 2
READ_S: Final = 5
ATTEMPTS: Final = 3


class BucketStorage(S3Storage):  # type: ignore[misc]  # It has no types.
    client_config: Any

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        bounds = type(self.client_config)(
            connect_timeout=CONNECT_S,
            read_timeout=READ_S,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        )
        self.client_config = self.client_config.merge(bounds)
