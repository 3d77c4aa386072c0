"""One design under one set of values: it can be run at any number of users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from apps.engine.fluid.blocks import Rates
from apps.engine.fluid.blueprint import Blueprint
from apps.engine.fluid.compile import compile_model
from apps.engine.fluid.day import MINUTES, Probe, Record, Retry, run_day
from apps.engine.fluid.model import Model, Placed
from apps.engine.inputs import EVENTS, TRAFFIC, Inputs, Key, entries_with
from apps.engine.stages.base import FloatArray
from apps.engine.traffic.arrivals import Arrivals, Entry, arrivals
from apps.engine.traffic.habits import Habits, habits_of

# A limit this many times as high cannot bind.
LIFT = 1e6


@dataclass(frozen=True)
class Case:
    """Inputs with some values tried in place of the expected ones, and some limits lifted.

    `lifts` says how many times as high a limit is taken, by (component, role, gauge).
    """

    inputs: Inputs
    tried: Mapping[Key, float]
    lifts: Mapping[tuple[str, str, str], float] = field(default_factory=dict)

    def trying(self, key: Key, value: float) -> Case:
        """Return the case with one more value tried; arrivals that it leaves alone are kept.

        Parameters
        ----------
        key : (str, str)
            Whose value it is, and its name.
        value : float
            The value, in the unit of the assumption.

        Returns
        -------
        Case
            A copy.
        """
        other = Case(self.inputs, {**self.tried, key: value}, self.lifts)
        return other if key[0] == TRAFFIC or key[1] == EVENTS else self._sharing(other)

    def lifting(self, gauge: tuple[str, str, str], factor: float) -> Case:
        """Return the case with the limit behind a gauge `factor` times as high.

        Parameters
        ----------
        gauge : (str, str, str)
            Component, role and gauge.
        factor : float
            What to multiply the limit by; from `LIFT` on it cannot bind. [-]

        Returns
        -------
        Case
            A copy with the same arrivals.
        """
        return self._sharing(Case(self.inputs, self.tried, {**self.lifts, gauge: factor}))

    def _sharing(self, other: Case) -> Case:
        """Let another case keep the arrivals of this one."""
        for name in ("habits", "entries", "arrivals"):
            other.__dict__[name] = getattr(self, name)
        return other

    def has_arrivals_of(self, other: Case) -> bool:
        """Say whether another case shares its arrivals: what was tried leaves them as they are.

        Parameters
        ----------
        other : Case
            A case made from this one, or the one that this was made from.

        Returns
        -------
        bool
            True where they are the same object.
        """
        return self.arrivals is other.arrivals

    @cached_property
    def habits(self) -> Habits:
        """Habits in force, with the values that are tried."""
        return habits_of(self.inputs.scenario, self.inputs.traffic_values(self.tried))

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Entries, with the events a day of a source that are tried. [1/day]"""
        return tuple(entries_with(self.inputs, self.tried))

    @cached_property
    def arrivals(self) -> tuple[Arrivals, ...]:
        """Rates at every entry over the day. [1/s]"""
        return arrivals(self.inputs.scenario, self.habits, self.entries)

    @cached_property
    def retry(self) -> Retry:
        """How clients come back after a refusal: attempts [count] and the pause before them [s]."""
        client = self.inputs.scenario.client
        return Retry(client.attempts if client.retry_on else 1, client.delay_s)

    @cached_property
    def requests_per_user_day(self) -> float:
        """Requests of one daily user in a day, at all entries that people use."""
        return float(sum(a.per_user.sum() for a in self.arrivals if a.entry.faces_users))

    @cached_property
    def _total(self) -> tuple[FloatArray, FloatArray]:
        grows = np.sum([a.per_user for a in self.arrivals], axis=0)
        return grows, np.sum([a.fixed for a in self.arrivals], axis=0)

    def peak_rps(self, daily_users: float) -> float:
        """Return the requests of the busiest second at all entries.

        Parameters
        ----------
        daily_users : float
            Users a day. [users/day]

        Returns
        -------
        float
            Requests a second. [1/s]
        """
        grows, still = self._total
        return float((grows * daily_users + still).max())

    def rates(self, daily_users: float) -> Rates:
        """Return what so many daily users ask for over the day.

        Parameters
        ----------
        daily_users : float
            Users a day. [users/day]

        Returns
        -------
        Rates
            By entry, second and block. [1/s]
        """
        if self._of_one is not None:
            return self._of_one.scaled(daily_users)
        return Rates.of([a.rate(daily_users) for a in self.arrivals])

    @cached_property
    def _of_one(self) -> Rates | None:
        """The rates of one daily user; None where something comes whoever else does."""
        if any(item.fixed.any() for item in self.arrivals):
            return None
        return Rates.of([item.per_user for item in self.arrivals])

    def model(self, daily_users: float = 0.0) -> Model:
        """Return the design ready for a day; so many users have filled its stores.

        Parameters
        ----------
        daily_users : float, optional
            Users a day. [users/day]

        Returns
        -------
        Model
            Compiled, in the state that the day begins with.
        """
        blueprint = self.inputs.blueprint(self.tried)
        model = compile_model(self._lifted(blueprint) if self.lifts else blueprint)
        model.fill(daily_users)
        return model

    def _lifted(self, blueprint: Blueprint) -> Blueprint:
        """Lift limits: by the setting that takes one away, else where the stage has it.

        A limit that is raised, and not taken away, stays what it is.
        """
        kinds = dict(blueprint.kinds)
        for (component, _, gauge), factor in self.lifts.items():
            if factor >= LIFT:
                kinds[component] = kinds[component].without(gauge)
        return replace(blueprint, kinds=kinds, lifts=self.lifts)

    def doors(self, model: Model) -> list[Placed]:
        """Return the stages at which the requests of each entry come in.

        Parameters
        ----------
        model : Model
            The design, as compiled.

        Returns
        -------
        list of Placed
            In the order of `entries`.
        """
        return [model.door(entry.component, entry.role) for entry in self.entries]

    def run(
        self,
        daily_users: float,
        *,
        probe: Probe | None = None,
        keep_states: bool = False,
        minutes: range = range(MINUTES),
        rates: Rates | None = None,
    ) -> tuple[Model, Record]:
        """Run one day, or some minutes of it, from a fresh state.

        Parameters
        ----------
        daily_users : float
            Users a day. [users/day]
        probe : callable, optional
            (minute, record) → whether to go on; asked after every minute.
        keep_states : bool, optional
            Whether the record keeps states of the model for percentiles.
        minutes : range, optional
            Minutes of the day to run. [min]
        rates : Rates, optional
            Rates in place of those of so many users. [1/s]

        Returns
        -------
        model : Model
            In the state that the run ended with.
        record : Record
            What the run left behind, minute by minute.
        """
        model = self.model(daily_users)
        record = run_day(
            model,
            self.doors(model),
            rates or self.rates(daily_users),
            retry=self.retry,
            probe=probe,
            keep_states=keep_states,
            minutes=minutes,
        )
        return model, record
