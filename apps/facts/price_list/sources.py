"""Where the Price List is read: bulk offer files, or AWS's query API."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from apps.engine.regions import GLOBAL
from apps.facts.price_list.collecting import Collected, service_of
from apps.facts.price_list.offer_files import offer_paths, read_offer
from apps.facts.price_list.products import BadPriceList
from apps.facts.price_list.queries import Ask, Query, listed_by, queries
from apps.facts.price_list.rules import all_rules, rules_by_offer
from apps.facts.progress import Bar
from apps.facts.reader import is_region

BarOf = Callable[[int], Bar]
"""Begins a bar over so many bytes or questions."""


def known_services() -> Mapping[str, str]:
    """Return the services whose prices can be refreshed, by their names in small letters."""
    return {service_of(rule).lower(): service_of(rule) for rule in all_rules()}


def from_files(path: Path, services: frozenset[str], bar_of: BarOf) -> Collected:
    """Read offer files; raises `BadPriceList`."""
    paths, collected = offer_paths(path), Collected()
    with bar_of(sum(each.stat().st_size for each in paths)) as bar:
        for each in paths:
            bar.begin(each.name)
            offer = read_offer(each, bar.add, partial(_has_service, services))
            if offer is not None and offer.name in rules_by_offer():
                collected.offers.add(offer.name)
                collected.add(offer.listed, services=services)
    if not collected.offers:
        raise BadPriceList(f"{path}: no file is an offer with prices that a book keeps.")
    return collected


def from_api(
    places: Iterable[str], services: frozenset[str], bar_of: BarOf, ask: Ask
) -> Iterator[tuple[str, Collected]]:
    """Yield place after place with its prices, so that each can be kept before the next.

    Raises
    ------
    BadPriceList
        A product is two prices, or its tiers do not join.
    """
    steps: dict[str, tuple[Query, ...]] = {}
    for place in places:
        steps[_part(place)] = queries(place, partial(_has_service, services))
    everywhere: Collected | None = None
    with bar_of(sum(map(len, steps.values()))) as bar:
        for place in places:
            collected = None if is_region(place) else everywhere
            if collected is None:
                collected = _answers(steps[_part(place)], ask, services, bar)
            if not is_region(place):
                everywhere = collected
            bar.clear()
            yield place, collected


def _part(place: str) -> str:
    """Return what is asked for together: all edges are in one answer with what is global."""
    return place if is_region(place) else GLOBAL


def _answers(steps: Iterable[Query], ask: Ask, services: frozenset[str], bar: Bar) -> Collected:
    collected = Collected()
    for query in steps:
        bar.begin(" ".join((query.offer, *(value for _, value in query.filters))))
        collected.offers.add(query.offer)
        collected.add(listed_by(query, ask), services=services)
        bar.add(1)
    return collected


def _has_service(services: frozenset[str], offer: str) -> bool:
    rules = rules_by_offer().get(offer, ())
    return any(not services or service_of(rule) in services for rule in rules)
