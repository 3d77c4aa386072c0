"""What if it breaks: what is lost, what is late, and when it is well again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from apps.engine.fluid.day import Record, run_day
from apps.engine.fluid.model import Model
from apps.engine.headroom.breaking import BreakingCase, BreakingJudge, slowest_minute
from apps.engine.headroom.case import Case
from apps.engine.headroom.judge import Judge
from apps.engine.headroom.search import FEWEST, Found, Stopped, find_most, try_users
from apps.engine.stages.arrivals import BoolArray
from apps.engine.stages.base import FloatArray
from apps.engine.traffic.faults import Fault

# More than on the same day without the fault: a share of refusals [-], a part of an age or of a
# response [-], and a whole message.
_REFUSED, _LATER, _ONE_MESSAGE = 5e-4, 1.05, 0.5
# Less than this part of what is lost in all is the tail of it. [-]
_TAIL = 0.01
# An age that is no delay yet. [s]
_YOUNG_S = 5.0
# Nobody needs the users that a broken day holds to half a per cent.
_TOLERANCE = 0.02
QUARTERS = 96


@dataclass(frozen=True, slots=True)
class Amount:
    """How much of something at one component; `without` is the same day without the fault."""

    component: str
    value: float
    without: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultOutcome:
    """What one fault does to a day, beside the same day without it.

    `requests` were refused or failed beyond that day, by entry [count], `share` of those that
    came while it lasted [-]; `messages` were given up, by queue [count]. `ages` are the oldest
    messages [s], `responses` the slowest p95 [ms], both where they got worse. `well_minute` is
    the first minute from which all targets hold for the rest of the day, None if none.
    `daily_users` are the most that such a day holds: 0 where it misses a target with one, None
    where nothing binds.
    """

    fault: Fault
    ends_s: int
    why: tuple[str, ...]
    requests: tuple[Amount, ...]
    share: float
    messages: tuple[Amount, ...]
    ages: tuple[Amount, ...]
    responses: tuple[Amount, ...]
    cold_starts: float
    unwell_minute: int | None
    well_minute: int | None
    daily_users: float | None
    refused_by_quarter: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A day that was run, minute by minute; arrays have shape (1440, entries or queues)."""

    model: Model
    record: Record
    arrived: FloatArray
    failed: FloatArray
    ages: FloatArray
    dead: FloatArray
    p95_ms: FloatArray


def outcomes(
    case: Case,
    judge: Judge,
    asked: float,
    found: Found,
    *,
    go_on: Callable[[], bool] = lambda: True,
) -> tuple[FaultOutcome, ...]:
    """Return what each fault of the scenario does, each on a day of its own.

    Parameters
    ----------
    case : Case
        The design, and the values in force.
    judge : Judge
        The targets.
    asked : float
        Who comes on that day. [daily users]
    found : Found
        The most users of the unbroken day: a broken one holds no more.
    go_on : callable
        Asked before each fault; raises Stopped when it answers False.

    Returns
    -------
    tuple of FaultOutcome
        In the order of the scenario.

    Raises
    ------
    InvalidScenario
        If a fault changes nothing in the design.
    Stopped
        If `go_on` answers False.
    """
    faults = case.inputs.scenario.faults
    if not faults:
        return ()
    plain = _seen(case, judge, asked)
    result = []
    for fault in faults:
        if not go_on():
            raise Stopped
        breaking = BreakingCase.of(case, (fault,))
        result.append(_outcome(breaking, judge, asked, found, plain))
    return tuple(result)


def _outcome(
    breaking: BreakingCase, judge: Judge, asked: float, found: Found, plain: _Seen
) -> FaultOutcome:
    (fault,) = breaking.faults
    (how,) = breaking.broken(breaking.model())
    day = _seen(breaking, judge, asked)
    lost = np.maximum(day.failed - plain.failed, 0.0).sum(axis=0)
    while_it_lasts = day.arrived[fault.starts_s // 60 : how.ends_s // 60 + 1].sum()
    unwell, well = _unwell(day, plain, judge, fault.starts_s // 60)
    queues = [queue.component for queue in day.model.queues()]
    given_up = (day.dead - plain.dead).sum(axis=0)
    return FaultOutcome(
        fault=fault,
        ends_s=how.ends_s,
        why=how.why,
        requests=_amounts(judge.components, lost, 0.0 * lost, _ONE_MESSAGE),
        share=float(min(lost.sum() / while_it_lasts, 1.0)) if while_it_lasts else 0.0,
        messages=_amounts(queues, given_up, 0.0 * given_up, _ONE_MESSAGE),
        ages=_worse(queues, day.ages, plain.ages, _YOUNG_S),
        responses=_worse(judge.components, day.p95_ms, plain.p95_ms, 1.0),
        cold_starts=max(0.0, _cold_starts(day.model) - _cold_starts(plain.model)),
        unwell_minute=unwell,
        well_minute=well,
        daily_users=_holds(breaking, judge, found),
        refused_by_quarter=_by_quarter(day),
    )


def _seen(case: Case, judge: Judge, daily_users: float) -> _Seen:
    """Run a day and keep what is compared."""
    model = case.model()
    dead: list[list[float]] = []
    queues = [(q.port.own + 3, q.port.own + 4) for q in model.queues()]

    def watch(minute: int, record: Record) -> bool:
        taken, before = minute + 1 - len(dead), dead[-1] if dead else [0.0] * len(queues)
        now = [model.v[given] + model.v[expired] for given, expired in queues]
        for k in range(1, taken + 1):
            dead.append([a + (b - a) * k / taken for a, b in zip(before, now, strict=True)])
        return True

    record = run_day(
        model, case.doors(model), case.rates(daily_users), retry=case.retry, probe=watch
    )
    return _Seen(
        model,
        record,
        np.array(record.arrived),
        np.array(record.failed),
        np.array(record.ages).reshape(len(record.ages), len(queues)),
        np.diff(np.array(dead).reshape(len(dead), len(queues)), axis=0, prepend=0.0),
        _p95_by_minute(model, record, judge),
    )


def _p95_by_minute(model: Model, record: Record, judge: Judge) -> FloatArray:
    """Return the p95 of each minute as users meet it, in proportion to its mean. [ms]

    The law of the slowest minute is drawn; the others are taken to have the same shape.
    """
    means = np.array(record.responses)
    model.changes.stand_at(model, 60 * slowest_minute(record) + 30)
    rtt_ms = judge.case.inputs.scenario.client.rtt_ms
    result = np.zeros_like(means)
    for k, (worst_s, state) in enumerate(record.worst):
        if state and worst_s > 0.0:
            p95_ms = judge.p95_ms(model, k, state) - rtt_ms
            result[:, k] = means[:, k] / worst_s * p95_ms + rtt_ms
    return result


def _unwell(day: _Seen, plain: _Seen, judge: Judge, starts: int) -> tuple[int | None, int | None]:
    """Return the first minute that misses a target for the fault's sake, and the first well one.

    A target that the plain day misses as well counts only where the fault makes it worse.
    """
    bad = _refusing(day, plain, judge) | _late(day, plain, judge) | _losing(day, plain, judge)
    bad[:starts] = False
    missed = np.flatnonzero(bad)
    if not len(missed):
        return None, starts
    last = int(missed[-1]) + 1
    return int(missed[0]), last if last < len(bad) else None


def _refusing(day: _Seen, plain: _Seen, judge: Judge) -> BoolArray:
    most = judge.targets.refused_share.max
    now, before = _share(day), _share(plain)
    return np.asarray((now > np.maximum(most, before + _REFUSED)).any(axis=1))


def _share(day: _Seen) -> FloatArray:
    return np.asarray(day.failed / np.maximum(day.arrived, 1e-12))


def _late(day: _Seen, plain: _Seen, judge: Judge) -> BoolArray:
    oldest = judge.targets.queue_age_s.max
    late = (day.ages > np.maximum(oldest, _LATER * plain.ages)).any(axis=1)
    for k in range(day.p95_ms.shape[1]):
        target = judge.p95_target_ms(k)
        if target is not None:
            late |= day.p95_ms[:, k] > np.maximum(target, _LATER * plain.p95_ms[:, k])
    return np.asarray(late)


def _losing(day: _Seen, plain: _Seen, judge: Judge) -> BoolArray:
    """Say of each minute whether messages are given up in it that are kept on the plain day."""
    more = np.maximum(day.dead - plain.dead, 0.0)
    is_loss = more.sum() > max(judge.targets.dead_letters.max, _ONE_MESSAGE)
    return np.asarray((more.sum(axis=1) > _TAIL * more.sum()) & is_loss)


def _amounts(
    names: Sequence[str], values: FloatArray, without: FloatArray, least: float
) -> tuple[Amount, ...]:
    """Return what is more than `least`, the largest first."""
    rows = [
        Amount(name, float(value), float(before))
        for name, value, before in zip(names, values, without, strict=True)
        if value > before + least
    ]
    return tuple(sorted(rows, key=lambda row: (row.without - row.value, row.component)))


def _worse(
    names: Sequence[str], now: FloatArray, before: FloatArray, least: float
) -> tuple[Amount, ...]:
    if not len(names):
        return ()
    highest, usual = now.max(axis=0), before.max(axis=0)
    rows = _amounts(names, highest, usual, least)
    return tuple(row for row in rows if row.value > _LATER * row.without)


def _cold_starts(model: Model) -> float:
    return sum(i.stage.meters(i.port, model.v).get("cold_starts", 0.0) for i in model.placed)


def _by_quarter(day: _Seen) -> tuple[float, ...]:
    """Return the highest share of refused requests in each quarter of an hour. [-]"""
    share = day.failed.sum(axis=1) / np.maximum(day.arrived.sum(axis=1), 1e-12)
    highest = share.reshape(QUARTERS, -1).max(axis=1).tolist()
    return tuple(float(f"{value:.4g}") for value in highest)


def _holds(breaking: BreakingCase, judge: Judge, found: Found) -> float | None:
    """Return the most daily users of the broken day; 0 where it misses a target with one."""
    strict = BreakingJudge(judge)
    fewest, _ = try_users(breaking, strict, max(FEWEST, 1.0))
    if fewest.violation is not None:
        return 0.0
    most = found.daily_users
    start = 1e6 if most is None else most
    return find_most(breaking, strict, start, tolerance=_TOLERANCE).daily_users
