"""Rows of any table as JSON, and back, alike on both databases."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import models
from django.utils.duration import duration_string

# Who restores a backup must not be signed in as somebody.
LEFT_OUT: Final = (Session,)
# Rows of these may be megabytes long.
LONG_FIELDS: Final = (models.BinaryField, models.JSONField)
LONG_PAGE: Final = 20
PAGE: Final = 1000
Row = list[Any]


class Checksum:
    """A count and a sum over rows that does not depend on their order, as databases sort apart."""

    def __init__(self) -> None:
        self.count = 0
        self.sum = 0

    def add(self, row: Row) -> None:
        digest = hashlib.sha256(dump_row(row).encode()).digest()
        self.count += 1
        self.sum = (self.sum + int.from_bytes(digest, "big")) % 2**256

    def as_dict(self) -> dict[str, Any]:
        return {"count": self.count, "sum": f"{self.sum:064x}"}


def tables() -> list[type[models.Model]]:
    """Return the models whose rows are kept, one for each table."""
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and not issubclass(model, LEFT_OUT)
    ]
    return sorted(found, key=lambda model: model._meta.label_lower)


def fields_of(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return list(model._meta.local_concrete_fields)


def rows_of(model: type[models.Model], using: str) -> Iterator[Row]:
    """Yield all rows, page by page: behind a pooler there are no cursors on the server."""
    fields = fields_of(model)
    is_long = any(isinstance(field, LONG_FIELDS) for field in fields)
    page = LONG_PAGE if is_long else PAGE
    names = [field.attname for field in fields]
    query = model._base_manager.using(using).order_by("pk").values_list("pk", *names)
    last: Any = None
    while True:
        found = list((query if last is None else query.filter(pk__gt=last))[:page])
        for _, *values in found:
            yield [encode(value) for value in values]
        if len(found) < page:
            return
        last = found[-1][0]


def checksum(rows: Iterable[Row]) -> Checksum:
    total = Checksum()
    for row in rows:
        total.add(row)
    return total


def dump_row(row: Row) -> str:
    # Keys are sorted, for PostgreSQL keeps those of JSON in an order of its own.
    return json.dumps(row, sort_keys=True, separators=(",", ":"))


def encode(value: Any) -> Any:
    if isinstance(value, bytes | memoryview | bytearray):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return duration_string(value)
    return str(value) if isinstance(value, UUID | Decimal) else value


def decode(field: models.Field[Any, Any], value: Any) -> Any:
    """Return what a field takes for a value of `encode`."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    if not isinstance(field, models.JSONField):
        return None if value is None else field.to_python(value)
    if value is None and not field.null:
        # None would be the NULL of SQL, and what was there is that of JSON.
        return models.Value(None, models.JSONField())
    return value
