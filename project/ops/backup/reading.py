"""Put a backup into an empty database, all of it or nothing, and prove that it is the same."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import IO, Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connections, models, transaction
from django.db.models.sql import InsertQuery

from project.ops.backup.rows import Row, checksum, decode, fields_of, rows_of, tables
from project.ops.backup.sealing import DAMAGED, BadBackup, SealedReader
from project.ops.backup.writing import SCHEMA, Sums, migrations_of

# Made by `migrate` in every database; the backup brings those that its rows point at.
MADE_BY_MIGRATE = (Permission, ContentType)
BATCH_ROWS = 200
BATCH_LONG_ROWS = 5


def restore_backup(file: IO[bytes], *, key: bytes, using: str = "default") -> Sums:
    """Restore into an empty database that is migrated like the backup.

    Returns
    -------
    dict
        The count and the sum of each table: what was written and what is there, which are the same.

    Raises
    ------
    BadBackup
        If the file is not whole, the database is not empty, its migrations are others, or what is
        there afterwards is not what was written. Then nothing is changed.
    """
    lines = _lines(SealedReader(file, key))
    with transaction.atomic(using=using):
        _check_head(next(lines, {}), using)
        _make_empty(using)
        written = _load(lines, using)
        _end_checks(using)
        found = {
            model._meta.label_lower: checksum(rows_of(model, using)).as_dict() for model in tables()
        }
        _compare(written, found)
    return found


def _lines(sealed: SealedReader) -> Iterator[Any]:
    try:
        with gzip.GzipFile(fileobj=sealed, mode="rb") as text:
            for line in text:
                yield json.loads(line)
    except (EOFError, gzip.BadGzipFile, ValueError) as error:
        raise BadBackup(DAMAGED) from error


def _check_head(head: dict[str, Any], using: str) -> None:
    if head.get("schema") != SCHEMA:
        raise BadBackup(f"Its schema is {head.get('schema')}, and {SCHEMA} is read here.")
    differing = sorted(set(head["migrations"]) ^ set(migrations_of(using)))
    if differing:
        raise BadBackup(
            "The database has other migrations than the backup. Restore with the release that "
            f"made it, then migrate. They differ in {', '.join(differing[:3])}."
        )


def _make_empty(using: str) -> None:
    full = [
        model._meta.label
        for model in tables()
        if model not in MADE_BY_MIGRATE and model._base_manager.using(using).exists()
    ]
    if full:
        raise BadBackup(f"The database is not empty: there are rows of {', '.join(full[:3])}.")
    for model in MADE_BY_MIGRATE:
        model._base_manager.using(using).all().delete()


def _load(lines: Iterator[Any], using: str) -> Sums:
    models_by_label = {model._meta.label_lower: model for model in tables()}
    table: _Table | None = None
    for line in lines:
        if isinstance(line, list) and table:
            table.add(line)
            continue
        if table:
            table.flush()
        if "end" in line:
            end: Sums = line["end"]
            return end
        table = _Table(models_by_label[line["table"]], line["fields"], using)
    raise BadBackup(DAMAGED)


class _Table:
    """Rows of one table on their way into the database, as they were: nothing is set anew."""

    def __init__(self, model: type[models.Model], names: list[str], using: str) -> None:
        by_name = {field.attname: field for field in fields_of(model)}
        self.model, self.using = model, using
        self.fields = [by_name[name] for name in names]
        is_long = any(isinstance(field, models.BinaryField) for field in self.fields)
        self.batch_rows = BATCH_LONG_ROWS if is_long else BATCH_ROWS
        self.waiting: list[models.Model] = []

    def add(self, row: Row) -> None:
        pairs = zip(self.fields, row, strict=True)
        values = {field.attname: decode(field, value) for field, value in pairs}
        self.waiting.append(self.model(**values))
        if len(self.waiting) >= self.batch_rows:
            self.flush()

    def flush(self) -> None:
        # A statement of SQLite takes so many values at most.
        connection = connections[self.using]
        size = connection.ops.bulk_batch_size(self.fields, self.waiting)
        while self.waiting:
            query = InsertQuery(self.model)
            query.insert_values(self.fields, self.waiting[:size], raw=True)
            query.get_compiler(using=self.using).execute_sql()
            del self.waiting[:size]


def _end_checks(using: str) -> None:
    connection = connections[using]
    connection.check_constraints()
    # The next row must not get a number that was restored.
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables()):
            cursor.execute(statement)


def _compare(written: Sums, found: Sums) -> None:
    wrong = sorted(label for label in written | found if written.get(label) != found.get(label))
    if wrong:
        raise BadBackup(f"What was restored is not what was backed up: {', '.join(wrong)}.")
