"""Usage × price list → bill. Money is Decimal; this is the only place where the two meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Context, Decimal, localcontext
from math import isfinite
from typing import Final, NamedTuple

from apps.engine.allowances import ALLOWANCES, FIRST_YEAR, Allowance
from apps.engine.catalog.base import Usage
from apps.engine.facts import Facts, Price, Tier

# Wide enough that no product or sum of a bill is ever rounded.
_EXACT: Final = Context(prec=80)
_SHARE: Final = Decimal("1e-12")
_ZERO: Final = Decimal(0)


class BadQuantity(ValueError):
    """A quantity that cannot be billed; the message is a sentence for the reader."""


@dataclass(frozen=True, slots=True)
class BillLine:
    """One usage of one component; the two amounts are None where the book lacks the price.

    `unit_price_usd` is what a unit costs on average where tiers or a free allowance apply.
    """

    component: str
    name: str
    unit: str
    quantity: Decimal
    unit_price_usd: Decimal | None
    monthly_usd: Decimal | None
    price_id: str
    source: str
    source_date: str
    confidence: str
    note: str
    service: str = ""
    source_url: str = ""


@dataclass(frozen=True, slots=True)
class Bill:
    """A month's bill; `monthly_usd` is the sum of `lines`, and a lower bound if not complete."""

    lines: tuple[BillLine, ...]
    monthly_usd: Decimal
    not_priced: tuple[BillLine, ...]
    region: str

    @property
    def is_complete(self) -> bool:
        """Say whether everything that was used has a price."""
        return not self.not_priced

    def by_component(self) -> dict[str, Decimal]:
        """Return what each component costs, in the order of the lines.

        Returns
        -------
        dict of str to Decimal
            By component id. [USD/month]
        """
        return self._sums(lambda line: line.component)

    def by_service(self) -> dict[str, Decimal]:
        """Return what each AWS service costs, in the order of the lines.

        Returns
        -------
        dict of str to Decimal
            By service. [USD/month]
        """
        return self._sums(lambda line: line.service)

    def _sums(self, key: Callable[[BillLine], str]) -> dict[str, Decimal]:
        sums: dict[str, Decimal] = {}
        with localcontext(_EXACT):
            for line in self.lines:
                sums[key(line)] = sums.get(key(line), _ZERO) + (line.monthly_usd or _ZERO)
        return sums


class _Item(NamedTuple):
    place: int
    component: str
    usage: Usage
    quantity: Decimal


def price_bill(
    usages: Iterable[tuple[str, Usage]],
    facts: Facts,
    *,
    free_tier: bool = False,
    first_year: bool = False,
) -> Bill:
    """Price what some components used in a month.

    Parameters
    ----------
    usages : iterable of (component id, Usage)
        Quantities in the unit of the price row; a month is what the quantities say it is.
    facts : Facts
        The price book of the scenario's Region.
    free_tier : bool
        False bills every unit, and a first tier of $0 costs what the next one does.
        True leaves out what AWS always gives for free, once.
    first_year : bool
        True leaves out, besides that, what AWS gave a new account in its first twelve months.

    Returns
    -------
    Bill
        Lines in the order of the usages. They sum to `monthly_usd` to the last digit.

    Raises
    ------
    BadQuantity
        A quantity is negative or not a number.

    Notes
    -----
    Tiers and free units belong to the account: the cost of a price id follows from the summed
    quantity and is divided among its lines by quantity. A usage whose price the book lacks, or
    counts in another unit, stands in `not_priced` with its quantity.
    """
    missing: list[BillLine] = []
    groups: dict[str, list[_Item]] = {}
    with localcontext(_EXACT):
        for place, (component, usage) in enumerate(usages):
            item = _Item(place, component, usage, _quantity(component, usage))
            price = facts.price(usage.price_id)
            if price is not None and price.unit == usage.unit:
                groups.setdefault(price.id, []).append(item)
            else:
                missing.append(_missing(item, price, facts.region))
        allowances = (*ALLOWANCES, *FIRST_YEAR) if first_year else ALLOWANCES
        lines = _lines(groups, facts, allowances if free_tier or first_year else ())
        total = sum((line.monthly_usd or _ZERO for line in lines), _ZERO)
    return Bill(tuple(lines), total, tuple(missing), facts.region)


def tiers_in_force(price: Price, *, free_tier: bool) -> tuple[Tier, ...]:
    """Return the tiers to bill by: without the free tier, a first one of $0 is not given.

    Parameters
    ----------
    price : Price
        A row of the price book.
    free_tier : bool
        Whether the first, free units are given.

    Returns
    -------
    tuple[Tier, ...]
        Tiers from the smallest quantity up.
    """
    tiers = price.tiers
    if free_tier or len(tiers) == 1 or tiers[0].usd:
        return tiers
    return (Tier(_ZERO, tiers[1].end, tiers[1].usd), *tiers[2:])


def tiered_usd(tiers: Sequence[Tier], quantity: Decimal) -> Decimal:
    """Return what a quantity costs, each tier's units at its own price.

    Parameters
    ----------
    tiers : Sequence[Tier]
        Tiers from the smallest quantity up.
    quantity : Decimal
        In the unit of the price.

    Returns
    -------
    Decimal
        The cost, never rounded. [$]
    """
    cost = _ZERO
    for tier in tiers:
        if quantity <= tier.start:
            break
        upper = quantity if tier.end is None else min(quantity, tier.end)
        cost += (upper - tier.start) * tier.usd
    return cost


def _quantity(component: str, usage: Usage) -> Decimal:
    if not (isfinite(usage.quantity) and usage.quantity >= 0):
        reason = f"a quantity of {usage.quantity} {usage.unit} cannot be billed"
        raise BadQuantity(f"{component}, {usage.label}: {reason}.")
    return Decimal(f"{usage.quantity:.6f}")


def _lines(
    groups: Mapping[str, Sequence[_Item]], facts: Facts, allowances: Sequence[Allowance]
) -> list[BillLine]:
    totals = {
        price_id: sum((item.quantity for item in items), _ZERO)
        for price_id, items in groups.items()
    }
    free = _free_units(totals, allowances)
    lines: dict[int, BillLine] = {}
    for price_id, items in groups.items():
        price = facts.prices[price_id]
        tiers = tiers_in_force(price, free_tier=bool(allowances))
        if len(tiers) == 1 and price_id not in free:
            unit_usd = tiers[0].usd
            amounts = [(item, item.quantity * unit_usd) for item in items]
        else:
            total = totals[price_id]
            cost = tiered_usd(tiers, total) - tiered_usd(tiers, free.get(price_id, _ZERO))
            unit_usd = (cost / total).quantize(_SHARE) if total else tiers[0].usd
            amounts = _shares(items, total, cost)
        lines |= {item.place: _line(item, price, unit_usd, usd) for item, usd in amounts}
    return [lines[place] for place in sorted(lines)]


def _free_units(
    totals: Mapping[str, Decimal], allowances: Sequence[Allowance]
) -> dict[str, Decimal]:
    free: dict[str, Decimal] = {}
    for allowance in allowances:
        left = allowance.quantity
        for price_id in allowance.price_ids:
            if price_id in totals:
                before = free.get(price_id, _ZERO)
                given = min(left, totals[price_id] - before)
                free[price_id] = before + given
                left -= given
    return free


def _shares(items: Sequence[_Item], total: Decimal, cost: Decimal) -> list[tuple[_Item, Decimal]]:
    """Divide a cost by quantity, so that the parts sum to it to the last digit.

    Each part is a step between rounded running sums, in an order that the items themselves
    give: neither the order of the usages nor a rounding can move a total.
    """
    ordered = sorted(items, key=lambda item: (item.component, item.usage.label, item.quantity))
    shares: list[tuple[_Item, Decimal]] = []
    running, before = _ZERO, _ZERO
    for item in ordered:
        running += item.quantity
        upto = cost
        if running < total:
            upto = (cost * running / total).quantize(_SHARE, ROUND_DOWN)
        shares.append((item, upto - before))
        before = upto
    return shares


def _line(item: _Item, price: Price, unit_price_usd: Decimal, monthly_usd: Decimal) -> BillLine:
    # Positional, since a curve makes thousands of these.
    return BillLine(
        item.component,
        item.usage.label,
        price.unit,
        item.quantity,
        unit_price_usd,
        monthly_usd,
        price.id,
        price.source,
        price.source_date,
        price.confidence,
        item.usage.note,
        price.service,
        price.source_url,
    )


def _missing(item: _Item, price: Price | None, region: str) -> BillLine:
    usage = item.usage
    reason = f"The book has no price {usage.price_id} for {region}."
    if price is not None:
        reason = f"The book prices {usage.price_id} per {price.unit}, not per {usage.unit}."
    return BillLine(
        component=item.component,
        name=usage.label,
        unit=usage.unit,
        quantity=item.quantity,
        unit_price_usd=None,
        monthly_usd=None,
        price_id=usage.price_id,
        source="",
        source_date="",
        confidence="",
        note=f"{usage.note.rstrip('.')}. {reason}" if usage.note else reason,
        service=price.service if price else usage.price_id.split(".")[0],
    )
