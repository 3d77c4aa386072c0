"""Whether a design is well again by itself after an overload."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from apps.engine.fluid.blocks import Rates
from apps.engine.fluid.day import Record
from apps.engine.headroom.case import Case
from apps.engine.headroom.judge import Judge
from apps.engine.headroom.search import LIMIT_BEYOND, Found

# A load that holds with room to spare, then three times as many come for ten minutes.
_SPARE, _CROWD = 0.9, 3.0
_CALM_MIN, _RUSH_MIN, _AFTER_MIN, _TREND_MIN = 5, 10, 45, 10
# A day with a fifth more users than are held.
_OVER, _NIGHT_MIN = 1.2, 60


@dataclass(frozen=True, slots=True)
class Recovery:
    """How a design behaves past its limits.

    `by_night` says whether all is well at the end of a day with a fifth more users than held.
    The branches are those of one steady load, 90 % of the busiest minute held: whether all is
    well on it after a calm start, and after an overload. A design that is bistable is well on
    the first branch only: it stays down until the load goes away. `minutes` is how long the
    overloaded branch takes to be well again; None where a backlog takes longer than was watched.
    """

    by_night: bool
    calm: bool
    overloaded: bool
    minutes: int | None

    @property
    def is_bistable(self) -> bool:
        """Say whether one steady load is well after a calm start, and not after an overload."""
        return self.calm and not self.overloaded


def recovery_of(case: Case, judge: Judge, found: Found) -> Recovery | None:
    """Return whether a design recovers; None where nothing binds.

    Parameters
    ----------
    case : Case
        The design.
    judge : Judge
        Its targets, for what "well" means.
    found : Found
        The bracket of its most users.

    Returns
    -------
    Recovery or None
        Whether all is well after each of three days, and in how many minutes. [min]

    References
    ----------
    .. [1] N. Bronson, A. Aghayev, A. Charapko, T. Zhu, "Metastable Failures in Distributed
       Systems", HotOS 2021.
    """
    most = found.daily_users
    if most is None or most >= LIMIT_BEYOND / _OVER:
        return None
    overloaded, minutes = _branch(case, judge, _SPARE * most, _CROWD)
    # What is well again on a load after a crowd is well on it without one.
    calm = overloaded or _branch(case, judge, _SPARE * most, 1.0)[0]
    return Recovery(_by_night(case, most), calm, overloaded, minutes)


def _by_night(case: Case, most: float) -> bool:
    rates = case.rates(_OVER * most)
    if min(rates.highest[-_NIGHT_MIN:]) > max(rates.highest) / _OVER:
        return False  # There is no night: more than is held comes until the day is over.
    model, record = case.run(_OVER * most, rates=rates)
    waiting = sum(model.v[slot] for slot in model.restless())
    arrived, failed = sum(record.arrived[-1]), sum(record.failed[-1])
    return failed <= 0.001 * arrived and waiting <= 60.0 * arrived + 1.0


def _branch(case: Case, judge: Judge, daily_users: float, crowd: float) -> tuple[bool, int | None]:
    """Return whether a steady load is well again after a crowd, and after how many minutes."""
    rates = case.rates(daily_users)
    level = np.asarray(rates.minutes[rates.busiest_minute()])[:, None]
    seconds = np.repeat(level, rates.seconds.shape[1], axis=1)
    rush = slice(60 * _CALM_MIN, 60 * (_CALM_MIN + _RUSH_MIN))
    seconds[:, rush] *= crowd
    end = _CALM_MIN + _RUSH_MIN
    _, record = case.run(
        daily_users, rates=Rates.of(list(seconds)), minutes=range(end + _AFTER_MIN)
    )
    ill = [m for m in range(end, len(record.arrived)) if _is_ill(judge, record, m)]
    is_late = bool(ill) and ill[-1] == len(record.arrived) - 1
    is_well = not is_late or _drains(judge, record)
    return is_well, None if is_late else (ill[-1] + 1 - end if ill else 0)


def _drains(judge: Judge, record: Record) -> bool:
    """Say whether nothing is refused at the end, and every queue that is late still shortens."""
    share = max(judge.targets.refused_share.max, 1e-9)
    pairs = zip(record.arrived[-1], record.failed[-1], strict=True)
    ages = zip(record.ages[-_TREND_MIN], record.ages[-1], strict=True)
    return all(failed <= share * arrived for arrived, failed in pairs) and all(
        now < before or now <= judge.targets.queue_age_s.max for before, now in ages
    )


def _is_ill(judge: Judge, record: Record, minute: int) -> bool:
    """Say whether a minute refuses too many, or leaves messages too long."""
    share = max(judge.targets.refused_share.max, 1e-9)
    pairs = zip(record.arrived[minute], record.failed[minute], strict=True)
    return any(failed > share * arrived for arrived, failed in pairs) or any(
        age > judge.targets.queue_age_s.max for age in record.ages[minute]
    )
