"""Which assumptions move the verdict, how far, and so how far the verdict can be trusted."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from apps.engine.headroom.case import Case
from apps.engine.headroom.peak import PeakRates, fullness_at, peak_rates
from apps.engine.headroom.ranges import Busiest, Level, samples
from apps.engine.headroom.search import LIMIT_BEYOND, Found, GaugeKey
from apps.engine.inputs import TRAFFIC, Input, link_name

MOST = 5
# Enough that P10 and P90 stand within some per cent of those of many more.
SAMPLES = 128
# In a large design only so many are tried, those nearest to what ends it first.
_MOST_TRIED = 60
# Effects below one per cent are no news.
_NOTHING = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """An assumption, its range, and the verdict at both ends of it."""

    owner: str
    name: str
    rule: str
    unit: str
    assumed: float
    low: float
    high: float
    holds_at_low: float
    holds_at_high: float


@dataclass(frozen=True, slots=True)
class VerdictRange:
    """The range of a verdict: P10 and P90, its drivers, and how sure the first limit is."""

    low: float
    high: float
    drivers: tuple[Driver, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class _Tried:
    """One input at both ends of its range: the users held there."""

    item: Input
    low: float
    high: float

    def effect(self, users: float) -> float:
        """Return how far the verdict moves at most, as a logarithm."""
        return max(abs(math.log(end / users)) for end in (self.low, self.high))


def verdict_range(
    case: Case,
    found: Found,
    go_on: Callable[[], bool],
    *,
    seed: int = 0,
    count: int = SAMPLES,
) -> VerdictRange:
    """Return the range of the most users over joint samples of all that is assumed.

    Parameters
    ----------
    case : Case
        The design at its expected values.
    found : Found
        Its verdict.
    go_on : callable
        Asked before each group of runs; raises Stopped when it answers False.
    seed : int
        The same seed gives the same range. It is the same for every question unless told, so
        that two forecasts differ only by what differs in them.
    count : int
        Joint samples. [count]

    Returns
    -------
    VerdictRange
        P10 and P90 [daily users], the five largest drivers, and the share of the samples in
        which the same limit is met first.

    Notes
    -----
    In every sample, and for each input alone at both ends of its range, the busiest minute is
    solved for the users that fill it as much as the verdict's own fill it at the expected
    values. So at the expected values a sample is the verdict itself, whatever whole days add to
    the busiest minute, and the range always holds it.
    """
    level, rates, wanted = _level(case, found)
    items = nearest(case, level.gauge, wanted)
    alone = [{i.key: end} for i in items for end in (i.spread.low, i.spread.high)]
    busiest = Busiest(case, rates, level)
    users = busiest.ends(alone, go_on).users
    tried = [_Tried(i, *users[2 * k : 2 * k + 2].tolist()) for k, i in enumerate(items)]
    effects = np.log(users / level.users).reshape(-1, 2)
    every = busiest.ends(samples(items, count, seed, effects), go_on)
    tried = [one for one in tried if one.effect(level.users) > _NOTHING]
    tried.sort(key=lambda one: (-one.effect(level.users), one.item.key))
    low, high = np.percentile(every.users, (10, 90)).tolist()
    met = [gauge == level.gauge for gauge in every.gauges]
    return VerdictRange(
        low=min(low, level.users),
        high=max(high, level.users),
        drivers=tuple(_driver(one) for one in tried[:MOST]),
        confidence=sum(met) / len(met),
    )


def _level(case: Case, found: Found) -> tuple[Level, PeakRates, Mapping[str, float]]:
    """Return how full the verdict's own users make the busiest minute, and what each wants."""
    users = found.daily_users or LIMIT_BEYOND
    rates = peak_rates(case, users)
    settled = fullness_at(case, rates, users)
    violation = found.breaks.violation if found.breaks else None
    is_slow = violation is not None and violation.target in ("p95_ms", "p99_ms")
    allowed_s = settled.slowest_s if is_slow else 0.0
    full = settled.fullest(allowed_s)
    gauge = settled.fullest_gauge()
    if gauge is not None and allowed_s > 0.0 and settled.by_gauge[gauge] < full:
        gauge = None
    return Level(users, full, allowed_s, gauge), rates, settled.wanted


def nearest(case: Case, gauge: GaugeKey | None, wanted: Mapping[str, float]) -> list[Input]:
    """Return open inputs, those of the users first, then by their distance from a limit.

    From a quota of the account the way goes to those who want most of it.

    Parameters
    ----------
    case : Case
        The design, and the values in force.
    gauge : (str, str, str) or None
        Component, role and gauge of the limit; None for no order.
    wanted : mapping of str to float
        What each component asks for, by id: at once, or a second.

    Returns
    -------
    list of Input
        All of them where they are few; else those nearest to the limit.
    """
    open_inputs = case.inputs.open()
    by_owner: dict[str, list[Input]] = {}
    for item in open_inputs:
        by_owner.setdefault(item.key[0], []).append(item)
    found = by_owner.pop(TRAFFIC, [])
    if len(open_inputs) <= _MOST_TRIED or gauge is None:
        return [item for item in open_inputs if item not in found] + found
    architecture = case.inputs.architecture
    reached, queue = {gauge[0]}, [gauge[0]]
    if not (architecture.inbound(gauge[0]) or architecture.outbound(gauge[0])):
        queue += sorted(wanted, key=lambda name: (-wanted[name], name))
    for component in queue:
        links = (*architecture.inbound(component), *architecture.outbound(component))
        for owner in (component, *(link_name(link) for link in links)):
            found += by_owner.pop(owner, [])
        if len(found) >= _MOST_TRIED:
            break
        for link in links:
            for other in (link.source, link.target):
                if other not in reached:
                    reached.add(other)
                    queue.append(other)
    return found[:_MOST_TRIED]


def _driver(one: _Tried) -> Driver:
    key, spread = one.item.key, one.item.spread
    return Driver(
        owner=key[0],
        name=key[1],
        rule=spread.rule,
        unit=spread.unit,
        assumed=spread.expected,
        low=spread.low,
        high=spread.high,
        holds_at_low=one.low,
        holds_at_high=one.high,
    )
