"""Django's migrate: past the proxy, one at a time, and nothing that locks a big table."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from project.database.direct import MigrationRunning, direct, migration_lock, set_role_defaults
from project.database.locks import big_tables, locks_of


class Command(migrate.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--allow-locks", action="store_true", help="lock big tables: nobody works meanwhile"
        )
        parser.add_argument(
            "--wait", type=float, default=60, help="seconds to wait for another migration [60]"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"] != DEFAULT_DB_ALIAS:
            super().handle(*args, **options)
            return
        with direct():
            connection = connections[DEFAULT_DB_ALIAS]
            is_real = not (options["plan"] or options["check_unapplied"])
            if connection.vendor == "postgresql" and is_real:
                self._migrate(connection, *args, **options)
            else:
                super().handle(*args, **options)

    def _migrate(self, connection: Any, *args: Any, **options: Any) -> None:
        try:
            with migration_lock(connection, wait_s=options["wait"]):
                if settings.DATABASE_DIRECT_HOST:
                    set_role_defaults(connection)
                if not options["allow_locks"]:
                    _refuse_locks(connection)
                super().handle(*args, **options)
        except MigrationRunning:
            raise CommandError("Another migration is running; nothing was changed.") from None


def _refuse_locks(connection: Any) -> None:
    big = big_tables(connection)
    if not big:
        return
    executor = MigrationExecutor(connection)
    loader = executor.loader
    plan = executor.migration_plan(loader.graph.leaf_nodes())
    applied = [key for key in loader.applied_migrations if key in loader.graph.nodes]
    state = loader.project_state(applied)
    locks = list(locks_of((migration for migration, _ in plan), state, big))
    if locks:
        raise CommandError(
            "\n".join(map(str, locks))
            + "\nNothing was changed. A migration that may do it says why in `locks_allowed`; "
            "`migrate --allow-locks` does it once, with nobody at work."
        )
