"""How Headroom's usage lines compare with rows of priced Terraform resources.

`python -m tests.exam.infracost [CASES.csv]` prints the score and every miss. Quantity and unit come
from the attributes and the usage of a row, through the usage lines of the kind that reads the
type; the row's own quantity, unit, price and cost are read by the comparison alone.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from apps.engine.catalog.base import Usage
from apps.engine.formats.infracost import meters_of, nested
from apps.engine.formats.terraform.settings import kind_of_type, settings_of
from apps.facts.reader import packaged_facts
from tests.exam.templates import CORPUS

CASES = CORPUS / "infracost_cases_dev.csv"
NAMES = Path(__file__).parent / "infracost_names"
HOURS: Final = 730.0
# Units of the rows: ours, and how many of ours one of theirs is.
UNITS: Final[Mapping[str, tuple[str, float]]] = {
    "GB-seconds": ("GB-s", 1.0),
    "hours": ("hour", 1.0),
    "GB-hours": ("GB-h", 1.0),
    "consumer-shard hour": ("shard-h", 1.0),
    "months": ("month", 1.0),
    "WCU": ("WCU-h", HOURS),
    "RCU": ("RCU-h", HOURS),
    "rWCU": ("rWCU-h", HOURS),
    "rWRU": ("rWRU", HOURS),
    "sRRUs": ("request", 1.0),
    "interactions": ("request", 1.0),
    "MBps": ("MBps-month", 1.0),
    "tags": ("tag-month", 1.0),
    "rules": ("month", 1.0),
    "groups": ("month", 1.0),
    "certificates": ("month", 1.0),
    "queries": ("query", 1.0),
    "LCU": ("LCU-h", HOURS),
    "vCPU-hours": ("vCPU-h", 1.0),
    "ACU-hours": ("ACU-h", 1.0),
    "ACUs": ("ACU-month", 1.0),
    "CPU": ("vCPU-h", HOURS),
    "alarms": ("alarm-month", 1.0),
    "alarm metrics": ("alarm-month", 1.0),
    "metrics": ("metric-month", 1.0),
    "Mbps": ("MBps-month", 1.0),
    "change-records": ("record-h", 1.0),
}
# One word of theirs for units that our book tells apart: a month's GB and a GB are one there.
SAME: Final[Mapping[str, tuple[str, ...]]] = {
    "requests": ("request", "I/O"),
    "GB": ("GB", "GB-month"),
    "objects": ("object", "object-month"),
    "hour": ("hour", "shard-h", "stream-h", "AZ-h"),
    "month": ("month", "zone-month", "check-month"),
    "notifications": ("delivery", "message"),
}
# "next 40TB": the sizes of tiers.
SIZES: Final = {
    "": 1.0, "k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "TB": 1024.0, "PB": 1024.0**2, "GB": 1.0
}  # fmt: skip
# A PB of ten's powers and one of two's differ by less.
_NEAR: Final = 0.1
_TIER = re.compile(r"(?P<name>.*?) \((?P<word>first|next|over) (?P<size>[\d.]+)(?P<unit>\w*)\)")


class Outcome(NamedTuple):
    """What became of one row."""

    row: Mapping[str, str]
    quantity: float | None
    unit: str
    usd: float | None
    reason: str

    @property
    def is_right(self) -> bool:
        """Say whether quantity and unit are those of the row."""
        return self.reason == ""

    @property
    def costs_the_same(self) -> bool:
        """Say whether the cost at the row's price is within 1 cent or 0.1 %."""
        said = float(self.row["monthly_cost"])
        return self.usd is not None and abs(self.usd - said) <= max(0.01, 0.001 * said)


def compare(path: Path) -> tuple[list[Outcome], dict[str, int]]:
    """Return what became of every row of a known type, and how many rows each other type has."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    others: dict[str, int] = {}
    outcomes: list[Outcome] = []
    for resource in _resources(rows):
        type_ = resource[0]["resource_type"]
        if kind_of_type(type_) is None:
            others[type_] = others.get(type_, 0) + len(resource)
        else:
            outcomes.extend(_compared(resource))
    return outcomes, others


def usages_of(row: Mapping[str, str]) -> tuple[Usage, ...]:
    """Return the usage lines of a row's resource, from its attributes and usage alone."""
    type_ = row["resource_type"]
    attributes, usage = nested(json.loads(row["attributes_json"])), json.loads(row["usage_json"])
    kind = kind_of_type(type_, attributes)
    assert kind is not None
    attributes = {**attributes, "usage": nested(usage), "region": row["region"]}
    numbers = {k: float(v) for k, v in usage.items() if isinstance(v, int | float)}
    settings = settings_of(kind, type_, attributes)
    return kind(**settings).usage(meters_of(kind, type_, numbers))


def _resources(rows: Iterable[dict[str, str]]) -> list[list[dict[str, str]]]:
    groups: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for row in rows:
        key = tuple(row[c] for c in ("test", "resource_address", "attributes_json", "usage_json"))
        groups.setdefault(key, []).append(row)
    return list(groups.values())


def _compared(rows: list[dict[str, str]]) -> Iterator[Outcome]:
    try:
        usages = usages_of(rows[0])
    except ValueError as error:
        yield from (Outcome(row, None, "", None, str(error)) for row in rows)
        return
    before: dict[str, float] = {}
    for row in rows:
        tier = _TIER.fullmatch(row["cost_component"])
        name = tier["name"] if tier else row["cost_component"]
        lines = _lines(row["resource_type"], name, usages)
        if not lines:
            yield Outcome(row, None, "", None, f"no line for '{name}'")
            continue
        quantity = sum(line.quantity for line in lines)
        if tier:
            start = before.get(name, 0.0)
            size = float(tier["size"]) * SIZES[tier["unit"]]
            end = _bound(lines[0], start + size)
            if tier["word"] == "over":
                start, end = max(start, _bound(lines[0], size)), float("inf")
            quantity = min(max(quantity - start, 0.0), end - start)
            before[name] = end
        yield _judged(row, quantity, lines[0].unit)


def _bound(line: Usage, named: float) -> float:
    """Return where our tier ends: a petabyte may be 1,000,000 GB or 1,048,576."""
    price = packaged_facts("us-east-1").price(line.price_id)
    ends = [float(tier.end) for tier in (price.tiers if price else ()) if tier.end]
    return next((end for end in ends if abs(end - named) < _NEAR * named), named)


def _lines(type_: str, name: str, usages: Iterable[Usage]) -> list[Usage]:
    wanted = [
        # A price id may repeat what the component says in its first brackets.
        (row["price_id"].replace("{1}", re.escape(found[1]) if found.re.groups else ""), row)
        for row in _names()
        if row["type"] == type_ and (found := re.fullmatch(row["component"], name))
    ]
    return [
        use
        for use in usages
        if any(_names_line(price_id, row.get("label") or "", use) for price_id, row in wanted)
    ]


def _names_line(price_id: str, label: str, use: Usage) -> bool:
    """Say whether expressions name a line: by its price, or by price and label."""
    names = (use.price_id, f"{use.price_id} {use.label}")
    return any(re.fullmatch(price_id, name) for name in names) and bool(re.match(label, use.label))


def _names() -> list[dict[str, str]]:
    if not _NAMES:
        for path in sorted(NAMES.glob("*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                _NAMES.extend(csv.DictReader(file))
    return _NAMES


_NAMES: list[dict[str, str]] = []


def _judged(row: Mapping[str, str], quantity: float, unit: str) -> Outcome:
    ours, factor = unit_of(row["unit"], unit)
    said = float(row["monthly_quantity"])
    theirs = quantity / factor
    reason = ""
    if ours != unit:
        reason = f"unit {unit}, not {ours}"
    elif abs(theirs - said) > max(1e-3 * said, 1e-6):
        reason = f"{theirs:g}, not {said:g} {row['unit']}"
    return Outcome(row, theirs, unit, theirs * float(row["unit_price"]), reason)


def unit_of(unit: str, ours: str) -> tuple[str, float]:
    """Return a row's unit in our words, and how many of ours it is: '1M requests' is 1e6."""
    found = re.fullmatch(r"([\d.]+)([kKM]?) (.+)", unit)
    factor = float(found[1]) * SIZES[found[2]] if found else 1.0
    word, more = UNITS.get(found[3] if found else unit, (found[3] if found else unit, 1.0))
    if (word, ours) == ("GB", "GB-h"):
        return ours, factor * HOURS
    if (word, ours) == ("hour", "month"):
        return ours, factor * more / HOURS
    if word in (*SAME, "IOPS") or word.rstrip("s") == ours:
        word = ours if ours in SAME.get(word, (ours,)) else word
    return word, factor * more


def main(arguments: list[str]) -> None:
    """Write every miss, and the score."""
    outcomes, others = compare(Path(arguments[0]) if arguments else CASES)
    for one in outcomes:
        if not (one.is_right and one.costs_the_same):
            where = (one.row[name] for name in ("resource_type", "resource_address"))
            why = one.reason or f"${one.usd:.2f}, not ${one.row['monthly_cost']}"
            sys.stdout.write(" | ".join((*where, one.row["cost_component"], why)) + "\n")
    right = sum(one.is_right for one in outcomes) / max(1, len(outcomes))
    same = sum(one.costs_the_same for one in outcomes) / max(1, len(outcomes))
    sys.stdout.write(
        f"{len(outcomes)} rows of known types: quantity and unit right in {right:.1%}, "
        f"cost in {same:.1%}\n"
        f"{sum(others.values())} rows of other types: {', '.join(sorted(others))}\n"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
