"""The database is killed, closes connections, has none left, or another takes over."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import psycopg
import pytest

from tests.faults.conftest import Place
from tests.faults.driver import Driver
from tests.faults.product import NOBODY, Person, Product
from tests.faults.servers import Postgres

# Versions may be read, and none written.
LOCK = "LOCK TABLE designs_version IN SHARE MODE"


def test_killed_and_restarted_under_load(server: Postgres, place: Place, driver: Driver) -> None:
    with driver.writing():
        driver.wait_for(20)
        server.kill()
        driver.wait_for_refusals(8)
        server.start()
        driver.wait_for(20)

    driver.check(server, place.database)


def test_killed_while_a_write_is_half_way(
    server: Postgres, place: Place, product: Product, people: list[Person]
) -> None:
    """The design is in, its version is not: after the restart neither is."""
    with ThreadPoolExecutor(1) as pool, held(server, place):
        writing = pool.submit(product.begin_design, people[0], "half")
        wait_for_waiting(server, place.database, 1)
        server.kill()
        answer = writing.result()
    server.start()

    assert answer.is_refusal, (answer.status, answer.body[:300])
    assert server.query(place.database, "SELECT name FROM designs_design") == []
    assert product.begin_design(people[0], "whole").status == 302
    assert server.query(place.database, "SELECT name FROM designs_design") == [("whole",)]


def test_reading_goes_on_when_its_connection_is_closed(
    server: Postgres, place: Place, product: Product, people: list[Person]
) -> None:
    """A read that lost its connection in the middle is asked again, and nobody notices."""
    with ThreadPoolExecutor(1) as pool:
        with held(server, place, "LOCK TABLE designs_design IN ACCESS EXCLUSIVE MODE"):
            reading = pool.submit(product.ask, people[0], "/")
            wait_for_waiting(server, place.database, 1)
            server.query(place.database, END_WAITING)
            wait_for_waiting(server, place.database, 1)
        answer = reading.result()

    assert answer.status == 200, answer.body[:300]
    assert "asking again" in product.log.read_text()


def test_writing_is_never_done_twice(
    server: Postgres, place: Place, product: Product, people: list[Person]
) -> None:
    with ThreadPoolExecutor(1) as pool, held(server, place):
        writing = pool.submit(product.begin_design, people[0], "once")
        wait_for_waiting(server, place.database, 1)
        server.query(place.database, END_WAITING)
        answer = writing.result()

    assert answer.is_refusal
    assert server.query(place.database, "SELECT name FROM designs_design") == []


def test_no_connection_is_left(server: Postgres, place: Place, driver: Driver) -> None:
    with driver.writing():
        driver.wait_for(10)
        with all_connections(server):
            driver.wait_for_refusals(16)
        driver.wait_for(20)

    driver.check(server, place.database)


def test_programs_are_told_in_json(
    server: Postgres, product: Product, people: list[Person]
) -> None:
    with all_connections(server):
        answer = product.ask(people[0], "/", accept="application/json")

    assert answer.status == 503
    assert int(answer.retry_after) > 0
    assert answer.headers["Content-Type"] == "application/json"


def test_health_tells_what_is_away(server: Postgres, product: Product) -> None:
    assert product.ask(NOBODY, "/readyz").status == 200
    with all_connections(server):
        assert product.ask(NOBODY, "/healthz").status == 200
        answer = product.ask(NOBODY, "/readyz")
    assert (answer.status, b'"database": "failed"' in answer.body) == (503, True)
    assert int(answer.retry_after) > 0


@pytest.fixture
def replica(server: Postgres) -> Iterator[Postgres]:
    """A second server that has all that the first one acknowledges, as Multi-AZ has."""
    replica = Postgres(like=server)
    replica.copy_of(server)
    replica.start()
    server.query("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'")
    server.query("postgres", "SELECT pg_reload_conf()")
    yield replica
    replica.remove()


def test_second_server_takes_over(
    server: Postgres, place: Place, driver: Driver, replica: Postgres
) -> None:
    with driver.writing():
        driver.wait_for(20)
        server.kill()
        driver.wait_for_refusals(8)
        replica.promote()
        place.endpoint.lead_to(replica)
        driver.wait_for(20)

    try:
        driver.check(replica, place.database)
    finally:
        # The others' server again, and without anybody to wait for.
        auto = server.data / "postgresql.auto.conf"
        auto.write_text("")
        server.start()


def test_server_that_may_only_read_refuses_writes(
    server: Postgres, place: Place, driver: Driver
) -> None:
    """So does a primary that lost its place, for as long as its name still leads to it."""
    name = place.database
    with driver.writing():
        driver.wait_for(10)
        server.query("postgres", f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        driver.wait_for_refusals(8)
        server.query("postgres", f"ALTER DATABASE {name} RESET default_transaction_read_only")
        driver.wait_for(10)

    driver.check(server, name)


WAITING = "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
END_WAITING = f"SELECT pg_terminate_backend(pid) {WAITING}"


@contextmanager
def held(server: Postgres, place: Place, lock: str = LOCK) -> Iterator[None]:
    """Keep a table for oneself, so that a request has to wait in the middle."""
    connection = server.connect(place.database)
    connection.autocommit = False
    connection.execute(lock.encode())
    try:
        yield
    finally:
        with suppress(psycopg.Error):
            connection.rollback()
        connection.close()


def wait_for_waiting(server: Postgres, database: str, count: int) -> None:
    until_s = time.monotonic() + 20
    while server.query(database, f"SELECT COUNT(*) {WAITING}") != [(count,)]:
        assert time.monotonic() < until_s
        time.sleep(0.02)


@contextmanager
def all_connections(server: Postgres) -> Iterator[None]:
    """Take every connection that the server gives, and those that come free as well."""
    taken: list[psycopg.Connection[tuple[object, ...]]] = []
    is_over = threading.Event()

    def take() -> None:
        while not is_over.is_set():
            try:
                taken.append(server.connect())
            except psycopg.Error:
                time.sleep(0.005)

    thread = threading.Thread(target=take)
    thread.start()
    while len(taken) < server.connections - 10:
        time.sleep(0.01)
    time.sleep(0.3)
    try:
        yield
    finally:
        is_over.set()
        thread.join()
        for connection in taken:
            connection.close()
