"""The way past the proxy, for what holds a session: migrations, locks, backups."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

# Who works here knows how long it takes; but nobody may wait long for a lock, since whoever
# comes after waits too.
SESSION: Final = (
    "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c lock_timeout=10s"
)
# What every other session begins with. To say it in the session would pin it to the proxy, and
# RDS Proxy takes no options at the start. Less than the 29 s after which nobody waits for a page.
ROLE_DEFAULTS: Final = {
    "timezone": "UTC",
    "statement_timeout": "25s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
}
# Any number will do, as long as nothing else takes it.
MIGRATION_LOCK: Final = int.from_bytes(b"HEADROOM", "big")
PAUSE_S: Final = 0.5


class MigrationRunning(Exception):
    """Somebody else migrates this database now."""


@contextmanager
def direct() -> Iterator[None]:
    """Let the default database be reached by its own address, if it has one.

    Whatever asks for the default database meanwhile goes there, so that a migration does not wait
    for a lock of its own. A transaction that has begun goes on where it is.
    """
    shared = connections[DEFAULT_DB_ALIAS]
    is_possible = shared.vendor == "postgresql" and not shared.in_atomic_block
    if not settings.DATABASE_DIRECT_HOST or not is_possible:
        yield
        return
    shared.close()
    own = shared.copy()
    own.settings_dict.update(_address(settings.DATABASE_DIRECT_HOST))
    own.settings_dict["OPTIONS"] = {**shared.settings_dict["OPTIONS"], "options": SESSION}
    connections[DEFAULT_DB_ALIAS] = own
    try:
        yield
    finally:
        own.close()
        connections[DEFAULT_DB_ALIAS] = shared


@contextmanager
def migration_lock(connection: Any, *, wait_s: float) -> Iterator[None]:
    """Hold the lock of migrations for as long as the session lives. Raises MigrationRunning."""
    if connection.vendor != "postgresql":
        yield
        return
    end = time.monotonic() + wait_s
    # Who waits inside a statement has a snapshot, and an index made concurrently would wait for
    # it, while it waits for the lock.
    while not _ask(connection, "SELECT pg_try_advisory_lock(%s)"):
        if time.monotonic() >= end:
            raise MigrationRunning
        time.sleep(PAUSE_S)
    try:
        yield
    finally:
        # A session that was lost has let go of it.
        if connection.is_usable():
            _ask(connection, "SELECT pg_advisory_unlock(%s)")


def set_role_defaults(connection: Any) -> None:
    """Give the sessions of this user in this database their defaults."""
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        for setting, value in ROLE_DEFAULTS.items():
            cursor.execute(f"ALTER ROLE CURRENT_USER IN DATABASE {name} SET {setting} TO '{value}'")


def _ask(connection: Any, statement: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [MIGRATION_LOCK])
        return bool(cursor.fetchone()[0])


def _address(text: str) -> dict[str, str]:
    host, _, port = text.rpartition(":")
    return {"HOST": host, "PORT": port} if host else {"HOST": text}
