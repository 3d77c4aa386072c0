"""Corrections of facts: what a person wrote in place of a row of the book."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from apps.engine.facts import Facts, InstanceClass, Price, Quota, Tier, build_facts
from apps.facts.quotas import number_or_none
from apps.facts.reader import DATA, rows_from
from apps.facts.rows import decimal_or_none

_CLASS_NUMBERS: Final = {"vcpu": float, "memory_gib": float}
_CLASS_COUNTS: Final = (
    "pg_max_connections",
    "mysql_max_connections",
    "cache_bytes",
    "max_clients",
)


class BadCorrection(ValueError):
    """A correction that cannot hold; `field` is the one to mend."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


@dataclass(frozen=True, slots=True)
class Correction:
    """A value in place of a fact's own; `kind` is price, quota or class."""

    kind: str
    fact_id: str
    region: str
    value: str
    source: str
    source_date: str


def check(correction: Correction) -> None:
    """Raise `BadCorrection` unless the fact is known and the value is one for it."""
    known = rows_from(DATA)
    rows: Mapping[str, Iterable[Any]] = {
        "price": known.prices,
        "quota": known.quotas,
        "class": known.classes,
    }
    for row in rows.get(correction.kind, ()):
        if row.id == correction.fact_id:
            _corrected(row, correction)
            return
    raise BadCorrection("fact_id", f"There is no {correction.kind} “{correction.fact_id}”.")


def apply(facts: Facts, corrections: Iterable[Correction]) -> Facts:
    """Return the facts with their corrections; of two for one fact the last wins."""
    books: dict[str, dict[str, Any]] = {
        "price": dict(facts.prices),
        "quota": dict(facts.quotas),
        "class": dict(facts.classes),
    }
    for correction in corrections:
        book = books[correction.kind]
        row = book.get(correction.fact_id) or _from_elsewhere(correction, facts.region)
        if row is not None:
            book[correction.fact_id] = _corrected(row, correction)
    return build_facts(
        facts.region,
        prices=books["price"].values(),
        quotas=books["quota"].values(),
        classes=books["class"].values(),
        cold_starts=facts.cold_starts.values(),
    )


def _from_elsewhere(correction: Correction, region: str) -> Price | None:
    """A Region may lack a price that another has; a correction for it fills the gap."""
    if correction.kind != "price" or not correction.region:
        return None
    prices = (price for price in rows_from(DATA).prices if price.id == correction.fact_id)
    price = next(prices, None)
    return price and replace(price, region=region)


def _corrected(
    row: Price | Quota | InstanceClass, correction: Correction
) -> Price | Quota | InstanceClass:
    mark: dict[str, Any] = {"source_date": correction.source_date, "confidence": "corrected"}
    if isinstance(row, Price):
        return replace(row, tiers=tiers_of(correction.value), source=correction.source, **mark)
    if isinstance(row, Quota):
        value = number_or_none(correction.value)
        if value is None or value < 0:
            raise BadCorrection("value", "A quota is a number from 0 up, such as 2000.")
        url = correction.source if correction.source.startswith("https://") else ""
        return replace(row, value=value, text=correction.value, source_url=url, **mark)
    return replace(row, **_class_values(correction.value), source=correction.source, **mark)


def tiers_of(value: str) -> tuple[Tier, ...]:
    """Read one price, or tiers as their begins and prices.

    Raises
    ------
    BadCorrection
        The value is neither, or the tiers do not begin at 0 and rise.

    Examples
    --------
    >>> [(tier.start, tier.end, tier.usd) for tier in tiers_of("0:0 100:0.09")]
    [(Decimal('0'), Decimal('100'), Decimal('0')), (Decimal('100'), None, Decimal('0.09'))]
    """
    parts = [part if ":" in part else f"0:{part}" for part in value.split()]
    pairs = [tuple(_decimal(number) for number in part.split(":")) for part in parts]
    if not pairs or any(len(pair) != 2 for pair in pairs):
        raise BadCorrection("value", "A price is 0.09, or tiers such as 0:0 100:0.09.")
    starts = [start for start, _ in pairs]
    if starts[0] != 0 or starts != sorted(set(starts)):
        raise BadCorrection("value", "Tiers begin at 0 and rise, such as 0:0 100:0.09.")
    return tuple(
        Tier(start, end, usd) for (start, usd), end in zip(pairs, [*starts[1:], None], strict=True)
    )


def _class_values(value: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for part in value.split():
        name, _, number = part.partition("=")
        if name in _CLASS_NUMBERS:
            values[name] = float(_decimal(number))
        elif name in _CLASS_COUNTS:
            values[name] = int(_decimal(number))
        else:
            names = ", ".join([*_CLASS_NUMBERS, *_CLASS_COUNTS])
            raise BadCorrection("value", f"“{name}” cannot be set; these can: {names}.")
    if not values:
        raise BadCorrection("value", "Name what changes, such as pg_max_connections=80.")
    return values


def _decimal(text: str) -> Decimal:
    number = decimal_or_none(text)
    if number is None or number < 0:
        raise BadCorrection("value", f"“{text}” is not a number from 0 up.")
    return number
