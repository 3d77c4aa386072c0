"""A moto server, and the variables with which the function finds what it keeps."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BUCKETS = ("headroom-dev-media", "headroom-dev-deploy")
PATIENCE_S = 30


@contextmanager
def start_moto(log: Path) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with log.open("ab") as out:
        command = [
            str(Path(sys.executable).with_name("moto_server")),
            "-H",
            "127.0.0.1",
            "-p",
            str(port),
        ]
        server = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        _wait_for(f"{address}/moto-api/")
        for bucket in BUCKETS:
            _put(f"{address}/{bucket}")
        yield address
    finally:
        server.kill()
        server.wait()


def environment(moto: str) -> dict[str, str]:
    """Return the variables of the function; libpq finds the test's own server by its folder."""
    return {
        "DJANGO_SETTINGS_MODULE": "project.settings",
        "ALLOWED_HOSTS": ".amazonaws.com,.on.aws,shop.example.com",
        "DEFAULT_FROM_EMAIL": "headroom@example.com",
        "EMAIL_HOST": "127.0.0.1",
        "MEDIA_BUCKET": BUCKETS[0],
        "STATIC_ORIGIN": "https://static.example.com",
        "AWS_ENDPOINT_URL": moto,
        **{name: value for name, value in os.environ.items() if name.startswith("PG")},
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            urllib.request.urlopen(address).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _put(address: str) -> None:
    scope = "testing/20200101/us-east-1/s3/aws4_request"
    signature = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=x"
    request = urllib.request.Request(address, b"", {"Authorization": signature}, method="PUT")
    urllib.request.urlopen(request).close()
