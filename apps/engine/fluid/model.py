"""A graph made ready to run: stages with their ports, one flat state, and its gauges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from apps.engine.catalog.base import Kind, Limit, Place
from apps.engine.fluid.changes import Changes
from apps.engine.stages.base import Port, Stage, State, Step
from apps.engine.stages.erlang import busiest_load
from apps.engine.stages.pool import Pool
from apps.engine.stages.queue import Queue
from apps.engine.stages.room import Room
from apps.engine.stages.shared import Shared
from apps.engine.stages.station import Station

_MET = 1.0 + 1e-6
COUNTERS = ("offered", "passed", "refused", "retried", "called", "units")


class SyncCycle(ValueError):
    """Components wait for each other in a circle; the message names them."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A stage where it stands: its component, the lane, its place in it, its port."""

    component: str
    role: str
    index: int
    stage: Stage
    port: Port
    emits: bool

    @property
    def key(self) -> tuple[str, str, int]:
        """Component, role of the lane, and place in it: what no other stage of the model has."""
        return (self.component, self.role, self.index)


@dataclass(frozen=True, slots=True)
class Gauge:
    """A gauge that a limit bounds, and the slot where use over limit is read."""

    component: str
    limit: Limit
    slot: int
    placed: Placed

    @property
    def key(self) -> tuple[str, str, str]:
        """Component, role of the lane, and name of the gauge."""
        return (self.component, self.limit.role, self.limit.gauge)

    @property
    def full(self) -> float:
        """Use at which the limit begins to matter: where Erlang B refuses one in a thousand."""
        capacity = self.limit.capacity
        if not self.counts or capacity < 1.0:
            return 1.0
        return busiest_load(round(capacity), 0.001) / capacity

    def fullness(self, use: float) -> float:
        """Return how full the limit is at a use, 1 where it begins to matter.

        Parameters
        ----------
        use : float
            Use over limit. [-]

        Returns
        -------
        float
            Fullness; 0 while a limit that follows its use does so. [-]
        """
        # What follows its use stands at one while it does; only beyond it something is wrong.
        if not self.limit.grows and use <= _MET:
            return 0.0
        return use / self.full

    @property
    def counts(self) -> bool:
        """Say whether it bounds things held at once, of which the number varies."""
        stage = self.placed.stage
        if isinstance(stage, Station):
            holds = self.placed.port.holds
            return self.limit.gauge == "connections" and all(h.is_random for h in holds)
        if isinstance(stage, Shared):
            return not stage.burst
        return isinstance(stage, Pool) and self.limit.gauge == "concurrency"


@dataclass(slots=True)
class Model:
    """The compiled graph. `v` is the whole state; `steps` are bound once for each length."""

    v: State
    placed: list[Placed]
    gauges: tuple[Gauge, ...]
    kinds: Mapping[str, Kind]
    places: Mapping[str, Place]
    uses: int
    wires: dict[tuple[str, str, int], list[tuple[Placed, float]]]
    changes: Changes = field(default_factory=Changes)
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
            One for each stage; each moves the state on.
        """
        if dt not in self._bound:
            self._bound[dt] = [item.stage.bind(item.port, self.v, dt) for item in self.placed]
        return self._bound[dt]

    def fill(self, daily_users: float) -> None:
        """Let the stores hold what so many daily users leave there until the horizon.

        Parameters
        ----------
        daily_users : float
            Users a day. [users/day]
        """
        for item in self.placed:
            if isinstance(item.stage, Room):
                self.v[item.port.own] = daily_users
                item.stage.start(item.port, self.v)

    def rest(self) -> None:
        """Let capacities that follow their load late be at once where it leads them."""
        self.placed = [replace(item, stage=item.stage.at_rest()) for item in self.placed]

    def stand(self, placed: Mapping[tuple[str, str, int], Placed]) -> None:
        """Let other stages stand in the same places; the lists of steps stay the same ones.

        Parameters
        ----------
        placed : mapping of (str, str, int) to Placed
            The stage to stand at each place, by its key.
        """
        self.placed[:] = [placed[item.key] for item in self.placed]
        self.wires = {
            key: [(placed[target.key], calls) for target, calls in targets]
            for key, targets in self.wires.items()
        }
        for dt, steps in self._bound.items():
            steps[:] = [item.stage.bind(item.port, self.v, dt) for item in self.placed]

    def door(self, component: str, role: str) -> Placed:
        """Return the first stage behind a door.

        Parameters
        ----------
        component : str
            Id of the component.
        role : str
            Role of the door.

        Returns
        -------
        Placed
            The stage where requests come in.

        Raises
        ------
        KeyError
            If there is none.
        """
        for item in self.placed:
            if item.component == component and item.role == role and item.index == 0:
                return item
        raise KeyError((component, role))

    def queues(self) -> list[Placed]:
        """Return the stages that are queues.

        Returns
        -------
        list of Placed
            In the order of the model's stages.
        """
        return [item for item in self.placed if isinstance(item.stage, Queue)]

    def restless(self) -> tuple[int, ...]:
        """Return the slots that are zero while nothing waits.

        Returns
        -------
        tuple of int
            Places in `v`.
        """
        return tuple(
            slot
            for item in self.placed
            for slot in (
                [item.port.own + k for k in item.stage.OWN_RESTLESS] or [item.port.waiting]
            )
        )

    def counters(self) -> tuple[int, ...]:
        """Return the slots that only grow.

        Returns
        -------
        tuple of int
            Places in `v`.
        """
        slots = []
        for item in self.placed:
            slots += [getattr(item.port, name) for name in COUNTERS]
            slots += [item.port.own + k for k in item.stage.OWN_COUNTERS]
        return tuple(slots)
