"""What differs between two books: prices that changed, with per cent, new ones and gone ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from apps.engine.facts import Price, Tier


@dataclass(frozen=True, slots=True)
class Change:
    """One price in an older and in a newer book; one of the two may be lacking."""

    old: Price | None
    new: Price | None

    @property
    def price(self) -> Price:
        return self.new or self.old  # type: ignore[return-value]  # One of them is there.

    @property
    def state(self) -> str:
        """Return changed, new or gone."""
        return "new" if self.old is None else "gone" if self.new is None else "changed"

    @property
    def is_dearer(self) -> bool:
        return (self.percent or 0.0) > 0.0

    @property
    def share(self) -> float | None:
        """Return by which share of the old price it moved, without a sign."""
        return None if self.percent is None else abs(self.percent) / 100

    @property
    def percent(self) -> float | None:
        """Return by how much it rose at the tier that moved most; None where that has no sense."""
        if self.old is None or self.new is None or self.old.unit != self.new.unit:
            return None
        pairs = list(zip(_paid(self.old), _paid(self.new), strict=False))
        moves = [float((new.usd - old.usd) / old.usd) * 100 for old, new in pairs]
        return max(moves, key=abs, default=None)


def changes(old: Iterable[Price], new: Iterable[Price]) -> list[Change]:
    """Return the prices that differ in tiers or unit, by id; a new date is no change."""
    before = {price.id: price for price in old}
    after = {price.id: price for price in new}
    found = [Change(before.get(name), after.get(name)) for name in sorted(before | after)]
    return [change for change in found if _says(change.old) != _says(change.new)]


def usd_text(price: Price | None) -> str:
    """Return a price as it is compared: its tiers from the first."""
    if price is None:
        return "none"
    tiers = [
        f"${tier.usd.normalize():f}{f' above {tier.start:,f}' if tier.start else ''}"
        for tier in price.tiers
    ]
    return ", ".join(tiers)


def _says(price: Price | None) -> tuple[str, tuple[Tier, ...]] | None:
    return None if price is None else (price.unit, price.tiers)


def _paid(price: Price) -> list[Tier]:
    return [tier for tier in price.tiers if tier.usd != Decimal(0)]
