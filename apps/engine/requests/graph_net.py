"""A compiled model as single requests see it: who calls, hands over and shares with whom."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from apps.engine.fluid.model import Model, Placed
from apps.engine.stages.arrivals import Server
from apps.engine.stages.base import Call
from apps.engine.stages.cache import Cache
from apps.engine.stages.clock import Clock
from apps.engine.stages.pool import Pool
from apps.engine.stages.queue import Queue
from apps.engine.stages.shared import Shared
from apps.engine.stages.station import Station


@dataclass(frozen=True, slots=True)
class Held:
    """Connections that a caller keeps open: by its environments, or by its requests."""

    caller: int
    factor: float
    is_random: bool


@dataclass(frozen=True, slots=True)
class Node:
    """One stage and its neighbours, by their places in the order of the model."""

    placed: Placed
    calls: tuple[tuple[int, Call], ...]
    sends: tuple[int, ...]
    quotas: tuple[int, ...]
    holds: tuple[Held, ...]

    @property
    def is_queue(self) -> bool:
        """Whether messages wait here for pollers."""
        return isinstance(self.placed.stage, Queue)

    @property
    def is_quota(self) -> bool:
        """Whether it is a quota that several stages share."""
        return isinstance(self.placed.stage, Shared)

    @property
    def hit_share(self) -> float:
        """The share that a cache answers itself; 0 where it is none. [-]"""
        stage = self.placed.stage
        return stage.hit_share if isinstance(stage, Cache) else 0.0

    @property
    def init_s(self) -> float:
        """What a cold start adds; 0 where there is none. [s]"""
        stage = self.placed.stage
        return stage.init_s if isinstance(stage, Pool) else 0.0

    @property
    def connections(self) -> float:
        """The most connections that its callers can hold, infinite where none do. [count]"""
        stage = self.placed.stage
        return stage.connections if isinstance(stage, Station) and self.holds else math.inf

    def server(self) -> Server:
        """Return the stage ready to serve single requests.

        Returns
        -------
        Server
            It has seen none yet.
        """
        stage = self.placed.stage
        if isinstance(stage, Queue):
            return Clock().server()  # Its pollers hand over; it serves nothing itself.
        if isinstance(stage, Station):
            # Connections are those that the callers hold; nobody counts those inside.
            return replace(stage, connections=math.inf).server()
        return stage.server()


def nodes_of(model: Model) -> list[Node]:
    """Return the stages of a model, callers before callees.

    Parameters
    ----------
    model : Model
        The compiled design; it is left alone.

    Returns
    -------
    list of Node
        In the order of the model.
    """
    places = {item.key: k for k, item in enumerate(model.placed)}
    by_inn = {item.port.inn: k for k, item in enumerate(model.placed)}
    by_failed = {item.port.failed: k for k, item in enumerate(model.placed)}
    by_kept = {item.port.kept: k for k, item in enumerate(model.placed)}
    by_held = {item.port.held: k for k, item in enumerate(model.placed)}
    nodes = []
    for item in model.placed:
        targets = [places[target.key] for target, _ in model.wires.get(item.key, [])]
        is_quota = isinstance(item.stage, Shared)
        holds = tuple(
            Held((by_held if hold.is_random else by_kept)[hold.slot], hold.factor, hold.is_random)
            for hold in ([] if is_quota else item.port.holds)
        )
        nodes.append(
            Node(
                item,
                tuple(zip(targets, item.port.calls, strict=True)),
                tuple(by_inn[send.inn] for send in item.port.sends),
                tuple(by_failed[slot] for slot in item.port.shared),
                holds,
            )
        )
    return nodes
