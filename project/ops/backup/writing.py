"""Write all rows of a database into an encrypted file, as they stood at one moment."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any, Final

from django.conf import settings
from django.db import connections, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from project.ops.backup.rows import Checksum, dump_row, fields_of, rows_of, tables
from project.ops.backup.sealing import SealedWriter

SCHEMA: Final = "headroom/backup/1"
Sums = dict[str, dict[str, Any]]


def write_backup(file: IO[bytes], *, key: bytes, now: datetime, using: str = "default") -> Sums:
    """Write a backup, and return the count and the sum of each table."""
    with SealedWriter(file, key) as sealed, gzip.GzipFile(fileobj=sealed, mode="wb") as out:
        with _one_moment(using):
            _line(out, _head(now, using))
            sums = {model._meta.label_lower: _table(out, model, using) for model in tables()}
        _line(out, {"end": sums})
    return sums


def migrations_of(using: str) -> list[str]:
    applied = MigrationRecorder(connections[using]).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


@contextmanager
def _one_moment(using: str) -> Iterator[None]:
    """See nothing that is written meanwhile."""
    connection = connections[using]
    is_outermost = not connection.in_atomic_block
    with transaction.atomic(using=using):
        if connection.vendor == "postgresql" and is_outermost:
            # SQLite's transactions are so by themselves. It lasts for this transaction only.
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _head(now: datetime, using: str) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "made_at": now.isoformat(),
        "stage": settings.STAGE,
        "migrations": migrations_of(using),
    }


def _table(out: gzip.GzipFile, model: type[models.Model], using: str) -> dict[str, Any]:
    names = [field.attname for field in fields_of(model)]
    _line(out, {"table": model._meta.label_lower, "fields": names})
    total = Checksum()
    for row in rows_of(model, using):
        total.add(row)
        out.write(dump_row(row).encode() + b"\n")
    return total.as_dict()


def _line(out: gzip.GzipFile, value: dict[str, Any]) -> None:
    out.write(json.dumps(value).encode() + b"\n")
