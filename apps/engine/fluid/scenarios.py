"""Scenarios of one design side by side: stages whose numbers are arrays, and one state."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.engine.fluid.model import Gauge, Model, Placed
from apps.engine.stages._columns import scenario_of
from apps.engine.stages.base import FloatArray, Step
from apps.engine.stages.room import Room

# One number for all scenarios, or one for each: shape (scenarios,).
Values = FloatArray | float


@dataclass(frozen=True, slots=True)
class StackedGauge:
    """A gauge of many scenarios: its slot, and by scenario the use at which it is full."""

    gauge: Gauge
    full: Values

    def fullness(self, v: FloatArray) -> FloatArray:
        """Return how full the limit is, 1 where it begins to matter.

        Parameters
        ----------
        v : ndarray, shape (slots, scenarios)
            The state.

        Returns
        -------
        ndarray, shape (scenarios,)
            Fullness; 0 while a limit that follows its use does so. [-]
        """
        use = v[self.gauge.slot]
        full: FloatArray = use / self.full
        return full if self.gauge.limit.grows else np.where(use <= 1.0 + 1e-6, 0.0, full)


@dataclass(slots=True)
class Batch:
    """Scenarios of the same shape, ready to run side by side.

    `members` are their places in the list that was stacked; `v` has shape (slots, scenarios).
    `model` is that of the first of them, for all in which they do not differ.
    """

    members: NDArray[np.int64]
    model: Model
    v: FloatArray
    placed: tuple[Placed, ...]
    gauges: tuple[StackedGauge, ...]
    _begun: FloatArray = field(default_factory=lambda: np.empty((0, 0)))
    _bound: dict[float, list[Step]] = field(default_factory=dict)

    def steps(self, dt: float) -> list[Step]:
        """Return the steps of `dt` seconds, in order.

        Parameters
        ----------
        dt : float
            Length of a step. [s]

        Returns
        -------
        list of callable
            One for each stage; each moves all scenarios on.
        """
        if dt not in self._bound:
            self._bound[dt] = [p.stage.bind_batch(p.port, self.v, dt) for p in self.placed]
        return self._bound[dt]

    def rest(self) -> None:
        """Let capacities that follow their load late be at once where it leads them."""
        self.placed = tuple(
            dataclasses.replace(item, stage=item.stage.at_rest()) for item in self.placed
        )

    def begin(self, daily_users: FloatArray) -> None:
        """Begin a day anew; so many daily users have filled the stores of each scenario.

        Parameters
        ----------
        daily_users : ndarray, shape (scenarios,)
            Users a day. [users/day]
        """
        if not self._begun.size:
            for item in self.placed:
                _start(item, self.v)
            self._begun = self.v.copy()
        self.v[:] = self._begun
        for item in self.placed:
            if isinstance(item.stage, Room):
                self.v[item.port.own] = daily_users
                _start(item, self.v)

    def part(self, index: NDArray[np.int64]) -> Batch:
        """Return some of the scenarios, with a state of their own.

        Parameters
        ----------
        index : ndarray of int, shape (chosen,)
            Their places in this batch.

        Returns
        -------
        Batch
            With states as they are now.
        """
        placed = tuple(_part_of(item, index) for item in self.placed)
        return Batch(self.members[index], self.model, self.v[:, index], placed, self.gauges)


def _part_of(item: Placed, index: NDArray[np.int64]) -> Placed:
    """Return a stage for some of the scenarios."""
    kind: Any = type(item.stage)
    own: dict[str, Any] = {
        name: value[index]
        for name in fields_of(kind).numbers
        if isinstance(value := getattr(item.stage, name), np.ndarray)
    }
    stage: Any = dataclasses.replace(item.stage, **own) if own else item.stage  # type: ignore[type-var]
    calls = tuple(
        call._replace(calls=_some(call.calls, index), units=_some(call.units, index))
        for call in item.port.calls
    )
    holds = [hold._replace(factor=_some(hold.factor, index)) for hold in item.port.holds]
    port = dataclasses.replace(item.port, calls=calls, holds=holds)
    return dataclasses.replace(item, stage=stage, port=port)


def _some(value: Any, index: NDArray[np.int64]) -> Any:
    return value[index] if isinstance(value, np.ndarray) else value


def _start(item: Placed, v: FloatArray) -> None:
    """Write the state that a stage begins with."""
    try:
        item.stage.start(item.port, v)  # type: ignore[arg-type]
    except ValueError:  # It compares numbers, which arrays cannot be: each scenario by itself.
        for k in range(v.shape[1]):
            scenario_of(item.stage, k).start(item.port, v[:, k])  # type: ignore[arg-type]


class Fields(NamedTuple):
    """The fields of a stage: those that are numbers, and others, by which stages differ."""

    numbers: tuple[str, ...]
    others: tuple[str, ...]


@lru_cache(maxsize=64)
def fields_of(kind: Any) -> Fields:
    """Return the fields of a kind of stage, those that are floats apart.

    Parameters
    ----------
    kind : type
        A class of stages.

    Returns
    -------
    Fields
        Names, in the order of the class.
    """
    own = dataclasses.fields(kind)
    is_number = [item.type in ("float", float) for item in own]
    return Fields(
        tuple(item.name for item, number in zip(own, is_number, strict=True) if number),
        tuple(item.name for item, number in zip(own, is_number, strict=True) if not number),
    )
