"""Prices of AWS's own list in place of those of a book: what changes, and the new book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.db import transaction

from apps.engine.facts import Price
from apps.facts.books import Rows, keep, make_current, prices_of, rows_of
from apps.facts.changes import Change, changes
from apps.facts.models import PriceBook
from apps.facts.price_list.collecting import Collected, is_listed
from apps.facts.price_list.rules import offers_of
from apps.facts.reader import rows_from

NOT_READ: Final = "the offer was not read"
NOT_VERIFIED: Final = "its place in the list is not verified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a refresh would do to the book of one place; `not_refreshed` says why of each id."""

    place: str
    changes: tuple[Change, ...]
    confirmed: int
    gone: tuple[str, ...]
    not_refreshed: Mapping[str, str]
    prices: tuple[Price, ...]

    @property
    def is_empty(self) -> bool:
        """Say whether the list has nothing for this place."""
        return not self.changes and not self.confirmed


def places(directory: Path) -> tuple[str, ...]:
    """Return the places that have a book, the one refreshed longest ago first.

    So a run that was interrupted goes on with what it had not come to.
    """
    books = PriceBook.objects.current().order_by("loaded_at", "region")
    refreshed = {b.region: b for b in books if b.source == PriceBook.Source.PRICE_LIST}
    packaged = {price.region for price in rows_from(directory).prices}
    known = {book.region for book in books} | packaged
    return (*sorted(known - set(refreshed)), *refreshed)


def plan(
    place: str, collected: Collected, directory: Path, services: frozenset[str] = frozenset()
) -> Plan:
    """Compare a place's book with the list; of services that were not asked for nothing is said."""
    current = {price.id: price for price in _prices(place, directory)}
    listed = collected.prices.get(place, {})
    asked = [p for p in current.values() if not services or p.service in services]
    lacking = [price for price in asked if price.id not in listed]
    gone = [p.id for p in lacking if is_listed(p) and offers_of(p.id) & collected.offers]
    found = changes([p for p in current.values() if p.id in listed], listed.values())
    return Plan(
        place=place,
        changes=tuple(found),
        confirmed=len(listed) - len(found),
        gone=tuple(sorted(gone)),
        not_refreshed={
            p.id: _reason(p, place, collected) for p in lacking if p.id not in set(gone)
        },
        prices=tuple((current | listed).values()),
    )


@transaction.atomic
def write(plan: Plan) -> tuple[PriceBook, bool]:
    """Keep a plan's prices as a book and put it in force; say whether it is a new one.

    What the list does not cover is carried over with its own source. The same list makes no
    second book, and a forecast keeps what it was made with.
    """
    current = PriceBook.objects.current().select_for_update().filter(region=plan.place)
    rest = tuple(rows_of(book)[1:] for book in current)
    rows: Rows = (plan.prices, *(rest[0] if rest else ((), (), ())))
    book, is_new = keep(plan.place, PriceBook.Source.PRICE_LIST, rows)
    make_current(book)
    return book, is_new


def _prices(place: str, directory: Path) -> tuple[Price, ...]:
    book = PriceBook.objects.current().filter(region=place).first()
    if book is not None:
        return prices_of(book)
    return tuple(price for price in rows_from(directory).prices if price.region == place)


def _reason(price: Price, place: str, collected: Collected) -> str:
    if reason := collected.left_out.get(place, {}).get(price.id):
        return reason
    if not offers_of(price.id):
        return NOT_VERIFIED
    if not offers_of(price.id) & collected.offers:
        return NOT_READ
    return "the list has no such product"
