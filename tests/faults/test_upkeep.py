"""A migration is interrupted; a backup is taken while people write."""

from __future__ import annotations

import subprocess
import time
from base64 import urlsafe_b64encode
from collections import Counter

import pytest

from tests.faults.conftest import PREPARED, Place
from tests.faults.driver import HALF_SAVED, Driver
from tests.faults.product import Person, Product, run, start
from tests.faults.servers import Postgres

KEY = urlsafe_b64encode(bytes(range(32))).decode()
COLUMNS = """
    SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
    WHERE table_schema = 'public' ORDER BY 1, 2
"""
CONSTRAINTS = """
    SELECT conrelid::regclass::text, contype, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2, 3
"""
APPLIED = "SELECT app, name FROM django_migrations ORDER BY 1, 2"


@pytest.fixture
def empty(server: Postgres, place: Place) -> Place:
    server.query("postgres", f"DROP DATABASE {place.database}")
    server.query("postgres", f"CREATE DATABASE {place.database}")
    return place


@pytest.mark.parametrize("how", ["process", "connection"])
def test_migration_is_interrupted(
    server: Postgres, empty: Place, people: list[Person], how: str
) -> None:
    """Whatever ends it, the next run brings the schema to where it should be."""
    name, variables = empty.database, empty.variables()
    migrating = start("django", "migrate", variables=variables, stderr=subprocess.DEVNULL)
    wait_for_migrations(server, name, 12)
    if how == "process":
        migrating.kill()
    else:
        server.query("postgres", f"{END} WHERE datname = '{name}'")
    assert migrating.wait(60) != 0
    assert 12 <= len(server.query(name, APPLIED)) < len(server.query(PREPARED, APPLIED))

    run("django", "migrate", variables=variables)

    run("django", "createcachetable", variables=variables)
    for statement in (APPLIED, COLUMNS, CONSTRAINTS):
        assert server.query(name, statement) == server.query(PREPARED, statement)


def test_pages_while_a_migration_waits(
    server: Postgres, place: Place, product: Product, people: list[Person]
) -> None:
    """A release that is ahead of the schema closes the pages that need it, and no others."""
    server.query(place.database, "ALTER TABLE forecasts_scenario RENAME COLUMN body TO body_old")
    server.query(place.database, "DELETE FROM django_migrations WHERE name = '0003_sampling'")
    design = product.begin_design(people[0], "Shop").headers["Location"]
    traffic = design.replace("components/", "traffic/")

    refused = product.ask(people[0], traffic)
    assert refused.is_refusal, (refused.status, refused.body[:300])
    assert product.begin_design(people[0], "Other").status == 302

    server.query(place.database, "ALTER TABLE forecasts_scenario RENAME COLUMN body_old TO body")
    assert product.ask(people[0], traffic).status == 200


def test_backup_under_load_is_of_one_moment(server: Postgres, place: Place, driver: Driver) -> None:
    file = place.folder / "all.backup"
    with driver.writing():
        driver.wait_for(30)
        before = set(driver.acknowledged())
        run("django", "backup", "--to", str(file), variables=place.variables(BACKUP_KEY=KEY))
        after = set(driver.answers)
        driver.wait_for(10)
    driver.check(server, place.database)

    restored = restore(server, place, str(file))

    found = Counter(name for (name,) in server.query(restored, "SELECT name FROM designs_design"))
    assert before <= set(found) <= set(driver.acknowledged()) & (after | in_flight(driver, after))
    assert set(found.values()) == {1}
    assert server.query(restored, HALF_SAVED) == []
    # Of each writer there is all up to one moment: nothing is missing in between.
    for writer in {id_.split("-")[0] for id_ in found}:
        numbers = sorted(int(id_.split("-")[1]) for id_ in found if id_.startswith(f"{writer}-"))
        assert numbers == list(range(len(numbers)))
    server.query("postgres", f"DROP DATABASE {restored}")


def restore(server: Postgres, place: Place, file: str) -> str:
    """Restore into a new database; the command itself compares counts and checksums."""
    name = f"{place.database}_restored"
    server.query("postgres", f"CREATE DATABASE {name}")
    variables = {**place.variables(BACKUP_KEY=KEY), "DATABASE_URL": f"postgresql:///{name}"}
    run("django", "migrate", variables=variables)
    said = run("django", "restore", file, variables=variables)
    assert "counts and checksums are those of the backup" in said
    return name


def in_flight(driver: Driver, known: set[str]) -> set[str]:
    """Return the next id of each writer: kept, but not answered when it was asked."""
    counts = Counter(id_.split("-")[0] for id_ in known)
    return {f"{writer}-{count}" for writer, count in counts.items()}


def wait_for_migrations(server: Postgres, database: str, count: int) -> None:
    until_s = time.monotonic() + 40
    exists = "SELECT to_regclass('django_migrations') IS NOT NULL"
    while True:
        is_begun = server.query(database, exists) == [(True,)]
        if is_begun and len(server.query(database, APPLIED)) >= count:
            return
        assert time.monotonic() < until_s
        time.sleep(0.02)


END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
