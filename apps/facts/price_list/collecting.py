"""From listed products to the prices of each place, ready for a book."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from typing import Final

from apps.engine.allowances import ALLOWANCES
from apps.engine.facts import Price, Tier
from apps.engine.pricing import tiers_in_force
from apps.facts.price_list import rules
from apps.facts.price_list.products import Listed
from apps.facts.price_list.units import ours_in
from apps.facts.reader import DATA, rows_from

# How the source of a row begins that was read from AWS's own list.
SOURCE: Final = "AWS Price List"
_SMALLEST: Final = Decimal("1e-15")
_ALLOWED: Final = frozenset(name for allowance in ALLOWANCES for name in allowance.price_ids)


@dataclass(slots=True)
class Collected:
    """Prices by place and id, what could not be taken and why, and the offers that were read.

    `refused` has a sentence for each place whose list says two things.
    """

    prices: dict[str, dict[str, Price]] = field(default_factory=dict)
    left_out: dict[str, dict[str, str]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    offers: set[str] = field(default_factory=set)
    _skus: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, listed: Iterable[Listed], *, services: frozenset[str] = frozenset()) -> None:
        """Take what is a price of some services; none named: of all.

        Raises
        ------
        BadPriceList
            A product is two prices, or its tiers do not join.
        """
        for each in listed:
            for match in rules.match(each.product):
                if not services or service_of(match.rule) in services:
                    self._take(each, match)

    def _take(self, listed: Listed, match: rules.Match) -> None:
        price = _price(listed, match)
        if price is not None:
            self._keep(listed, price)
            return
        reason = f"the list counts in {listed.unit}, not in {match.rule.unit}"
        self.left_out.setdefault(match.place, {})[match.price_id] = reason

    def _keep(self, listed: Listed, price: Price) -> None:
        sku, key = listed.product.sku, (price.region, price.id)
        known = self.prices.setdefault(price.region, {}).setdefault(price.id, price)
        first = self._skus.setdefault(key, sku)
        if known.tiers != price.tiers:
            self.refused.setdefault(
                price.region,
                f"Products {first} and {sku} of {listed.product.offer} both give {price.id} in "
                f"{price.region}, at different prices. Nothing of {price.region} was written; "
                "--service refreshes the other services.",
            )


def is_listed(price: Price) -> bool:
    """Say whether a price was read from AWS's own list."""
    return price.source.startswith(SOURCE)


def _price(listed: Listed, match: rules.Match) -> Price | None:
    ratio = ours_in(match.rule.unit, listed.unit)
    if ratio is None:
        return None
    known = _known().get(match.price_id)
    price = Price(
        id=match.price_id,
        service=service_of(match.rule),
        description=known.description if known else match.description,
        region=match.place,
        unit=match.rule.unit,
        tiers=tuple(_converted(tier, *ratio) for tier in listed.tiers()),
        free_tier=known.free_tier if known else "",
        source=f"{SOURCE}, offer {listed.product.offer}, SKU {listed.product.sku}",
        source_date=listed.published,
        confidence="seen",
    )
    # What the engine gives for free itself must not be free once more.
    if match.price_id in _ALLOWED:
        return replace(price, tiers=tiers_in_force(price, free_tier=False))
    return price


def _converted(tier: Tier, many: Decimal, of: Decimal) -> Tier:
    """Return a tier of the list, of whose units `of` are `many` of ours."""
    end = None if tier.end is None else _plain(tier.end * many / of)
    return Tier(_plain(tier.start * many / of), end, _plain(tier.usd * of / many))


def _plain(number: Decimal) -> Decimal:
    """Return the number in the one way in which it is written, so that equal ones are the same."""
    if number.as_tuple().exponent < -15:  # type: ignore[operator]  # It is finite.
        number = number.quantize(_SMALLEST)
    return Decimal(f"{number.normalize():f}")


def service_of(rule: rules.Rule) -> str:
    """Return the service that a rule's prices are filed under."""
    return rule.service or _known()[rule.price_ids[0]].service


@lru_cache(maxsize=1)
def _known() -> Mapping[str, Price]:
    """Return the packaged prices by id, of whichever Region: they say what an id means."""
    return {price.id: price for price in rows_from(DATA).prices}
