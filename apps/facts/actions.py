"""What can be done with facts: load books, and read what is in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.db import transaction

from apps.engine.facts import Facts, UnknownFact, build_facts
from apps.engine.regions import GLOBAL
from apps.facts.books import ROW_MODELS, Rows, keep, make_current, prices_of
from apps.facts.corrections import Correction, apply
from apps.facts.listing import Coverage, coverage
from apps.facts.models import Override, PriceBook, PriceRow
from apps.facts.price_list.collecting import is_listed
from apps.facts.reader import (
    DATA,
    FactRows,
    is_region,
    packaged_facts,
    prices_in,
    read_directory,
    rows_from,
)


class Loaded(NamedTuple):
    """How many books were new, and how many were there already."""

    new: int
    unchanged: int


@transaction.atomic
def load_books(*, directory: Path = DATA) -> Loaded:
    """Bring fact files into the database: one book per Region, none twice.

    Prices that were refreshed from AWS stay in force, since they are newer than any file.

    Raises
    ------
    BadFact
        A row is wrong; nothing is loaded then.
    """
    contents = dict(_books(read_directory(directory)))
    current = {book.region: book for book in PriceBook.objects.current().select_for_update()}
    new = 0
    for region, rows in contents.items():
        book, is_new = keep(region, PriceBook.Source.PACKAGED, rows)
        new += is_new
        _make_current(book, rows, current.get(region))
    return Loaded(new, len(contents) - new)


def effective_facts(region: str) -> Facts:
    """Return the facts in force in a Region: its books with their corrections.

    Two queries; the rows are read again only after a book or a correction has changed.
    Before `load_facts` has run, the packaged facts hold.

    Raises
    ------
    UnknownFact
        The name is not one of a Region.
    """
    if not is_region(region):
        raise UnknownFact(f"“{region}” is not the name of an AWS Region, such as us-east-1.")
    books = PriceBook.objects.current().seen_from(region).values_list("region", "pk", "sha256")
    overrides = Override.objects.in_force().for_region(region)
    corrections = tuple(override.correction() for override in overrides)
    return _facts(region, tuple(sorted(books)), corrections)


def price_coverage() -> list[Coverage]:
    """Return how much of each service's price list each Region has, in one query."""
    rows = PriceRow.objects.filter(book__is_current=True)
    stored = list(rows.values_list("service", "region", "price_id"))
    packaged = rows_from(DATA).prices
    return coverage(stored or [(price.service, price.region, price.id) for price in packaged])


# Keyed by what the rows say, and not by their place alone: a database may use a place twice.
@lru_cache(maxsize=32)
def _facts(
    region: str, books: tuple[tuple[str, int, str], ...], corrections: tuple[Correction, ...]
) -> Facts:
    facts = _from_books(region, {name: pk for name, pk, _ in books})
    return apply(facts, corrections) if corrections else facts


def _from_books(region: str, books: Mapping[str, int]) -> Facts:
    if not books:
        return packaged_facts(region)
    prices, quotas, classes, cold_starts = (
        [row.fact() for row in model._default_manager.filter(book__in=books.values())]
        for model in ROW_MODELS
    )
    return build_facts(
        region,
        prices=prices_in(prices, region),
        quotas=quotas,
        classes=classes,
        cold_starts=cold_starts,
    )


def _books(rows: FactRows) -> Iterator[tuple[str, Rows]]:
    """Part the files into books; what does not differ by Region is in the global one."""
    for region in sorted({price.region for price in rows.prices} | {GLOBAL}):
        prices = tuple(price for price in rows.prices if price.region == region)
        shared = (rows.quotas, rows.classes, rows.cold_starts)
        yield region, (prices, *(shared if region == GLOBAL else ((), (), ())))


def _make_current(book: PriceBook, rows: Rows, current: PriceBook | None) -> None:
    """Make a packaged book current; one that was refreshed keeps its prices and takes the rest."""
    if current is None or current.source == PriceBook.Source.PACKAGED:
        make_current(book)
        return
    refreshed = {price.id: price for price in prices_of(current) if is_listed(price)}
    if refreshed:
        packaged = {price.id: price for price in rows[0]}
        prices = tuple((packaged | refreshed).values())
        followed, _ = keep(book.region, PriceBook.Source.PRICE_LIST, (prices, *rows[1:]))
        make_current(followed)
