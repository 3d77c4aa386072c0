"""Joint samples of what is assumed, and how many users fill a design in each of them.

References
----------
.. [1] M. D. McKay, R. J. Beckman, W. J. Conover, "A Comparison of Three Methods for Selecting
   Values of Input Variables in the Analysis of Output from a Computer Code", Technometrics 21,
   1979 (Latin hypercube sampling).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.engine.catalog.base import Spread
from apps.engine.fluid.blueprint import Blueprint
from apps.engine.fluid.scenarios import Batch
from apps.engine.fluid.stacking import stack
from apps.engine.headroom.case import Case
from apps.engine.headroom.effects import Effects, Scenario
from apps.engine.headroom.peak import STEPS, PeakRates
from apps.engine.headroom.search import FEWEST, LIMIT_BEYOND, GaugeKey, Stopped
from apps.engine.inputs import Input, Key
from apps.engine.stages.base import FloatArray
from apps.engine.stages.queue import Queue

# Standard deviations from the median to P10 and P90 of a normal law.
_NORMAL = NormalDist()
_P90 = _NORMAL.inv_cdf(0.9)
# So many samples are drawn for each that is run.
_DRAWN = 21
# So many scenarios are stepped side by side: enough that the cost of a step is shared.
_SIDE_BY_SIDE = 512
_ITERATIONS, _CLOSE = 4, 0.01
_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0


@dataclass(frozen=True, slots=True)
class Ends:
    """By scenario: the users that fill the design, and the limit met first (None: the time)."""

    users: FloatArray
    gauges: tuple[GaugeKey | None, ...]


def samples(
    inputs: Sequence[Input], count: int, seed: int, effects: FloatArray | None = None
) -> list[dict[Key, float]]:
    """Return joint samples of inputs, independent of each other.

    Parameters
    ----------
    inputs : sequence of Input
        What is assumed; low, expected and high are read as P10, P50 and P90.
    count : int
        How many. [count]
    seed : int
        The same seed gives the same samples.
    effects : ndarray, shape (inputs, 2), optional
        By how much the result moves with each input alone at low and at high, as logarithms.
        [-]

    Returns
    -------
    list of dict
        Values by key.

    Notes
    -----
    A Latin hypercube: each input takes one value of each of many equal shares of its law, in
    an order of its own. The law is lognormal on either side of the median, normal where a range
    reaches zero, and what lies beyond low or high is put there, as no value beyond is known to
    be possible. Where effects are known, more are drawn than are asked for, sorted by the sum of
    their effects, and one taken from each of `count` equal shares, so that few stand for many.
    The order goes through these shares by the golden section, so that the samples of any stretch
    of the list are spread as evenly as all of them: a run that was stopped is not lopsided.
    """
    rng = np.random.default_rng(seed)
    drawn = count if effects is None else _DRAWN * count
    levels = np.array([_NORMAL.inv_cdf((k + 0.5) / drawn) for k in range(drawn)]) / _P90
    steps = np.array([rng.permutation(levels) for _ in inputs]).reshape(len(inputs), drawn)
    if effects is not None:
        cut = np.clip(steps, -1.0, 1.0)
        moved = np.where(cut < 0.0, -cut * effects[:, :1], cut * effects[:, 1:]).sum(axis=0)
        chosen = np.argsort(moved, kind="stable")[_DRAWN // 2 :: _DRAWN]
        steps = steps[:, chosen[_spread_out(count)]]
    columns = [
        (item.key, _quantiles(item.spread, row).tolist())
        for item, row in zip(inputs, steps, strict=True)
    ]
    return [{key: column[k] for key, column in columns} for k in range(count)]


def _spread_out(count: int) -> NDArray[np.int64]:
    """Return the places of a list in an order in which neighbours lie far apart."""
    order = np.argsort(np.arange(count) * _GOLDEN % 1.0, kind="stable")
    ranks = np.empty(count, dtype=np.int64)
    ranks[order] = np.arange(count)
    return ranks


def _quantiles(spread: Spread, steps: FloatArray) -> FloatArray:
    """Return values at so many P90's from the median: -1 is low, 0 expected, 1 high."""
    low, middle, high = spread.low, spread.expected, spread.high
    steps = np.clip(steps, -1.0, 1.0)
    if low > 0.0 and middle > 0.0:
        down, up = math.log(middle / low), math.log(high / middle)
        values = middle * np.exp(np.where(steps < 0.0, steps * down, steps * up))
    else:
        values = middle + np.where(steps < 0.0, steps * (middle - low), steps * (high - middle))
    return np.clip(values, low, high)


class Stacked(NamedTuple):
    """Scenarios of one shape: their places in the list that they come from, and their batch."""

    places: NDArray[np.int64]
    batch: Batch
    blueprints: Sequence[Blueprint]


def side_by_side(
    case: Case, scenarios: Sequence[Scenario], go_on: Callable[[], bool]
) -> Iterator[Stacked]:
    """Yield scenarios stacked, their capacities at rest.

    Parameters
    ----------
    case : Case
        The design, and the values in force.
    scenarios : sequence of mapping
        Values tried, by key, in place of the expected ones.
    go_on : callable
        Asked before each batch.

    Yields
    ------
    Stacked
        Every scenario once.

    Raises
    ------
    Stopped
        If `go_on` answered False.
    """
    for start in range(0, len(scenarios), _SIDE_BY_SIDE):
        part = scenarios[start : start + _SIDE_BY_SIDE]
        blueprints = [case.inputs.blueprint({**case.tried, **tried}) for tried in part]
        if case.lifts:
            blueprints = [replace(one, lifts=case.lifts) for one in blueprints]
        for batch in stack(blueprints):
            if not go_on():
                raise Stopped
            batch.rest()
            members = [blueprints[k] for k in batch.members.tolist()]
            yield Stacked(start + batch.members, batch, members)


@dataclass(frozen=True, slots=True)
class Level:
    """What the busiest minute of the verdict is like: users, how full, and how long at most.

    `allowed_s` is 0 where no time bounds the verdict. [s]
    """

    users: float
    full: float
    allowed_s: float
    gauge: GaugeKey | None


class Busiest:
    """The busiest minute of a design, to be filled in scenarios that differ in some values."""

    def __init__(self, case: Case, rates: PeakRates, level: Level) -> None:
        self.case, self.level = case, level
        self.fixed = np.array(rates.fixed)
        self.effects = Effects(case, rates, level.users)

    def ends(self, scenarios: Sequence[Scenario], go_on: Callable[[], bool]) -> Ends:
        """Return how many users fill the minute as much as the verdict's own users do.

        Parameters
        ----------
        scenarios : sequence of mapping
            Values tried, by key, in place of the expected ones.
        go_on : callable
            Asked before each group of scenarios; raises Stopped when it answers False.

        Returns
        -------
        Ends
            In the order of the scenarios; it does not matter which are asked for together.

        Raises
        ------
        Stopped
            If `go_on` answers False.
        """
        users = np.zeros(len(scenarios))
        gauges: list[GaugeKey | None] = [None] * len(scenarios)
        growing = self._rates(scenarios)
        for stacked in side_by_side(self.case, scenarios, go_on):
            places = stacked.places
            users[places], first = self.fill(stacked.batch, growing[places])
            for place, gauge in zip(places.tolist(), first, strict=True):
                gauges[place] = gauge
        return Ends(users, tuple(gauges))

    def fill(self, batch: Batch, growing: FloatArray) -> tuple[FloatArray, list[GaugeKey | None]]:
        """Return the users that fill the minute in a batch, and the limits met first.

        Parameters
        ----------
        batch : Batch
            Scenarios with their capacities at rest; its state is used up.
        growing : ndarray, shape (scenarios, entries)
            Requests a second of one daily user. [1/s]

        Returns
        -------
        users : ndarray, shape (scenarios,)
            Daily users. [users/day]
        gauges : list of (str, str, str) or None
            Component, role and gauge of the limit; None where it is the time.
        """
        return _Peak(self.case, batch, growing, self.fixed).users_that_fill(self.level)

    def _rates(self, scenarios: Sequence[Scenario]) -> FloatArray:
        """Return requests a second of one daily user, shape (scenarios, entries)."""
        return self.effects.base.peak * self.effects.of(scenarios).peak


class _Peak:
    """The busiest minute of many scenarios."""

    def __init__(self, case: Case, batch: Batch, growing: FloatArray, fixed: FloatArray) -> None:
        self.batch, self.growing, self.fixed = batch, growing.T, fixed
        self.doors = [door.port for door in case.doors(batch.model)]
        self.waits = [a.entry.faces_users for a in case.arrivals]
        self.gauges = sorted(batch.gauges, key=lambda g: g.gauge.key, reverse=True)
        self.keys: list[GaugeKey | None] = [g.gauge.key for g in self.gauges]
        flying = [q.port.own + Queue.FLIGHT for q in batch.model.queues()]
        self.calm = [*batch.model.restless(), *flying]

    def users_that_fill(self, level: Level) -> tuple[FloatArray, list[GaugeKey | None]]:
        """Return users and first limits, by a few steps of a secant in each scenario."""
        count = self.growing.shape[1]
        users, active = np.full(count, level.users), np.ones(count, dtype=bool)
        first = np.zeros(count, dtype=np.int64)
        for _ in range(_ITERATIONS):
            fullness = self.fullness(users, level.allowed_s)
            first = np.where(active, fullness.argmax(axis=0), first)
            ratio = level.full / np.maximum(fullness.max(axis=0), 1e-12)
            moved = np.clip(users * np.clip(ratio, 1e-3, 1e3), FEWEST, LIMIT_BEYOND)
            users = np.where(active, moved, users)
            active &= np.abs(ratio - 1.0) >= _CLOSE
            if not active.any():
                break
        keys = [*self.keys, None]
        return users, [keys[k] for k in first.tolist()]

    def fullness(self, users: FloatArray, allowed_s: float) -> FloatArray:
        """Run the minute until it stands still; return how full each limit is, the time last."""
        batch, v = self.batch, self.batch.v
        flows = (self.growing * users + self.fixed[:, None]) * 60.0
        with np.errstate(all="ignore"):
            batch.begin(users)
            steps = batch.steps(60.0)
            for _ in range(STEPS):
                for port, flow in zip(self.doors, flows, strict=True):
                    v[port.inn] += flow
                    v[port.work] += flow
                for step in steps:
                    step()
                v[self.calm] = 0.0
        rows = [gauge.fullness(v) for gauge in self.gauges]
        slow = [v[p.response] for p, waits in zip(self.doors, self.waits, strict=True) if waits]
        if allowed_s > 0.0 and slow:
            rows.append(np.max(slow, axis=0) / allowed_s)
        return np.array(rows) if rows else np.zeros((1, len(users)))
