"""What a refresh of prices does, as a table for the terminal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from apps.facts.changes import Change, usd_text
from apps.facts.refreshing import NOT_READ, NOT_VERIFIED, Plan

_WIDTH: Final = 44
_MOST_NAMES: Final = 8


def plan_lines(found: Plan, *, every: bool) -> Iterator[str]:
    """Yield old and new prices with per cent, and what is not refreshed with its reason."""
    if found.is_empty:
        yield f"{found.place}: the list has no price for it."
        return
    new = sum(change.old is None for change in found.changes)
    yield (
        f"{found.place}: {len(found.changes) - new} prices change, {new} are new, "
        f"{found.confirmed} are as they were, {len(found.gone)} are gone from the list."
    )
    yield from map(_change, found.changes)
    yield from (f"  {name:<{_WIDTH}} no longer in the list; kept as it was" for name in found.gone)
    yield from _not_refreshed(found.not_refreshed.items(), every=every)


def _change(change: Change) -> str:
    percent = "new" if change.old is None else ""
    if change.percent is not None:
        percent = f"{change.percent:+.3g}%"
    old, new = usd_text(change.old), usd_text(change.new)
    return (
        f"  {change.price.id:<{_WIDTH}} {old} → {new} per {change.price.unit}  {percent}".rstrip()
    )


def _not_refreshed(reasons: Iterable[tuple[str, str]], *, every: bool) -> Iterator[str]:
    by_reason: dict[str, list[str]] = defaultdict(list)
    for name, reason in reasons:
        by_reason[reason].append(name)
    for reason, names in sorted(by_reason.items()):
        many = "1 price" if len(names) == 1 else f"{len(names)} prices"
        most = len(names) if every or reason == NOT_VERIFIED else _MOST_NAMES
        more = f" and {len(names) - most} more, which -v 2 names" if len(names) > most else ""
        which = f": {', '.join(names[:most])}{more}" if every or reason != NOT_READ else ""
        yield f"  Not refreshed, since {reason}: {many}{which}"
