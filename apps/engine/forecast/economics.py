"""How the bill follows the users: what stands still, what grows, what idles, what else there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from apps.engine.catalog._alternatives import alternatives_of
from apps.engine.catalog.base import Meters, Usage
from apps.engine.curve import SIZES, Outcome, price
from apps.engine.forecast.ways_out import ways_out
from apps.engine.headroom.case import Case
from apps.engine.metering import scaled
from apps.engine.pricing import Bill, BillLine, price_bill
from apps.engine.totals import total_usd

# Units of capacity that is paid for by the time, used or not.
CAPACITY_UNITS = frozenset(
    {"hour", "vCPU-h", "GB-h", "ACU-h", "WCU-h", "RCU-h", "shard-h", "OCU-h", "stream-h"}
)
# The lines that grow most, and the least a month that is worth a word. [count], [USD/month]
MOST_LINES, WORTH_USD = 3, 1.0
# A break-even is found to within one part in 2^20 of the step between two sizes.
_HALVINGS = 20


@dataclass(frozen=True, slots=True)
class Idle:
    """Capacity of one component that stands paid for and unused. [USD/month], share of it [-]"""

    component: str
    usd: float
    share: float
    gauge: str


@dataclass(frozen=True, slots=True)
class Growing:
    """A line of the bill, and what it costs at twice the users. [USD/month]"""

    component: str
    name: str
    usd: float
    twice_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """Another way of doing the same: its bill now, and the daily users at which both cost alike.

    `daily_users` is None where one of them is cheaper from a thousand users to ten million.
    """

    component: str
    now: str
    other: str
    now_usd: float
    other_usd: float
    daily_users: float | None
    cheaper_above: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Economics:
    """The shape of a bill: `fixed_usd` is what remains without users. [USD/month]"""

    fixed_usd: float
    variable_usd: float
    idle: tuple[Idle, ...]
    growing: tuple[Growing, ...]
    break_evens: tuple[BreakEven, ...]


def economics_of(case: Case, day: Outcome) -> Economics:
    """Return how the bill of a day follows the users.

    Parameters
    ----------
    case : Case
        The design, and the values in force.
    day : Outcome
        The day at the size asked for.

    Returns
    -------
    Economics
        Fixed and variable cost, idle capacity, the lines that grow most, and break-evens.

    Notes
    -----
    What grows with the users is continued in proportion from the day that was run, so a doubling
    of the users doubles the flows and leaves hours and what else is kept as they are.
    """
    nobody, twice = (_bill(case, day, factor) for factor in (0.0, 2.0))
    total, fixed = float(day.bill.monthly_usd), float(nobody.monthly_usd)
    return Economics(
        fixed_usd=min(fixed, total),
        variable_usd=max(0.0, total - fixed),
        idle=tuple(_idle(day)),
        growing=_growing(day.bill, twice),
        break_evens=tuple(_break_evens(case, day)),
    )


def _bill(case: Case, day: Outcome, factor: float) -> Bill:
    meters = {name: scaled(m, factor) for name, m in day.meters.items()}
    return price(case, case.inputs.kinds, meters)


def _idle(day: Outcome) -> Iterator[Idle]:
    """Yield what stands unused of each component, by the mean of its busiest gauge."""
    means = np.array(day.record.uses).mean(axis=0)
    busiest: dict[str, tuple[float, str]] = {}
    for gauge in day.model.gauges:
        if gauge.limit.grows:
            mean = (min(1.0, float(means[gauge.slot])), gauge.limit.label)
            busiest[gauge.component] = max(mean, busiest.get(gauge.component, (0.0, "")))
    paid: dict[str, float] = {}
    for line in day.bill.lines:
        if line.unit in CAPACITY_UNITS and line.component in busiest:
            paid[line.component] = paid.get(line.component, 0.0) + float(line.monthly_usd or 0.0)
    for component in sorted(paid, key=lambda name: (-paid[name], name)):
        use, label = busiest[component]
        if paid[component] * (1.0 - use) >= WORTH_USD:
            yield Idle(component, paid[component] * (1.0 - use), 1.0 - use, label)


def _growing(bill: Bill, twice: Bill) -> tuple[Growing, ...]:
    after = {_key(line): float(line.monthly_usd or 0.0) for line in twice.lines}
    lines = [
        Growing(line.component, line.name, float(line.monthly_usd or 0.0), after[_key(line)])
        for line in bill.lines
        if _key(line) in after
    ]
    lines.sort(key=lambda line: (line.usd - line.twice_usd, line.component, line.name))
    return tuple(line for line in lines if line.twice_usd > line.usd)[:MOST_LINES]


def _key(line: BillLine) -> tuple[str, str, str]:
    return line.component, line.price_id, line.name


def _break_evens(case: Case, day: Outcome) -> Iterator[BreakEven]:
    facts, kinds = case.inputs.facts, case.inputs.kinds
    for component, kind in kinds.items():
        meters = day.meters[component]
        for other in alternatives_of(kind, facts):
            found = _compared(case, day, meters, (kind.usage, other.bill))
            if found is not None:
                yield _even(component, other.now, other.label, found, other.note)
    for way in ways_out(case.inputs.architecture, kinds, day.meters):
        found = _compared(case, day, way.meters, (way.now_bill, way.other_bill))
        if found is not None:
            yield _even(way.component, way.now, way.other, found, way.note)


Bills = Sequence[Callable[[Meters], Sequence[Usage]]]
_Found = tuple[float, float, float | None, bool]


def _even(component: str, now: str, other: str, found: _Found, note: str) -> BreakEven:
    now_usd, other_usd, users, other_wins_above = found
    return BreakEven(
        component=component,
        now=now,
        other=other,
        now_usd=now_usd,
        other_usd=other_usd,
        daily_users=users,
        cheaper_above=other if other_wins_above else now,
        note=note,
    )


def _compared(case: Case, day: Outcome, meters: Meters, bills: Bills) -> _Found | None:
    """Return both bills now, where they meet, and whether the other is cheaper above that.

    None where a price is not known, or where neither bill is worth a word.
    """

    facts = case.inputs.facts
    for bill in bills:
        if not price_bill((("", use) for use in bill(meters)), facts).is_complete:
            return None

    def costs(daily_users: float) -> tuple[float, float]:
        at = scaled(meters, daily_users / day.daily_users)
        return total_usd(bills[0](at), facts), total_usd(bills[1](at), facts)

    now, other = costs(day.daily_users)
    if max(now, other) < WORTH_USD:
        return None
    meets = _meeting(costs, day.daily_users)
    above = costs(meets * 1.1 if meets else SIZES[-1])
    return now, other, meets, above[1] < above[0]


def _meeting(costs: Callable[[float], tuple[float, float]], asked: float) -> float | None:
    """Return the daily users at which two bills are the same; of several the nearest to `asked`."""

    def ahead(users: float) -> float:
        now, other = costs(users)
        return now - other

    signs = [ahead(size) for size in SIZES]
    crossings = [k for k in range(len(SIZES) - 1) if signs[k] * signs[k + 1] < 0.0]
    if not crossings:
        return None
    k = min(crossings, key=lambda k: abs(np.log(SIZES[k] / asked)))
    low, high, sign = SIZES[k], SIZES[k + 1], signs[k]
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        if ahead(middle) * sign > 0.0:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def as_json(shape: Economics, unit_factor: float) -> Mapping[str, object]:
    """Return the shape of a bill for the summary of a forecast.

    Parameters
    ----------
    shape : Economics
        Fixed and variable cost, idle capacity, growth, break-evens.
    unit_factor : float
        Daily users for one user in the unit of the scenario.

    Returns
    -------
    Mapping[str, object]
        Amounts [USD/month] and users in the unit of the scenario.
    """
    return {
        "fixed_usd": shape.fixed_usd,
        "variable_usd": shape.variable_usd,
        "idle": [
            {"component": i.component, "monthly_usd": i.usd, "share": i.share, "label": i.gauge}
            for i in shape.idle
        ],
        "growing": [
            {
                "component": g.component,
                "name": g.name,
                "monthly_usd": g.usd,
                "twice_usd": g.twice_usd,
            }
            for g in shape.growing
        ],
        "break_evens": [
            {
                "component": b.component,
                "now": b.now,
                "other": b.other,
                "now_usd": b.now_usd,
                "other_usd": b.other_usd,
                "users": None if b.daily_users is None else b.daily_users / unit_factor,
                "cheaper_above": b.cheaper_above,
                "note": b.note,
            }
            for b in shape.break_evens
        ],
    }
