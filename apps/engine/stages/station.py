"""Servers with a queue and a room: a database with its CPUs and its connections."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from apps.engine.stages._station_batch import bind_station
from apps.engine.stages.arrivals import Arrivals, Chance, Departures, serve_alone
from apps.engine.stages.base import NOTHING, FloatArray, Port, Sojourn, Stage, State, Step, caller
from apps.engine.stages.erlang import blocking
from apps.engine.stages.fifo import Fifo
from apps.engine.stages.waiting import queueing

# What waits is seen by metrics as work of their whole minute.
_POINT_S = 60.0


@dataclass(frozen=True, slots=True)
class Station(Stage):
    """Serve work of `servers` seconds a second; refuse callers who get no connection.

    Parameters
    ----------
    servers : float
        Servers: vCPUs, or connections where the work is time on a connection; infinite where
        nothing counts them. [count]
    own_s : float
        Time of a call beside its work: network, reading from disk. [s]
    connections : float
        Connections that callers can hold open at once; infinite where nothing counts them.
        [count]
    patience_s : float
        A call that would wait longer is given up. [s]
    unit_s : float
        Time of one server that a unit of work takes. [s]

    Notes
    -----
    What waits is the queue of M/G/c, which above saturation is a backlog that grows, and the
    wait is its length over the rate at which it is served, see `waiting`. Connections held per
    request vary, so Erlang B says how many callers find none; connections held by environments
    are counted as they are.

    References
    ----------
    .. [1] L. Kleinrock, "Queueing Systems, Volume 1: Theory", Wiley, 1975, chapter 3.
    """

    GAUGES: ClassVar[tuple[str, ...]] = ("connections", "servers")
    LIFTS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "connections": ("connections",),
        "servers": ("servers",),
    }
    # Seconds of work that the last call of a step took, mean seconds of the wait.
    OWN_SLOTS: ClassVar[int] = 2

    servers: float
    own_s: float
    connections: float = math.inf
    cv: float = 1.0
    patience_s: float = 30.0
    unit_s: float = 1.0

    def work_s(self, units: float) -> float:
        return units

    def start(self, p: Port, v: State) -> None:
        v[p.response] = self.own_s

    def bind(self, p: Port, v: State, dt: float) -> Step:
        inn, work, response, failed, queue = p.inn, p.work, p.response, p.failed, p.own + 1
        offered, out, cut, called, units = p.offered, p.passed, p.refused, p.called, p.units
        gauge, last, own, full, unit = p.gauge, p.own, self.own_s, self.servers, self.unit_s
        connect, serve, call = self._connecting(p, v), self._serving(p, v, dt), caller(p, v)

        def step() -> None:
            want, load = v[inn], v[work] * unit
            v[inn] = v[work] = 0.0
            unconnected = connect()
            admitted = want * (1.0 - unconnected)
            each = load / want if want > NOTHING else v[last]
            v[last] = each
            done, over = serve(admitted, each)
            v[offered] += want
            v[out] += done
            v[cut] += want - admitted + over
            v[called] += done
            v[units] += done * each
            v[gauge + 1] = admitted * each / dt / full
            wait, good = call(done)
            v[response] = own + each + v[queue] + wait
            lost = unconnected + (over / want if want > NOTHING else 0.0)
            v[failed] = 1.0 - good * (1.0 - lost) if lost < 1.0 else 1.0

        return step

    def bind_batch(self, p: Port, v: FloatArray, dt: float) -> Step:
        return bind_station(self, p, v, dt)

    def _serving(
        self, p: Port, v: State, dt: float
    ) -> Callable[[float, float], tuple[float, float]]:
        """Return a function of what comes in and the work of each: (served, given up)."""
        waiting, held, queue, patience = p.waiting, p.held, p.own + 1, self.patience_s
        full, grow, point_s = self.servers, self._growing(p, v, dt), max(dt, _POINT_S)
        queue_after = queueing(self.cv, dt) if math.isfinite(full) else None

        def serve(admitted: float, each: float) -> tuple[float, float]:
            before, left, over, busy = v[waiting], 0.0, 0.0, admitted * each / dt
            servers = full if grow is None else grow(busy, busy + before * each / point_s)
            if each > 0.0 and queue_after is not None:
                left = queue_after(before, admitted, each, servers)
                room = patience * servers / each
                over = left - room if left > room else 0.0
            done = before + admitted - left
            left -= over
            v[waiting] = left
            v[queue] = left * dt / done if left > 0.0 else 0.0
            v[held] = servers if busy > servers else busy
            return done, over

        return serve

    def _growing(self, p: Port, v: State, dt: float) -> Callable[[float, float], float] | None:
        """Return a function of what arrives and of all that waits [servers]: the servers there
        are now; None where their number stands."""
        return None

    def _connecting(self, p: Port, v: State) -> Callable[[], float]:
        """Return a function that answers with the share of callers who get no connection."""
        kept, gauge, limit = p.kept, p.gauge, self.connections
        holds = tuple((hold.slot, hold.factor) for hold in p.holds)
        is_random = bool(p.holds) and all(hold.is_random for hold in p.holds)
        if math.isinf(limit) or not holds:
            return lambda: 0.0
        lost = blocking(max(1, round(limit)))

        def connect() -> float:
            total = 0.0
            for slot, factor in holds:
                total += v[slot] * factor
            v[kept] = total
            v[gauge] = total / limit
            if is_random:
                return lost(total)
            return 1.0 - limit / total if total > limit else 0.0

        return connect

    def serve(self, arrivals: Arrivals, rng: np.random.Generator) -> Departures:
        return serve_alone(self, arrivals, rng)

    def server(self) -> _Server:
        return _Server.of(self)

    def sojourn(self, p: Port, v: State) -> Sojourn:
        each, use, wait = v[p.own], v[p.gauge + 1], v[p.own + 1]
        share = min(1.0, max(use, 0.0)) if wait > 0.0 else 0.0
        return Sojourn(self.own_s + each, self.cv, share, wait / share if share > 0.0 else 0.0)

    def slowed(self, factor: float) -> Station:
        """Return it slower as a whole: what its servers can do falls as well."""
        return replace(self, own_s=self.own_s * factor, unit_s=self.unit_s * factor)

    def without(self, share: float) -> Station:
        if math.isinf(self.servers) or not share:
            return self
        left = max(1.0 - share, 1e-6)
        connections = max(1.0, self.connections * left)
        return replace(self, servers=self.servers * left, connections=connections)


# More servers than this are never all busy.
_COUNTLESS = 1e6


@dataclass(slots=True)
class _Server:
    """Connections are held by the callers, or else while a call is inside.

    A part of a server is a slower server.
    """

    stage: Station
    fifo: Fifo
    slower: float

    @classmethod
    def of(cls, stage: Station) -> _Server:
        if stage.servers > _COUNTLESS:
            return cls(stage, Fifo(math.inf, stage.connections), 1.0)
        whole = max(1, math.ceil(stage.servers))
        return cls(stage, Fifo(whole, max(1.0, stage.connections)), whole / stage.servers)

    def serve(self, arrivals: Arrivals, chance: Chance) -> Departures:
        times, stage = arrivals.times, self.stage
        service = arrivals.work * stage.unit_s * chance.size
        if self.slower != 1.0:
            service = service * self.slower
        patience = None
        if math.isfinite(stage.patience_s):
            patience = np.broadcast_to(stage.patience_s, times.shape)
        begins, lost = self.fifo.serve(times, service, patience)
        ends = begins + service + stage.own_s * chance.size + arrivals.beyond
        return Departures(begins, np.where(lost, begins, ends), lost, np.zeros_like(lost))

    def fork(self) -> _Server:
        return _Server(self.stage, self.fifo.fork(), self.slower)
