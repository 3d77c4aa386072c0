"""Faults of what the product stands on. They take minutes, and run in `make faulttest`."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.faults.driver import Driver
from tests.faults.product import Person, Product, environment, run, serving
from tests.faults.servers import Endpoint, Postgres

PREPARED = "prepared"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("FAULT_TESTS"):
        return
    skip = pytest.mark.skip(reason="Only in `make faulttest`: it takes minutes.")
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    server = Postgres()
    server.create()
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def people(server: Postgres) -> list[Person]:
    """Make the database that each test gets a copy of, and return who is in it."""
    server.query("postgres", f"CREATE DATABASE {PREPARED}")
    folder = Path(mkdtemp(prefix="headroom-faults-"))
    said = run("tests.faults.prepare", variables=environment(folder, PREPARED, server.home))
    shutil.rmtree(folder)
    return [Person(**one) for one in json.loads(said.splitlines()[-1])]


@dataclass(frozen=True)
class Place:
    """What one test has: a database, the name of its server, and room for files."""

    database: str
    endpoint: Endpoint
    folder: Path

    def variables(self, **more: str) -> dict[str, str]:
        return environment(self.folder, self.database, self.endpoint.path, **more)


@pytest.fixture
def place(
    server: Postgres, people: list[Person], request: pytest.FixtureRequest
) -> Iterator[Place]:
    # Not tmp_path, which may be too long for a socket.
    folder = Path(mkdtemp(prefix="headroom-f-"))
    database = f"fault_{abs(hash(request.node.nodeid)) % 10**9}"
    server.query("postgres", f"CREATE DATABASE {database} TEMPLATE {PREPARED}")
    yield Place(database, Endpoint(folder, server), folder)
    server.query("postgres", f"DROP DATABASE {database} WITH (FORCE)")
    shutil.rmtree(folder)


@pytest.fixture
def product(place: Place) -> Iterator[Product]:
    with serving(place.variables(), place.folder) as product:
        yield product


@pytest.fixture
def driver(product: Product, people: list[Person]) -> Driver:
    return Driver(product, people)
