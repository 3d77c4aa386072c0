from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from apps.engine.facts import Price, Tier, weakest
from apps.engine.regions import is_price_region
from apps.facts.rows import Row, read_rows

# What AWS's price list counts in. A unit that is not here is a slip of the pen, or needs thought.
_UNITS: Final = (
    "hour month minute day AZ-h LCU-h WCU-h RCU-h rWCU-h ACU-h GB-h vCPU-h shard-h stream-h "
    "record-h EPU-h OCU-h ENI-h GB env-GB GB-month GB-s MBps-month IOPS-month alarm-month "
    "metric-month check-month zone-month object-month request message event invocation delivery "
    "transition operation update query trace line path unit I/O MAU RRU WRU rWRU ECPU"
)
UNITS: Final = frozenset(_UNITS.split())
_COLUMNS: Final = (
    "service price_id description region unit tier_from tier_to usd free_tier source source_date "
    "confidence"
)
_CONFIDENCE: Final = {word: word for word in ("seen", "estimate", "memory")}


def read_prices(file: str, text: str) -> tuple[Price, ...]:
    """Read the price list; the tiers of one price and Region stand on lines of their own.

    Raises
    ------
    BadFact
        A cell is wrong, or the tiers of a price overlap, leave a gap or come to an end.
    """
    groups: dict[tuple[str, str], list[Row]] = {}
    firsts: dict[str, Row] = {}
    for row in read_rows(file, text, _COLUMNS):
        _check(row, firsts.setdefault(row.text("price_id"), row))
        groups.setdefault((row.text("price_id"), row.text("region")), []).append(row)
    return tuple(_price(rows) for rows in groups.values())


def _check(row: Row, first: Row) -> None:
    """Raise `BadFact` for a row that cannot be right by itself, or beside its price elsewhere."""
    if not is_price_region(row.text("region")):
        wanted = "a Region such as us-east-1, an edge such as edge:EU, or global"
        raise row.bad(f"region is “{row.cells['region']}”; it must be {wanted}.")
    if row.text("unit") not in UNITS:
        raise row.bad(f"the unit “{row.cells['unit']}” is not known.")
    for column in ("unit", "service"):
        if row.text(column) != first.cells[column]:
            raise row.bad(f"the {column} differs from that in line {first.line}.")
    confidence = row.word("confidence", _CONFIDENCE)
    if row.text("source") == "memory" and confidence != "memory":
        raise row.bad(f"what is recalled from memory is not “{confidence}”.")


def _price(rows: list[Row]) -> Price:
    first = rows[0]
    return Price(
        id=first.text("price_id"),
        service=first.text("service"),
        description=first.text("description"),
        region=first.text("region"),
        unit=first.text("unit"),
        tiers=_tiers(rows),
        free_tier=first.cells["free_tier"],
        source="; ".join(_distinct(row.text("source") for row in rows)),
        source_date=next(filter(None, (row.cells["source_date"] for row in rows)), ""),
        confidence=weakest(row.word("confidence", _CONFIDENCE) for row in rows),
    )


def _tiers(rows: list[Row]) -> tuple[Tier, ...]:
    tiers = [_tier(row) for row in rows]
    ends = [None, *(tier.end for tier in tiers)]
    seen: dict[Decimal, int] = {}
    for row, tier, before in zip(rows, tiers, ends, strict=False):
        if tier.start in seen:
            raise row.bad(f"this tier stands here twice, first in line {seen[tier.start]}.")
        seen[tier.start] = row.line
        if tier.start != (before if row is not rows[0] else 0):
            raise row.bad(f"the tier begins at {tier.start}, but the one before ends at {before}.")
    if tiers[-1].end is not None:
        raise rows[-1].bad(f"the last tier ends at {tiers[-1].end}; it must be open.")
    return tuple(tiers)


def _tier(row: Row) -> Tier:
    start = row.decimal("tier_from")
    end = row.decimal("tier_to") if row.cells["tier_to"] else None
    if end is not None and end <= start:
        raise row.bad(f"the tier ends at {end}, at or before its begin at {start}.")
    return Tier(start, end, row.decimal("usd"))


def _distinct(words: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(words)
