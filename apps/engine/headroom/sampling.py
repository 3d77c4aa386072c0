"""Joint samples of all that is assumed, and the ranges of verdict and costs that they give."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from apps.engine.headroom.case import Case
from apps.engine.headroom.drivers import (
    CostDriver,
    CostRange,
    Driver,
    Ranges,
    Tried,
    VerdictRange,
    largest,
    level_of,
    nearest,
)
from apps.engine.headroom.months import Months
from apps.engine.headroom.ranges import Busiest, samples, side_by_side
from apps.engine.headroom.search import Found, GaugeKey
from apps.engine.inputs import Input
from apps.engine.stages.base import FloatArray
from apps.engine.traffic.population import daily_users

# Enough that P10 and P90 stand within some per cent of those of many more. Samples always run in
# bundles of so many, whoever asks for which: NumPy rounds a sum by the width of its arrays.
SAMPLES = 128
# Of the inputs that seem to move the costs most, so many are tried alone.
_COST_CANDIDATES = 8
# A month never costs so little; it keeps logarithms finite. [USD/month]
_LEAST_USD = 1e-6


@dataclass(frozen=True, slots=True)
class Drawn:
    """Results by sample: users [daily], the limit met first (None: the time), USD a month."""

    users: tuple[float, ...] = ()
    gauges: tuple[GaugeKey | None, ...] = ()
    usd: tuple[float, ...] = ()

    def __add__(self, other: Drawn) -> Drawn:
        return Drawn(self.users + other.users, self.gauges + other.gauges, self.usd + other.usd)

    def __len__(self) -> int:
        return len(self.users)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON, every digit kept.

        Returns
        -------
        dict of str to list
            As many of each as there are samples.
        """
        return {"users": self.users, "gauges": self.gauges, "usd": self.usd}

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> Self:
        """Return what `to_dict` wrote.

        Parameters
        ----------
        body : mapping
            It, after JSON.

        Returns
        -------
        Drawn
            The same to the last digit.
        """
        gauges = (None if key is None else tuple(key) for key in body["gauges"])
        return cls(tuple(body["users"]), tuple(gauges), tuple(body["usd"]))


class Sampler:
    """Joint samples of a design's assumptions: drawn at once, run in bundles.

    Parameters
    ----------
    case : Case
        The design at its expected values.
    found : Found
        Its verdict.
    go_on : callable
        Asked before each batch; raises Stopped when it answers False.
    count : int
        Joint samples. [count]
    seed : int
        The same seed gives the same range. It is the same for every question unless told, so
        that two forecasts differ only by what differs in them.

    Notes
    -----
    In every sample, and for each input alone at both ends of its range, the busiest minute is
    solved for the users that fill it as much as the verdict's own fill it at the expected
    values. So at the expected values a sample is the verdict itself, whatever whole days add to
    the busiest minute. The same samples say what a month costs at the size asked for.
    """

    def __init__(
        self,
        case: Case,
        found: Found,
        go_on: Callable[[], bool] = lambda: True,
        *,
        count: int = SAMPLES,
        seed: int = 0,
    ) -> None:
        self.case, self.go_on, self.count, self.seed = case, go_on, count, seed
        self.level, rates, wanted = level_of(case, found)
        asked = daily_users(case.inputs.scenario, case.habits, case.requests_per_user_day)
        self.unit_factor = asked / case.inputs.scenario.population.value
        self.busiest = Busiest(case, rates, self.level)
        self.months = Months(case, self.busiest.effects, asked)
        tried = nearest(case, self.level.gauge, wanted)
        ends = self.busiest.ends(both_ends(tried), go_on).users.reshape(-1, 2)
        self.alone = [Tried(i, *pair) for i, pair in zip(tried, ends.tolist(), strict=True)]
        # Inputs far from the limit hardly move it, but what they cost counts.
        near = {item.key for item in tried}
        self.items = [*tried, *(i for i in case.inputs.open() if i.key not in near)]
        effects = np.zeros((len(self.items), 2))
        effects[: len(tried)] = np.log(ends / self.level.users)
        self.drawn = samples(self.items, count, seed, effects)

    @property
    def bundles(self) -> int:
        """How many bundles there are to run."""
        return math.ceil(self.count / SAMPLES)

    def run(self, bundle: int) -> Drawn:
        """Return the results of a bundle of samples, the same whichever ran before.

        Parameters
        ----------
        bundle : int
            Which of the bundles, from 0.

        Returns
        -------
        Drawn
            `SAMPLES` of each, fewer in the last bundle.

        Raises
        ------
        Stopped
            If `go_on` answered False.
        """
        chosen = self.drawn[bundle * SAMPLES : (bundle + 1) * SAMPLES]
        users, usd = np.zeros(len(chosen)), np.zeros(len(chosen))
        gauges: list[GaugeKey | None] = [None] * len(chosen)
        raised = self.busiest.effects.of(chosen)
        growing = self.busiest.effects.base.peak * raised.peak
        for stacked in side_by_side(self.case, chosen, self.go_on):
            places = stacked.places
            users[places], first = self.busiest.fill(stacked.batch, growing[places])
            values = [chosen[k] for k in places.tolist()]
            usd[places] = self.months.bills(stacked, values, raised.day[places])
            for place, gauge in zip(places.tolist(), first, strict=True):
                gauges[place] = gauge
        return Drawn(tuple(users.tolist()), tuple(gauges), tuple(usd.tolist()))

    def ranges(self, drawn: Drawn, ran: Sequence[int] | None = None) -> Ranges:
        """Return the ranges of verdict and costs.

        Parameters
        ----------
        drawn : Drawn
            Results of some bundles or all.
        ran : sequence of int, optional
            Which samples they are of, in the same order; the first ones unless told.

        Returns
        -------
        Ranges
            They always hold what is expected.
        """
        places = range(len(drawn)) if ran is None else ran
        return Ranges(
            count=len(drawn),
            asked=self.count,
            seed=self.seed,
            unit_factor=self.unit_factor,
            verdict=self._verdict(drawn),
            cost=self._cost(np.array(drawn.usd), places),
        )

    def _verdict(self, drawn: Drawn) -> VerdictRange:
        users = self.level.users
        low, median, high = np.percentile(drawn.users, (10, 50, 90)).tolist()
        met = [gauge == self.level.gauge for gauge in drawn.gauges]
        return VerdictRange(
            low=min(low, users),
            median=median,
            high=max(high, users),
            drivers=tuple(
                Driver.of(one.item, holds_at_low=one.low, holds_at_high=one.high)
                for one in largest(self.alone, users)
            ),
            confidence=sum(met) / len(met),
        )

    def _cost(self, usd: FloatArray, places: Sequence[int]) -> CostRange:
        tried = self._candidates(usd, places)
        priced = self.months.usd([{}, *both_ends(tried)], self.go_on)
        expected = max(float(priced[0]), _LEAST_USD)
        times, ends = np.maximum(usd, _LEAST_USD) / expected, priced[1:] / expected
        ends = np.maximum(ends, _LEAST_USD / expected)
        low, median, high = np.percentile(times, (10, 50, 90)).tolist()
        alone = [
            Tried(item, *pair)
            for item, pair in zip(tried, ends.reshape(-1, 2).tolist(), strict=True)
        ]
        drivers = tuple(
            CostDriver.of(one.item, times_at_low=one.low, times_at_high=one.high)
            for one in largest(alone, 1.0)
        )
        return CostRange(min(low, 1.0), median, max(high, 1.0), drivers)

    def _candidates(self, results: FloatArray, places: Sequence[int]) -> list[Input]:
        """Return the inputs that go with a result most closely over the samples, by rank."""
        ranks = _ranks(results)
        if not self.items or not ranks.any():
            return []
        strength = {}
        for item in self.items:
            values = np.array([self.drawn[k][item.key] for k in places])
            strength[item.key] = abs(float(ranks @ _ranks(values)))
        ordered = sorted(self.items, key=lambda item: (-strength[item.key], item.key))
        return ordered[:_COST_CANDIDATES]


def ranges_of(
    case: Case,
    found: Found,
    go_on: Callable[[], bool],
    *,
    seed: int = 0,
    count: int = SAMPLES,
) -> Ranges:
    """Return the ranges over joint samples of all that is assumed, all of them run.

    Parameters
    ----------
    case : Case
        The design at its expected values.
    found : Found
        Its verdict.
    go_on : callable
        Asked before each batch; raises Stopped when it answers False.
    seed : int
        As for `Sampler`.
    count : int
        Joint samples. [count]

    Returns
    -------
    Ranges
        P10 and P90, the five largest drivers, and the share of the samples in which the same
        limit is met first.
    """
    sampler = Sampler(case, found, go_on, count=count, seed=seed)
    drawn = Drawn()
    for bundle in range(sampler.bundles):
        drawn += sampler.run(bundle)
    return sampler.ranges(drawn)


def both_ends(items: Sequence[Input]) -> list[dict[tuple[str, str], float]]:
    """Return for each input two scenarios: at its low and at its high.

    Parameters
    ----------
    items : sequence of Input
        Assumptions, in their own units.

    Returns
    -------
    list of dict
        Two for each input, in their order.
    """
    return [{i.key: end} for i in items for end in (i.spread.low, i.spread.high)]


def _ranks(values: FloatArray) -> FloatArray:
    """Return ranks about their mean; all zero where the values do not differ."""
    if values.max(initial=-math.inf) <= values.min(initial=math.inf):
        return np.zeros(len(values))
    ranks: FloatArray = np.empty(len(values))
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    ranks -= ranks.mean()
    return ranks
