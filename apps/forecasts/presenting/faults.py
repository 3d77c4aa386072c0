"""What if it breaks, as the report page shows it, and what it offers to break."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from apps.forecasts.presenting.names import ACCOUNT, Directory
from apps.forecasts.rendering import faults as words

# What messages wait in until a function reads them.
QUEUES = ("sqs_queue", "kinesis_stream")
# A fault that is offered lasts so long, and begins a little before the busiest minute. [s]
LASTS_S, ZONE_S, BEFORE_MINUTES = 1200, 3600, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRow:
    """One fault with what it did; `place` is its place in the scenario."""

    place: int
    kind: str
    title: str
    lost: str
    late: str
    well: str
    holds: str
    why: tuple[str, ...]
    level: str
    refused: list[float]
    loses: bool

    @property
    def badge(self) -> str:
        return {"good": "Survives", "watch": "Recovers", "limit": "Does not recover"}[self.level]


@dataclass(frozen=True, slots=True)
class Offer:
    """A question that is asked with one click: the fault, and the words of the button."""

    says: str
    fault: Mapping[str, Any]


def fault_rows(summary: Mapping[str, Any], names: Directory) -> tuple[FaultRow, ...]:
    """Return the faults of a forecast, in the order of the scenario."""

    def name(component: str) -> str:
        return names[component].name

    unit = summary["holds_users"]["unit"]
    return tuple(
        FaultRow(
            place=place,
            kind=row["kind"],
            title=words.title(row, name),
            lost=words.lost(row, name),
            late=words.late(row, name),
            well=words.well(row),
            holds=words.holds(row, unit),
            why=tuple(row["why"]),
            level=_level(row),
            refused=row["refused_by_quarter"],
            loses=bool(row["lost"]["requests"]),
        )
        for place, row in enumerate(summary.get("faults", ()))
    )


def _level(row: Mapping[str, Any]) -> str:
    if not row["is_well_by_end"]:
        return "limit"
    return "good" if row["unwell_from"] is None else "watch"


def offers_of(summary: Mapping[str, Any], names: Directory) -> tuple[Offer, ...]:
    """Return what is worth asking of a design and was not asked yet."""
    asked = {(row["kind"], row["component"] or "") for row in summary.get("faults", ())}
    return tuple(
        offer
        for offer in _offers(summary, names)
        if (offer.fault["kind"], offer.fault["component"]) not in asked
    )


def _offers(summary: Mapping[str, Any], names: Directory) -> Iterator[Offer]:
    at = _before(summary["day"]["peak_at"])
    about = _dependency(summary, names)
    if about:
        where = names[about].name
        slow = _fault("slow", about, at, LASTS_S, factor=5)
        yield Offer(f"{where} is 5 times slower for 20 minutes at the busiest hour", slow)
        yield Offer(f"{where} is down for 10 minutes", _fault("down", about, at, 600))
    yield Offer("A zone is lost for an hour", _fault("zone", "", at, ZONE_S))
    kinds = {item.kind for item in names}
    if "lambda_function" in kinds:
        fleet = _fault("cold_fleet", "", summary["day"]["peak_at"], 60)
        yield Offer("A deployment empties all functions at the busiest minute", fleet)
    queue = _read_queue(summary, names)
    if queue:
        poison = _fault("poison", queue, at, LASTS_S, factor=1)
        yield Offer(f"A message in {names[queue].name} always fails", poison)
    awaited = _busiest_leaf(summary, names, awaited=True)
    if awaited:
        storm = _fault("retry_storm", awaited, at, 300, factor=5)
        yield Offer(f"{names[awaited].name} is down for 5 minutes and everybody retries", storm)


def _fault(kind: str, component: str, at: str, for_s: int, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "component": component, "at": f"{at}:00", "for_s": for_s, **more}


def _before(clock: str) -> str:
    hour, minute = (int(part) for part in clock.split(":"))
    at = max(0, 60 * hour + minute - BEFORE_MINUTES)
    return f"{at // 60:02d}:{at % 60:02d}"


def _dependency(summary: Mapping[str, Any], names: Directory) -> str:
    """Return what others wait for and is nearest its limit: the first limit, else the busiest."""
    first = (summary["first_limit"] or {}).get("component", "")
    if first in {row["target"] for row in summary["links"]} and not first.startswith(ACCOUNT):
        return str(first)
    return _busiest_leaf(summary, names, awaited=False)


def _busiest_leaf(summary: Mapping[str, Any], names: Directory, *, awaited: bool) -> str:
    """Return what is called most and calls nothing itself; `awaited`: callers wait for it."""
    modes = {link.key: link.mode for link in names.architecture.links}
    wanted = ("sync",) if awaited else ("sync", "async", "stream")
    called = [
        row
        for row in summary["links"]
        if modes.get((row["source"], row["target"], row["role"]), "") in wanted
    ]
    callers = {row["source"] for row in called}
    leaves = [row for row in called if row["target"] not in callers]
    busiest = max(leaves or called, key=lambda row: row["rate_per_s"], default=None)
    return str(busiest["target"]) if busiest else ""


def _read_queue(summary: Mapping[str, Any], names: Directory) -> str:
    """Return a queue or stream that something reads, the busiest first."""
    kinds = {item.id: item.kind for item in names}
    read = [row for row in summary["links"] if kinds.get(row["source"]) in QUEUES]
    busiest = max(read, key=lambda row: row["rate_per_s"], default=None)
    return str(busiest["source"]) if busiest else ""
