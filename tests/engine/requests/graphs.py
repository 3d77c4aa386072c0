"""Small graphs of bare stages, without kinds, and the plain event loop beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

import numpy as np

from apps.engine.fluid.model import Model, Placed
from apps.engine.requests.graph import Simulated, simulate_requests
from apps.engine.requests.graph_source import given
from apps.engine.requests.graph_standing import Client
from apps.engine.stages.base import Call, FloatArray, Hold, Port, Send, Stage, State


@dataclass(frozen=True)
class Part:
    """A stage of a graph: whom it calls (name, calls, units, attempts) and whom it sends to."""

    name: str
    stage: Stage
    calls: Sequence[tuple[str, float, float, int]] = ()
    sends: Sequence[str] = ()
    quotas: Sequence[str] = ()
    holds: Sequence[tuple[str, float, bool]] = ()
    is_router: bool = False


@dataclass(frozen=True)
class Graph:
    """A model of parts, callers first."""

    model: Model
    items: dict[str, Placed] = field(default_factory=dict)

    def run(
        self,
        times: FloatArray,
        end_s: float,
        *,
        door: str = "",
        seed: int = 1,
        span_requests: int = 500,
        client: Client | None = None,
    ) -> Simulated:
        """Send requests in at the first part, or another door."""
        entry = self.items[door] if door else self.model.placed[0]
        rng = np.random.default_rng(seed)
        return simulate_requests(
            self.model,
            [entry],
            given([times]),
            rng,
            start_s=0.0,
            end_s=end_s,
            client=client,
            span_requests=span_requests,
        )


def graph_of(*parts: Part) -> Graph:
    """Return a graph of parts, which stand callers before callees."""
    v: State = []
    items: dict[str, Placed] = {}
    for part in parts:
        port = Port.at(len(v), 0)
        v += [0.0] * (port.own - len(v) + part.stage.OWN_SLOTS)
        items[part.name] = Placed(part.name, "door", 0, part.stage, port, True)
    wires = {}
    for part in parts:
        item, calls = items[part.name], []
        for name, count, units, attempts in part.calls:
            p = items[name].port
            slots = (p.inn, p.work, p.response, p.failed, p.retried)
            calls.append(Call(*slots, count, units, attempts, 0.5))
        item.port.calls = tuple(calls)
        item.port.sends = tuple(Send(items[n].port.inn, items[n].port.work) for n in part.sends)
        item.port.shared = tuple(items[name].port.failed for name in part.quotas)
        for name, factor, is_random in part.holds:
            p = items[name].port
            item.port.holds.append(Hold(p.held if is_random else p.kept, factor, is_random))
        item.port.is_router = part.is_router
        wires[item.key] = [(items[name], count) for name, count, *_ in part.calls]
    model = Model(v, list(items.values()), (), {}, {}, 0, wires)
    return Graph(model, items)


@dataclass
class Loop:
    """Gate, pool and a station of one server, event by event, all times constant.

    Each request of the pool calls the station first and works afterwards.
    """

    rate_per_s: float
    burst: float
    limit: float
    own_s: float
    idle_s: float
    work_s: float
    patience_s: float
    throttled: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    given_up: list[float] = field(default_factory=list)
    cold: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def run(self, times: FloatArray) -> None:
        tokens, before, free = self.burst, 0.0, -math.inf
        busy: list[float] = []
        idle: list[float] = []
        for now in times.tolist():
            tokens, before = min(self.burst, tokens + self.rate_per_s * (now - before)), now
            if tokens < 1.0 - 1e-9:
                self.throttled.append(now)
                continue
            tokens -= 1.0
            while busy and busy[0] <= now:
                idle.append(heappop(busy))
            if len(busy) >= self.limit:
                self.refused.append(now)
                continue
            if idle and now - idle[-1] <= self.idle_s:
                idle.pop()
            else:
                idle.clear()
                self.cold.append(now)
            start = max(now, free)
            if start - now > self.patience_s:
                self.given_up.append(now)
                end = now + self.patience_s + self.own_s
            else:
                free = start + self.work_s
                end = free + self.own_s
                self.seconds.append(end - now)
            heappush(busy, end)
