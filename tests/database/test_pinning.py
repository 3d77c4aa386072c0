from __future__ import annotations

import pytest

from tests.database.pinning import why_it_pins

PINNING = [
    "SET TIME ZONE 'UTC'",
    "set local statement_timeout = 10",
    "SELECT 1; SET ROLE other",
    "RESET ALL",
    "SELECT set_config('x', 'y', false)",
    "PREPARE a AS SELECT 1",
    "DEALLOCATE ALL",
    "DISCARD ALL",
    "CREATE TEMPORARY TABLE t (i int)",
    "CREATE TEMP SEQUENCE s",
    "SELECT 1 INTO TEMP t",
    "DECLARE c NO SCROLL CURSOR WITH HOLD FOR SELECT 1",
    "LISTEN news",
    "LOAD 'auto_explain'",
    "SELECT nextval('s')",
    "SELECT pg_advisory_lock(1)",
    "SELECT pg_try_advisory_lock_shared(1)",
    "/* quiet */ SET x = 1",
]
SHARED = [
    "UPDATE t SET name = 'SET ROLE other'",
    "SELECT E'it\\'s; SET x = 1'",
    "SELECT 'a; RESET ALL'",
    'SELECT "nextval(" FROM t',
    "SELECT $a$; SET x = 1$a$",
    "SELECT pg_advisory_xact_lock(1)",
    "BEGIN",
    'SAVEPOINT "s1"',
    "SELECT settings FROM listeners",
]


@pytest.mark.parametrize("text", PINNING)
def test_what_pins_is_known(text: str) -> None:
    assert why_it_pins(text.encode())


@pytest.mark.parametrize("text", SHARED)
def test_what_looks_alike_does_not_pin(text: str) -> None:
    assert why_it_pins(text.encode()) == ""


def test_names_and_long_texts_pin() -> None:
    assert why_it_pins(b"SELECT 1", b"_pg3_0")
    assert why_it_pins(b"SELECT '" + b"x" * 16 * 1024 + b"'")
    assert not why_it_pins(b"SELECT '" + b"x" * 16 * 1000 + b"'")
