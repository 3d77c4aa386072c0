"""Write all rows into an encrypted file, and prove it by restoring it into an empty database."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages
from django.core.management import CommandError, CommandParser
from django.core.management.base import BaseCommand
from django.utils import timezone

from project.database.direct import direct
from project.ops.backup.reading import restore_backup
from project.ops.backup.scratch import scratch_database
from project.ops.backup.sealing import BadBackup, new_key, parse_key
from project.ops.backup.writing import write_backup


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, help="a file; else the storage of backups")
        parser.add_argument("--new-key", action="store_true", help="print a new key, and no more")
        parser.add_argument(
            "--unproven", action="store_true", help="do not restore it into an empty database"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new_key"]:
            self.stdout.write(new_key())
            return
        try:
            key = parse_key(settings.BACKUP_KEY)
            with direct(), tempfile.TemporaryFile() as file:
                sums = write_backup(file, key=key, now=timezone.now())
                if not options["unproven"]:
                    _prove(file, key)
                name = _keep(file, options["to"])
        except BadBackup as error:
            raise CommandError(str(error)) from error
        count = sum(table["count"] for table in sums.values())
        proof = "not proven" if options["unproven"] else "proven by restoring it"
        self.stdout.write(f"{name}: {count} rows of {len(sums)} tables, {proof}.")


def _prove(file: IO[bytes], key: bytes) -> None:
    file.seek(0)
    with scratch_database() as using:
        restore_backup(file, key=key, using=using)


def _keep(file: IO[bytes], to: Path | None) -> str:
    file.seek(0)
    if to:
        with to.open("xb") as target:
            target.writelines(iter(lambda: file.read(1024 * 1024), b""))
        return str(to)
    name = f"headroom-{settings.STAGE}-{timezone.now():%Y-%m-%dT%H-%M-%SZ}.backup"
    return storages["backups"].save(name, File(file))
