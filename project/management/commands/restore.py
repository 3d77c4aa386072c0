"""Restore a backup into an empty, migrated database, and compare counts and checksums."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.core.management import CommandError, CommandParser
from django.core.management.base import BaseCommand

from project.database.direct import direct
from project.ops.backup.reading import restore_backup
from project.ops.backup.scratch import scratch_database
from project.ops.backup.sealing import BadBackup, parse_key


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", help="a file, or a name in the storage of backups")
        parser.add_argument(
            "--check", action="store_true", help="restore into a scratch database, to see it works"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        source: str = options["source"]
        try:
            key = parse_key(settings.BACKUP_KEY)
            with direct(), ExitStack() as stack:
                using = stack.enter_context(scratch_database()) if options["check"] else "default"
                file: Any = stack.enter_context(_open(source))
                sums = restore_backup(file, key=key, using=using)
        except FileNotFoundError as error:
            raise CommandError(f"There is no backup {source}.") from error
        except BadBackup as error:
            raise CommandError(str(error)) from error
        for label, table in sums.items():
            self.stdout.write(f"{table['count']:>9} {table['sum'][:12]} {label}")
        count = sum(table["count"] for table in sums.values())
        where = "would be restored" if options["check"] else "are restored"
        self.stdout.write(f"{count} rows {where}; counts and checksums are those of the backup.")


def _open(source: str) -> Any:
    path = Path(source)
    return path.open("rb") if path.is_file() else storages["backups"].open(source)
