"""Whether the database has the schema that this code needs."""

from __future__ import annotations

from typing import Final

from django.db import DatabaseError, ProgrammingError, connection

from apps.outages import Outage

SCHEMA: Final = "schema that this release needs"
# PostgreSQL's words for a table and for a column that is not there.
MISSING: Final = frozenset({"42P01", "42703"})


def outage_of(error: BaseException | None) -> Outage | None:
    """Return an outage if a table or column is missing that a migration is yet to make.

    So a migration that was interrupted closes the pages that need it, and no others.
    """
    state = getattr(getattr(error, "__cause__", None), "sqlstate", None)
    is_missing = isinstance(error, ProgrammingError) and state in MISSING
    return Outage(SCHEMA) if is_missing and is_behind() else None


def is_behind() -> bool:
    """Say whether migrations are yet to be run; costs files and queries, so ask seldom."""
    from django.db.migrations.executor import MigrationExecutor  # A cold start needs it not.

    try:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return False
