"""With TEST_DATABASE=proxy the whole run goes through a stand-in for RDS Proxy.

What tests marked `direct` do holds a session, in one transaction with the test: they are left out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.conf import settings

from tests.database.stand_in import StandIn

stand_in: StandIn | None = None


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Go between, once the server is there; each worker of xdist has a stand-in of its own."""
    global stand_in
    is_worker = not getattr(session.config.option, "numprocesses", None)
    if os.environ.get("TEST_DATABASE") != "proxy" or not is_worker or "PGHOST" not in os.environ:
        return
    host, port = os.environ["PGHOST"], os.environ.get("PGPORT", "5432")
    stand_in = StandIn(host, int(port))
    stand_in.start()
    session.config.add_cleanup(stand_in.stop)
    settings.DATABASE_DIRECT_HOST = f"{host}:{port}"
    os.environ |= {"PGHOST": "127.0.0.1", "PGPORT": str(stand_in.port)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("TEST_DATABASE") == "proxy":
        skip = pytest.mark.skip(reason="It holds a session, past the proxy.")
        for item in items:
            if item.get_closest_marker("direct"):
                item.add_marker(skip)


@pytest.fixture(autouse=True)
def _nothing_pins() -> Iterator[None]:
    known = len(stand_in.refused) if stand_in else 0
    yield
    assert stand_in is None or stand_in.refused[known:] == []
