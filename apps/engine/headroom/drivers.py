"""Which assumptions move the verdict and the bill, how far, and so how far to trust them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from apps.engine.headroom.case import Case
from apps.engine.headroom.peak import PeakRates, fullness_at, peak_rates
from apps.engine.headroom.ranges import Level
from apps.engine.headroom.search import LIMIT_BEYOND, Found, GaugeKey
from apps.engine.inputs import TRAFFIC, Input, link_name

MOST = 5
# In a large design only so many are tried, those nearest to what ends it first.
_MOST_TRIED = 60
# Effects below one per cent are no news.
_NOTHING = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """An assumption that moves a result, and its range."""

    owner: str
    name: str
    rule: str
    unit: str
    assumed: float
    low: float
    high: float

    @classmethod
    def of(cls, item: Input, **ends: float) -> Self:
        """Return an input as a driver.

        Parameters
        ----------
        item : Input
            The assumption, in its own unit.
        **ends : float
            What the driver tells of both ends, by its own names and in its own units.

        Returns
        -------
        Assumed
            Of the class that was asked.
        """
        spread = item.spread
        return cls(
            owner=item.key[0],
            name=item.key[1],
            rule=spread.rule,
            unit=spread.unit,
            assumed=spread.expected,
            low=spread.low,
            high=spread.high,
            **ends,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver(Assumed):
    """An assumption with the verdict at both ends of its range. [daily users]"""

    holds_at_low: float
    holds_at_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CostDriver(Assumed):
    """An assumption with the costs of a month at both ends, in the expected ones. [-]"""

    times_at_low: float
    times_at_high: float


@dataclass(frozen=True, slots=True)
class VerdictRange:
    """The range of a verdict, its drivers, and how sure the first limit is. [daily users]"""

    low: float
    median: float
    high: float
    drivers: tuple[Driver, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class CostRange:
    """The range of a month's costs at the size asked for, in the expected ones. [-]"""

    low: float
    median: float
    high: float
    drivers: tuple[CostDriver, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranges:
    """P10, P50 and P90 of `count` joint samples, of `asked` that a seed drew.

    `unit_factor` are daily users for one in the unit of the scenario. [-]
    """

    count: int
    asked: int
    seed: int
    unit_factor: float
    verdict: VerdictRange
    cost: CostRange


@dataclass(frozen=True, slots=True)
class Tried:
    """One input at both ends of its range: the users held there, or the costs of a month."""

    item: Input
    low: float
    high: float

    def effect(self, expected: float) -> float:
        """Return how far the result moves at most.

        Parameters
        ----------
        expected : float
            The result at the expected value, in the unit of both ends.

        Returns
        -------
        float
            The logarithm of a ratio. [-]
        """
        return max(abs(math.log(end / expected)) for end in (self.low, self.high))


def largest(tried: Sequence[Tried], expected: float) -> list[Tried]:
    """Return the inputs that move a result most.

    Parameters
    ----------
    tried : sequence of Tried
        Inputs at both ends of their ranges.
    expected : float
        The result at the expected values, in the unit of the ends.

    Returns
    -------
    list of Tried
        At most `MOST`, the one that moves it most first.
    """
    moving = [one for one in tried if one.effect(expected) > _NOTHING]
    moving.sort(key=lambda one: (-one.effect(expected), one.item.key))
    return moving[:MOST]


def level_of(case: Case, found: Found) -> tuple[Level, PeakRates, Mapping[str, float]]:
    """Return how full the verdict's own users make the busiest minute, and what each wants.

    Parameters
    ----------
    case : Case
        The design at its expected values.
    found : Found
        Its verdict.

    Returns
    -------
    level : Level
        How full the minute is. [-]
    rates : PeakRates
        Rates of the minute. [1/s]
    wanted : mapping of str to float
        What each component asks for, by id: at once, or a second.
    """
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
