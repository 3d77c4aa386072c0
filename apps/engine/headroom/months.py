"""What a month costs in scenarios that differ in what is assumed, side by side."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from apps.engine.fluid.model import Model, Placed
from apps.engine.headroom.case import Case
from apps.engine.headroom.effects import Effects, Scenario
from apps.engine.headroom.ranges import Stacked, side_by_side
from apps.engine.metering import meters_of, usages
from apps.engine.stages._columns import scenario_of
from apps.engine.stages.base import FloatArray, Stage
from apps.engine.stages.queue import Queue
from apps.engine.totals import total_usd
from apps.engine.traffic.habits import habits_of
from apps.engine.traffic.population import daily_users

# The minutes of the day from the calmest to the busiest, in so many parts of the day: 14 hours,
# 8 hours and the 2 busiest. What is paid for as it runs follows the load, so one mean would not do.
_PARTS = (840, 480, 120)
# Minutes after which a part has settled.
_SETTLING = 2


class _Part(NamedTuple):
    """Some minutes of the day: how many, and their mean rates by entry. [1/s]"""

    minutes: int
    per_user: FloatArray
    fixed: FloatArray


class Months:
    """The bill of a month at the users that the scenario asks for.

    Notes
    -----
    The day is taken as three settled minutes, each as often as the day has such minutes: enough
    for ratios of bills, and many times as fast as whole days. The bill of the expected values is
    known from a whole day, so only the ratio to it is asked for.
    """

    def __init__(self, case: Case, effects: Effects, asked: float) -> None:
        self.case, self.effects = case, effects
        self.parts = _parts_of(case, asked)
        self.facing = [k for k, entry in enumerate(case.entries) if entry.faces_users]

    def usd(self, scenarios: Sequence[Scenario], go_on: Callable[[], bool]) -> FloatArray:
        """Return what a month costs in each scenario.

        Parameters
        ----------
        scenarios : sequence of mapping
            Values tried, by key, in place of the expected ones.
        go_on : callable
            Asked before each batch.

        Returns
        -------
        ndarray, shape (scenarios,)
            Costs. [USD/month]

        Raises
        ------
        Stopped
            If `go_on` answered False.
        """
        usd, days = np.zeros(len(scenarios)), self.effects.of(scenarios).day
        for stacked in side_by_side(self.case, scenarios, go_on):
            chosen = [scenarios[k] for k in stacked.places.tolist()]
            usd[stacked.places] = self.bills(stacked, chosen, days[stacked.places])
        return usd

    def bills(
        self, stacked: Stacked, scenarios: Sequence[Scenario], days: FloatArray
    ) -> list[float]:
        """Return what a month costs in each scenario of a batch.

        Parameters
        ----------
        stacked : Stacked
            The batch, whose state is used up.
        scenarios : sequence of mapping
            The values tried in it, by key.
        days : ndarray, shape (scenarios, entries)
            By how much each scenario raises the requests of a day. [-]

        Returns
        -------
        list of float
            Costs, in the order of the scenarios. [USD/month]
        """
        people = [self._people(one, day) for one, day in zip(scenarios, days, strict=True)]
        users = np.array([daily for daily, _ in people])
        columns = self._counted(stacked, users, days).T.tolist()
        stages = _Stages(stacked.batch.placed)
        bills = []
        for k, (blueprint, (daily, monthly)) in enumerate(
            zip(stacked.blueprints, people, strict=True)
        ):
            model = dataclasses.replace(
                stacked.batch.model,
                v=columns[k],
                placed=stages.of(k),
                places={c.id: blueprint.place(c.id) for c in blueprint.architecture},
            )
            bills.append(self._bill(model, daily, monthly))
        return bills

    def _bill(self, model: Model, daily: float, monthly: float) -> float:
        inputs = self.case.inputs
        meters = meters_of(
            model,
            self.case.entries,
            inputs.scenario.actions,
            month_days=self.case.habits.month_days,
            monthly_users=monthly,
            daily_users=daily,
            known=inputs.scenario.usage,
        )
        lines = usages(inputs.architecture, inputs.kinds, meters)
        return total_usd((usage for _, usage in lines), inputs.facts)

    def _people(self, tried: Scenario, raised: FloatArray) -> tuple[float, float]:
        """Return daily and monthly users, who are asked for in the scenario's own unit."""
        inputs = self.case.inputs
        values = dict(inputs.traffic_values({**self.case.tried, **tried}))
        if inputs.scenario.population.unit != "concurrent":
            # When people come says nothing of how many, and takes long to work out.
            values.pop("busiest hour", None)
        habits = habits_of(inputs.scenario, values)
        requests = float((self.effects.base.day * raised)[self.facing].sum())
        daily = daily_users(inputs.scenario, habits, requests)
        return daily, daily / habits.daily_per_monthly

    def _counted(self, stacked: Stacked, users: FloatArray, days: FloatArray) -> FloatArray:
        """Return what each slot counts in a day, shape (slots, scenarios)."""
        batch = stacked.batch
        v, counters = batch.v, list(batch.model.counters())
        doors = [door.port for door in self.case.doors(batch.model)]
        calm = [*batch.model.restless(), *(q.port.own + Queue.FLIGHT for q in batch.model.queues())]
        counted = np.zeros_like(v)
        with np.errstate(all="ignore"):
            batch.begin(users)
            steps = batch.steps(60.0)
            for part in self.parts:
                flows = (part.per_user[:, None] * days.T * users + part.fixed[:, None]) * 60.0
                for minute in range(_SETTLING + 1):
                    if minute == _SETTLING:
                        v[counters] = 0.0
                    for port, flow in zip(doors, flows, strict=True):
                        v[port.inn] += flow
                        v[port.work] += flow
                    for step in steps:
                        step()
                    v[calm] = 0.0
                counted[counters] += v[counters] * part.minutes
        return counted


class _Stages:
    """Stages of a batch, one scenario at a time, as far as a bill asks them for anything."""

    def __init__(self, placed: Sequence[Placed]) -> None:
        self.placed = list(placed)
        self.differ = [
            place
            for place, item in enumerate(placed)
            if _counts(item.stage)
            and any(
                isinstance(getattr(item.stage, field.name), np.ndarray)
                for field in dataclasses.fields(item.stage)  # type: ignore[arg-type]
            )
        ]

    def of(self, k: int) -> list[Placed]:
        """Return the stages of the scenario at place `k` of the batch."""
        placed = list(self.placed)
        for place in self.differ:
            item = placed[place]
            placed[place] = dataclasses.replace(item, stage=scenario_of(item.stage, k))
        return placed


def _counts(stage: Stage) -> bool:
    """Say whether a stage itself counts what a bill reads, beyond its slots."""
    own = type(stage)
    return own.meters is not Stage.meters or own.ready_units is not Stage.ready_units


def _parts_of(case: Case, asked: float) -> list[_Part]:
    """Return the parts of the day, the calmest first, so that pools grow and need not drain."""
    by_minute = [
        (item.per_user.reshape(-1, 60).mean(axis=1), item.fixed.reshape(-1, 60).mean(axis=1))
        for item in case.arrivals
    ]
    total = sum((users * asked + still for users, still in by_minute), np.zeros(1440))
    order = np.argsort(total, kind="stable")
    parts, first = [], 0
    for minutes in _PARTS:
        chosen = order[first : first + minutes]
        first += minutes
        users = np.array([rates[chosen].mean() for rates, _ in by_minute])
        still = np.array([rates[chosen].mean() for _, rates in by_minute])
        parts.append(_Part(minutes, users, still))
    return parts
