"""Books in the database: written once, made current, read again."""

from __future__ import annotations

from itertools import chain
from typing import Any, Final

from django.db import transaction

from apps.engine.facts import Price, facts_version
from apps.facts.models import ColdStartRow, InstanceClassRow, PriceBook, PriceRow, QuotaRow

ROW_MODELS: Final[tuple[Any, ...]] = (PriceRow, QuotaRow, InstanceClassRow, ColdStartRow)
# Prices, quotas, instance classes and cold starts, as the engine sees them.
Rows = tuple[tuple[Any, ...], ...]


def rows_of(book: PriceBook) -> Rows:
    """Return what a book holds, in four queries."""
    return tuple(
        tuple(row.fact() for row in model._default_manager.filter(book=book).order_by("pk"))
        for model in ROW_MODELS
    )


def prices_of(book: PriceBook) -> tuple[Price, ...]:
    """Return the prices of a book, in one query."""
    return tuple(row.fact() for row in PriceRow.objects.filter(book=book).order_by("price_id"))


@transaction.atomic
def keep(region: str, source: PriceBook.Source, rows: Rows) -> tuple[PriceBook, bool]:
    """Return the book with these rows, and whether it is new: the same rows are kept once."""
    book, is_new = PriceBook.objects.get_or_create(
        region=region, source=source, sha256=facts_version(map(repr, chain.from_iterable(rows)))
    )
    if is_new:
        for model, facts in zip(ROW_MODELS, rows, strict=True):
            model._default_manager.bulk_create([model.of(book, fact) for fact in facts])
    return book, is_new


@transaction.atomic
def make_current(book: PriceBook) -> None:
    """Put a book in force in its Region; the one before stays to be read."""
    others = PriceBook.objects.current().select_for_update().filter(region=book.region)
    others.exclude(pk=book.pk).update(is_current=False)
    PriceBook.objects.filter(pk=book.pk).update(is_current=True)
