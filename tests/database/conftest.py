from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections

from tests.database.stand_in import StandIn
from tests.plugins.postgres import Cluster


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("TEST_DATABASE") == "sqlite":
        for item in items:
            if "/database/" in str(item.path):
                item.add_marker(pytest.mark.skip(reason="It is about PostgreSQL."))


@pytest.fixture
def server() -> tuple[str, str]:
    """Where the server itself is: its host, and its port."""
    host, _, port = settings.DATABASE_DIRECT_HOST.rpartition(":")
    return (host, port) if host else (os.environ["PGHOST"], os.environ.get("PGPORT", "5432"))


@pytest.fixture
def stand_in(
    transactional_db: None, server: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[StandIn]:
    """Go to the default database through a proxy that refuses what pins."""
    proxy = StandIn(server[0], int(server[1]))
    proxy.start()
    monkeypatch.setattr(settings, "DATABASE_DIRECT_HOST", ":".join(server))
    straight = connections[DEFAULT_DB_ALIAS]
    through = connection.copy()
    through.settings_dict.update(HOST="127.0.0.1", PORT=str(proxy.port))
    connections[DEFAULT_DB_ALIAS] = through
    yield proxy
    through.close()
    connections[DEFAULT_DB_ALIAS] = straight
    proxy.stop()


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    """The folder of a server where `head` needs a password, and `postgres` does not."""
    cluster = Cluster()
    with _variables_kept():
        cluster.start()
    rules = cluster.data / "pg_hba.conf"
    rules.write_text("local all postgres trust\nlocal all all scram-sha-256\n")
    yield str(cluster.home)
    with _variables_kept():
        cluster.stop()


@contextmanager
def _variables_kept() -> Iterator[None]:
    """Start and stop another server, without a word about the one of the run."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("PG")}
    try:
        yield
    finally:
        for name in [name for name in os.environ if name.startswith("PG")]:
            del os.environ[name]
        os.environ.update(kept)
