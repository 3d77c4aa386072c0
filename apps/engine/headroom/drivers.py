"""Which assumptions move the verdict, how far, and so how far the verdict can be trusted."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from apps.engine.headroom.case import Case
from apps.engine.headroom.peak import fullness_at, peak_rates
from apps.engine.headroom.search import FEWEST, LIMIT_BEYOND, Found, GaugeKey, Stopped
from apps.engine.inputs import TRAFFIC, Input, Key, link_name

MOST = 5
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
class _End:
    """One input at one end of its range: the users held there, and the limit met first."""

    daily_users: float
    gauge: GaugeKey | None


class _Scale:
    """How many users fill the busiest minute as much as the verdict's own users do."""

    def __init__(self, case: Case, found: Found) -> None:
        self.case, self.users = case, found.daily_users or LIMIT_BEYOND
        self.rates = peak_rates(case, self.users)
        settled = fullness_at(case, self.rates, self.users)
        violation = found.breaks.violation if found.breaks else None
        is_slow = violation is not None and violation.target == "p95_ms"
        self.allowed_s = settled.slowest_s if is_slow else 0.0
        self.full = settled.fullest(self.allowed_s)
        self.gauge = settled.fullest_gauge()
        self.wanted = settled.wanted

    def with_input(self, key: Key, value: float) -> _End:
        """Return the users that one changed input leaves, by four steps of a secant."""
        case = self.case.trying(key, value)
        rates = self.rates if case.has_arrivals_of(self.case) else peak_rates(case, self.users)
        users, gauge = self.users, self.gauge
        for _ in range(4):
            settled = fullness_at(case, rates, users)
            gauge = settled.fullest_gauge()
            ratio = self.full / max(settled.fullest(self.allowed_s), 1e-12)
            users = min(max(users * min(max(ratio, 1e-3), 1e3), FEWEST), LIMIT_BEYOND)
            if abs(ratio - 1.0) < 0.01:
                break
        return _End(users, gauge)


def verdict_range(case: Case, found: Found, go_on: Callable[[], bool]) -> VerdictRange:
    """Return the range of the most users, from the two-sided effect of the largest assumptions.

    Parameters
    ----------
    case : Case
        The design at its expected values.
    found : Found
        Its verdict.
    go_on : callable
        Asked before each input; raises Stopped when it answers False.

    Returns
    -------
    VerdictRange
        Low and high [daily users], the five largest drivers, and the share of all trials in
        which the same limit is met first.

    Notes
    -----
    Each open input is set to both ends of its range, and the busiest minute is solved for the
    users that fill it as much as the verdict's own. The logarithmic effects of the five largest
    are added in quadrature, as those of independent inputs.
    """
    scale = _Scale(case, found)
    tried: list[tuple[Input, _End, _End]] = []
    for item in nearest(case, scale.gauge, scale.wanted):
        if not go_on():
            raise Stopped
        low = scale.with_input(item.key, item.spread.low)
        high = scale.with_input(item.key, item.spread.high)
        if max(_effect(low, scale.users), _effect(high, scale.users)) > _NOTHING:
            tried.append((item, low, high))
    tried.sort(key=lambda t: (-max(_effect(end, scale.users) for end in t[1:]), t[0].key))
    largest = tried[:MOST]
    ends = [math.log(end.daily_users / scale.users) for _, *both in largest for end in both]
    ups = [max(0.0, *ends[k : k + 2]) for k in range(0, len(ends), 2)]
    downs = [min(0.0, *ends[k : k + 2]) for k in range(0, len(ends), 2)]
    met = [end.gauge == scale.gauge for _, *both in largest for end in both]
    return VerdictRange(
        low=scale.users * math.exp(-math.hypot(*downs)),
        high=min(LIMIT_BEYOND, scale.users * math.exp(math.hypot(*ups))),
        drivers=tuple(_driver(*each) for each in largest),
        confidence=(1 + sum(met)) / (1 + len(met)),
    )


def nearest(case: Case, gauge: GaugeKey | None, wanted: Mapping[str, float]) -> list[Input]:
    """Return open inputs, those of the users first, then by their distance from a limit.

    From a quota of the account the way goes to those who want most of it.
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


def _effect(end: _End, users: float) -> float:
    return abs(math.log(end.daily_users / users))


def _driver(item: Input, low: _End, high: _End) -> Driver:
    return Driver(
        owner=item.key[0],
        name=item.key[1],
        rule=item.spread.rule,
        unit=item.spread.unit,
        assumed=item.spread.expected,
        low=item.spread.low,
        high=item.spread.high,
        holds_at_low=low.daily_users,
        holds_at_high=high.daily_users,
    )
