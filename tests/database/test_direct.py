from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import NotSupportedError, connection, connections

from project.database.direct import MIGRATION_LOCK, ROLE_DEFAULTS, direct
from tests.database.stand_in import StandIn


def asked(statement: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]


@contextmanager
def another_session(server: tuple[str, str]) -> Iterator[psycopg.Connection[Any]]:
    name = connections["default"].settings_dict["NAME"]
    with psycopg.connect(host=server[0], port=server[1], dbname=name, autocommit=True) as session:
        yield session


@pytest.fixture(autouse=True)
def _no_defaults_left(stand_in: StandIn) -> Iterator[None]:
    yield
    with direct(), connection.cursor() as cursor:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"ALTER ROLE CURRENT_USER IN DATABASE {name} RESET ALL")


def test_way_past_the_proxy_lasts_for_a_block(stand_in: StandIn) -> None:
    with direct():
        asked("SELECT pg_advisory_lock(1) IS NULL")
        assert asked("SHOW statement_timeout") == "0"
        assert asked("SHOW lock_timeout") == "10s"
        assert stand_in.sessions == 0

    assert asked("SELECT 1") == 1
    assert (stand_in.sessions, stand_in.refused) == (1, [])


def test_migrations_go_past_the_proxy(stand_in: StandIn) -> None:
    call_command("migrate", verbosity=0)

    assert (stand_in.sessions, stand_in.refused) == (0, [])


def test_migration_gives_later_sessions_their_defaults(stand_in: StandIn) -> None:
    call_command("migrate", verbosity=0)
    connection.close()

    assert {name: asked(f"SHOW {name}") for name in ROLE_DEFAULTS} == ROLE_DEFAULTS | {
        "idle_in_transaction_session_timeout": "1min"
    }
    assert stand_in.refused == []


def test_zone_of_the_role_spares_setting_it(stand_in: StandIn) -> None:
    with direct(), connection.cursor() as cursor:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"ALTER ROLE CURRENT_USER IN DATABASE {name} SET timezone TO 'Asia/Tokyo'")
    connection.close()
    with pytest.raises(NotSupportedError, match="would pin: set_config"):
        asked("SELECT 1")
    stand_in.refused.clear()

    call_command("migrate", verbosity=0)

    assert asked("SHOW timezone") == "UTC"
    assert stand_in.refused == []


def test_two_migrations_do_not_run_at_once(stand_in: StandIn, server: tuple[str, str]) -> None:
    with another_session(server) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        with pytest.raises(CommandError, match="Another migration is running"):
            call_command("migrate", verbosity=0, wait=0)

    call_command("migrate", verbosity=0, wait=5)


def test_lock_is_let_go_of_when_a_migration_fails(
    stand_in: StandIn, server: tuple[str, str]
) -> None:
    with pytest.raises(CommandError):
        call_command("migrate", "no_such_app", verbosity=0)

    with another_session(server) as other:
        row = other.execute("SELECT pg_try_advisory_lock(%s)", [MIGRATION_LOCK]).fetchone()
    assert row == (True,)


def test_plan_needs_no_lock(stand_in: StandIn, server: tuple[str, str]) -> None:
    with another_session(server) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        out = io.StringIO()
        call_command("migrate", plan=True, stdout=out)

    assert "No planned migration operations" in out.getvalue()
