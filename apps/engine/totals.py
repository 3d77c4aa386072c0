"""The total of a bill without its lines, for the many scenarios in which nobody reads them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from math import inf

from apps.engine.catalog.base import Usage
from apps.engine.facts import Facts, Price, Tier
from apps.engine.pricing import tiers_in_force


def total_usd(usages: Iterable[Usage], facts: Facts) -> float:
    """Return what some usages cost in a month, as a float and without lines: many times as fast.

    Parameters
    ----------
    usages : iterable of Usage
        As of `price_bill`, without their components.
    facts : Facts
        The price book of the scenario's Region.

    Returns
    -------
    float
        What `price_bill` totals without the free tier, to rounding: a lower bound where the book
        lacks a price. [USD/month]
    """
    # Ids that end in a near Region share the tiers of the plain one.
    quantities: dict[str, float] = {}
    for usage in usages:
        price = facts.price(usage.price_id)
        if price is not None and price.unit == usage.unit:
            quantities[price.id] = quantities.get(price.id, 0.0) + usage.quantity
    return sum(_usd(facts.prices[name], quantity) for name, quantity in quantities.items())


@lru_cache(maxsize=4096)
def _tiers(tiers: tuple[Tier, ...]) -> tuple[tuple[float, float, float], ...]:
    return tuple(
        (float(t.start), inf if t.end is None else float(t.end), float(t.usd)) for t in tiers
    )


def _usd(price: Price, quantity: float) -> float:
    tiers = price.tiers
    if len(tiers) == 1:
        return quantity * float(tiers[0].usd)
    in_force = _tiers(tiers_in_force(price, free_tier=False))
    return sum(
        (min(quantity, end) - start) * usd for start, end, usd in in_force if quantity > start
    )
