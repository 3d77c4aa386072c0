from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from moto.server import ThreadedMotoServer
from pytest_django.fixtures import Settings

from tests.aws.buckets import use_bucket


@pytest.fixture(scope="package")
def moto_address() -> Iterator[str]:
    """A server that answers as AWS does, of which boto3 knows nothing."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that no account has; whatever the machine knows of AWS is left out."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAFIXTURE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-a-fixture")


@pytest.fixture
def moto(keys: None, moto_address: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_address)
    return moto_address


@pytest.fixture
def bucket(settings: Settings, moto: str) -> Any:
    """The bucket in which the product keeps its files during a test."""
    return use_bucket(settings, moto)
