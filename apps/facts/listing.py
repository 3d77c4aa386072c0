"""Facts as the page lists them: found by words, with their age and how sure they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from apps.engine.facts import Facts
from apps.engine.regions import GLOBAL, edge_of
from apps.facts.ages import age, is_old
from apps.facts.reader import is_region

# Word of the row → (level of the badge, what it says).
CONFIDENCE_BADGES: Final[Mapping[str, tuple[str, str]]] = {
    "seen": ("neutral", "Seen in a source"),
    "estimate": ("info", "Partly estimated"),
    "memory": ("watch", "Recalled, not checked"),
    "corrected": ("good", "Corrected by hand"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the page: a Price, Quota or InstanceClass and what is said about it."""

    fact: Any
    source: str
    link: str
    link_url: str
    date: str
    age: str
    is_old: bool
    level: str
    confidence: str


class Coverage(NamedTuple):
    """How much of a service's price list each Region has."""

    service: str
    cells: tuple[Cell, ...]


class Cell(NamedTuple):
    region: str
    known: int
    of: int

    @property
    def is_complete(self) -> bool:
        return self.known == self.of


def facts_shown(facts: Facts, show: str) -> tuple[Any, ...]:
    """Return the facts of one tab, in the order of service and id."""
    rows: Mapping[str, Iterable[Any]] = {
        "prices": facts.prices.values(),
        "quotas": facts.quotas.values(),
        "classes": facts.classes.values(),
    }
    return tuple(sorted(rows[show], key=lambda fact: (fact.service.lower(), fact.id)))


def find(
    facts: Iterable[Any], *, words: str = "", service: str = "", confidence: str = ""
) -> list[Any]:
    """Pick the facts that hold every word somewhere, in a service, as sure as asked."""
    wanted = words.lower().split()
    return [
        fact
        for fact in facts
        if (not service or fact.service == service)
        and (not confidence or fact.confidence == confidence)
        and all(word in _haystack(fact) for word in wanted)
    ]


def entry(fact: Any, today: date) -> Entry:
    source = getattr(fact, "source", "") or getattr(fact, "source_url", "")
    is_address = source.startswith("https://")
    url = source if is_address else getattr(fact, "source_url", "")
    level, confidence = CONFIDENCE_BADGES[fact.confidence]
    return Entry(
        fact=fact,
        source="" if is_address else _told(source),
        link=source.split("/")[2] if is_address else "Check at AWS",
        link_url=url,
        date=fact.source_date.partition(" (")[0] or "No date",
        age=age(fact.source_date, today),
        is_old=is_old(fact.source_date, today),
        level=level,
        confidence=confidence,
    )


def coverage(rows: Iterable[tuple[str, str, str]]) -> list[Coverage]:
    """Compare what each Region has of each service, from (service, book, price id)."""
    ids: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for service, book, price_id in rows:
        ids[service][book].add(price_id)
    regions = sorted({book for books in ids.values() for book in books if is_region(book)})
    return [
        Coverage(service, tuple(_cell(region, books) for region in regions))
        for service, books in sorted(ids.items(), key=lambda item: item[0].lower())
    ]


def _cell(region: str, books: Mapping[str, set[str]]) -> Cell:
    everywhere = set().union(*books.values())
    here = set().union(*(books.get(name, set()) for name in (region, edge_of(region), GLOBAL)))
    return Cell(region, len(here), len(everywhere))


def _haystack(fact: Any) -> str:
    name = getattr(fact, "name", "") or getattr(fact, "description", "")
    return f"{fact.id} {fact.service} {name}".lower()


def _told(source: str) -> str:
    # Of a price whose tiers come from two sources one may be nothing but memory.
    return "; ".join(part for part in source.split("; ") if part != "memory") or "No source"
