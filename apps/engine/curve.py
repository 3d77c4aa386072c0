"""What a design does and costs from a thousand users to ten million."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from apps.engine.catalog.base import Kind, Meters
from apps.engine.fluid.day import Record
from apps.engine.fluid.model import Model
from apps.engine.headroom.case import Case
from apps.engine.headroom.search import Stopped, summary
from apps.engine.latency import Percentiles, over_day
from apps.engine.metering import meters_of, scaled, usages
from apps.engine.pricing import Bill, price_bill

# 1, 2 and 5 times each power of ten.
SIZES = (*(m * 10.0**k for k in range(3, 7) for m in (1, 2, 5)), 1e7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """One row of the table: what has no meaning above the most users is None."""

    users: float
    peak_rps: float
    latency: Percentiles | None
    refused_share: float
    monthly_usd: float
    is_complete: bool
    per_1000_requests_usd: float | None
    holds: bool
    raised: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """One day that was run to its end, with what it amounts to in a month."""

    daily_users: float
    model: Model
    record: Record
    meters: Mapping[str, Meters]
    bill: Bill
    latency: Percentiles | None
    refused_share: float
    requests_per_month: float


def outcome(case: Case, daily_users: float, seed: int) -> Outcome:
    """Run a whole day and price its month.

    Parameters
    ----------
    case : Case
        The design, and the values in force.
    daily_users : float
        Distinct users of the day. [count]
    seed : int
        Where the draws come from.

    Returns
    -------
    Outcome
        The model after the day, its record, bill and latency.
    """
    model, record = case.run(daily_users, keep_states=True)
    meters = _meters(case, model, daily_users)
    arrived, failed = np.array(record.arrived), np.array(record.failed)
    facing = [k for k, entry in enumerate(case.entries) if entry.faces_users]
    doors = case.doors(model)
    latency = over_day(
        model,
        [doors[k] for k in facing],
        record.snapshots,
        arrived[:, facing].tolist(),
        np.random.default_rng(seed),
    )
    judged = facing or list(range(len(doors)))
    total = float(arrived[:, judged].sum())
    return Outcome(
        daily_users=daily_users,
        model=model,
        record=record,
        meters=meters,
        bill=price(case, case.inputs.kinds, meters),
        latency=latency,
        refused_share=float(failed[:, judged].sum()) / total if total else 0.0,
        requests_per_month=total * case.habits.month_days,
    )


def _meters(case: Case, model: Model, daily_users: float) -> dict[str, Meters]:
    return meters_of(
        model,
        case.entries,
        case.inputs.scenario.actions,
        month_days=case.habits.month_days,
        monthly_users=daily_users / case.habits.daily_per_monthly,
        daily_users=daily_users,
        known=case.inputs.scenario.usage,
    )


def price(case: Case, kinds: Mapping[str, Kind], meters: Mapping[str, Meters]) -> Bill:
    """Return the bill of a month.

    Parameters
    ----------
    case : Case
        The design, and the values in force.
    kinds : Mapping[str, Kind]
        Settings by component.
    meters : Mapping[str, Meters]
        What each component did in the month.

    Returns
    -------
    Bill
        Its lines, and whether every one has a price. [$]
    """
    inputs = case.inputs
    return price_bill(usages(inputs.architecture, kinds, meters), inputs.facts)


def curve(
    case: Case,
    holds: float | None,
    unit_factor: float,
    seed: int,
    go_on: Callable[[int], bool],
    known: Outcome | None = None,
) -> tuple[Size, ...]:
    """Return the table of sizes.

    Parameters
    ----------
    case : Case
        The design.
    holds : float or None
        Its most daily users; None where nothing binds.
    unit_factor : float
        Daily users for one user in the unit of the scenario.
    seed : int
        Seed of the latency draws.
    go_on : callable
        Asked before each size with its place; raises Stopped when it answers False.
    known : Outcome, optional
        A day that was run already, which is not run again.

    Returns
    -------
    tuple[Size, ...]
        One row for each of 13 sizes, the smallest first.

    Raises
    ------
    Stopped
        If `go_on` answered False.

    Notes
    -----
    Above the most users the bill is that of raised limits: what grows with users is continued
    in proportion from the largest day that holds, and each class is the smallest that carries
    the load; the refused share is that of the peak hour as the design stands.
    """
    rows = []
    largest: Outcome | None = None
    for place, users in enumerate(SIZES):
        if not go_on(place):
            raise Stopped
        daily = users * unit_factor
        if holds is None or daily <= holds:
            is_known = known is not None and known.daily_users == daily
            largest = known if known and is_known else outcome(case, daily, seed)
            rows.append(_within(case, users, largest))
        else:
            base = largest or outcome(case, holds, seed)
            largest = base
            rows.append(_beyond(case, users, daily, base))
    return tuple(rows)


def _within(case: Case, users: float, result: Outcome) -> Size:
    usd = float(result.bill.monthly_usd)
    requests = result.requests_per_month
    return Size(
        users=users,
        peak_rps=case.peak_rps(result.daily_users),
        latency=result.latency,
        refused_share=result.refused_share,
        monthly_usd=usd,
        is_complete=result.bill.is_complete,
        per_1000_requests_usd=1000.0 * usd / requests if requests else None,
        holds=True,
    )


def _beyond(case: Case, users: float, daily: float, base: Outcome) -> Size:
    factor = daily / base.daily_users
    meters = {name: scaled(m, factor) for name, m in base.meters.items()}
    probe = summary(base.model, base.record, base.daily_users, None)
    kinds, raised = {}, []
    for name, kind in case.inputs.kinds.items():
        needs = {key[1:]: use * factor for key, use in probe.uses.items() if key[0] == name}
        kinds[name] = kind.raised(case.inputs.facts, needs)
        if kinds[name] != kind:
            raised.append(name)
    for key, use in sorted(probe.uses.items()):
        if use * factor > 1.0 and key[0] not in raised:
            raised.append(key[0])
    bill = price(case, kinds, meters)
    return Size(
        users=users,
        peak_rps=case.peak_rps(daily),
        latency=None,
        refused_share=peak_hour_refused(case, daily),
        monthly_usd=float(bill.monthly_usd),
        is_complete=bill.is_complete,
        per_1000_requests_usd=None,
        holds=False,
        raised=tuple(dict.fromkeys(raised)),
    )


def peak_hour_refused(case: Case, daily_users: float) -> float:
    """Return the share of requests refused, failed or lost around the busiest minute.

    Parameters
    ----------
    case : Case
        The design, and the values in force.
    daily_users : float
        Distinct users of the day. [count]

    Returns
    -------
    float
        Share of the requests, or of the messages of the worst queue. [-]
    """
    rates = case.rates(daily_users)
    busiest = rates.busiest_minute()
    start = min(max(0, busiest - 30), 1380)
    model, record = case.run(daily_users, minutes=range(start, start + 60), rates=rates)
    arrived, failed = np.array(record.arrived).sum(), np.array(record.failed).sum()
    lost = 0.0
    for queue in model.queues():
        offered = model.v[queue.port.offered]
        if offered > 0.0:
            lost = max(lost, model.v[queue.port.refused] / offered)
    return max(float(failed / arrived) if arrived else 0.0, lost)
