"""What is planned before a span is run: every flow that can be, with its chances drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from apps.engine.requests.graph_flow import Flow, Repeat, Rows
from apps.engine.requests.graph_net import Node
from apps.engine.stages.arrivals import Chance
from apps.engine.stages.base import Call, FloatArray
from apps.engine.stages.delay import Delay
from apps.engine.stages.pool import Pool
from apps.engine.stages.station import Station


@dataclass(slots=True)
class Plan:
    """The flows at each stage, and who hands messages to each queue."""

    nodes: Sequence[Node]
    rng: np.random.Generator
    at: list[list[Flow]] = field(default_factory=list)
    senders: dict[int, list[Flow]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.at = [[] for _ in self.nodes]

    def add(self, place: int, base_work: FloatArray, **origin: Any) -> Flow:
        """Plan requests at a stage, and all that they can call and send.

        Parameters
        ----------
        place : int
            The stage, by its place among the nodes.
        base_work : ndarray, shape (n,)
            Units of work of each request. [units]
        **origin : Any
            Where they come from: the fields of `Flow`.

        Returns
        -------
        Flow
            With its chances drawn and its calls planned.
        """
        size = len(base_work)
        flow = Flow(place, size, self._chance(place, size), base_work, work=base_work, **origin)
        self.at[place].append(flow)
        self.go_on(flow)
        return flow

    def go_on(self, flow: Flow) -> None:
        """Plan the calls and the sends of a flow.

        Parameters
        ----------
        flow : Flow
            Its `calls` and `sends` are written.
        """
        node = self.nodes[flow.place]
        pick = None
        if node.placed.port.is_router:
            pick = self.rng.random(flow.size)
        reach = 0.0
        for k, (target, call) in enumerate(node.calls):
            if pick is not None and not call.is_extra:
                rows: Rows | None = np.flatnonzero((pick >= reach) & (pick < reach + call.calls))
                reach += call.calls
                if call.calls >= 1.0 - 1e-9:
                    rows = None
            else:
                rows = self._repeated(flow.size, call.calls)
            size = flow.size if rows is None else len(rows)
            work = np.broadcast_to(call.units, (size,))
            flow.calls.append([self.add(target, work, parent=flow, call=k, rows=rows)])
        for target in node.sends:
            if self.nodes[target].is_queue:
                self.senders.setdefault(target, []).append(flow)
            else:
                work = np.broadcast_to(1.0, (flow.size,))
                flow.sends.append(self.add(target, work, parent=flow, is_send=True))

    def again(self, flow: Flow, rows: Rows, pause: FloatArray) -> Flow:
        """Plan another attempt of some requests of a flow.

        Parameters
        ----------
        flow : Flow
            The attempt that failed.
        rows : ndarray of int, shape (n,)
            Which of its requests.
        pause : ndarray, shape (n,)
            How long each waits before. [s]

        Returns
        -------
        Flow
            The next attempt.
        """
        repeat = Repeat(flow, rows, pause)
        return self.add(flow.place, flow.base_work[rows], repeat=repeat)

    def _repeated(self, size: int, count: float) -> Rows | None:
        """Return who makes a call, once for each time; None for once each."""
        whole = int(count)
        part = count - whole
        if whole == 1 and part < 1e-12:
            return None
        times = np.full(size, whole)
        if part > 1e-12:
            times += self.rng.random(size) < part
        return np.repeat(np.arange(size), times)

    def _chance(self, place: int, size: int) -> Chance:
        node = self.nodes[place]
        stage = node.placed.stage
        takes_time = bool(getattr(stage, "own_s", 0.0)) or isinstance(stage, Station)
        cv = float(getattr(stage, "cv", 0.0)) if takes_time else 0.0
        needs_luck = stage.NEEDS_LUCK or math.isfinite(node.connections)
        return Chance.draw(size, cv, self.rng, needs_luck=needs_luck)


def call_of(nodes: Sequence[Node], flow: Flow) -> Call | None:
    """Return the call by which a flow came.

    Parameters
    ----------
    nodes : sequence of Node
        All stages.
    flow : Flow
        Requests, or a later attempt of them.

    Returns
    -------
    Call or None
        None where nobody called it.
    """
    first = flow
    while first.repeat is not None:
        first = first.repeat.before
    if first.parent is None or first.call < 0:
        return None
    return nodes[first.parent.place].calls[first.call][1]


def guess_s(node: Node, flow: Flow) -> FloatArray:
    """Return how long requests stay in a stage itself where nothing holds them up.

    Parameters
    ----------
    node : Node
        The stage.
    flow : Flow
        The requests.

    Returns
    -------
    ndarray, shape (n,)
        Times. [s]
    """
    stage, size = node.placed.stage, flow.chance.size
    own = float(getattr(stage, "own_s", 0.0))
    if isinstance(stage, Pool):
        return own * size * flow.work
    if isinstance(stage, Station):
        return (own + flow.work) * size
    return own * size


def batch_work(nodes: Sequence[Node], flow: Flow) -> FloatArray:
    """Return the work of a flow; a delay hands batches on as they came to it.

    Parameters
    ----------
    nodes : sequence of Node
        All stages.
    flow : Flow
        The requests.

    Returns
    -------
    ndarray, shape (n,)
        Units of work of each. [units]
    """
    parent = flow.parent
    if parent is None or flow.repeat is not None:
        return flow.work
    stage = nodes[parent.place].placed.stage
    if not isinstance(stage, Delay) or stage.splits_batches:
        return flow.work
    rows = flow.at_parent()
    return flow.base_work * (parent.work if rows is None else parent.work[rows])
