"""Servers with a queue and a room: a database with its CPUs and its connections."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from apps.engine.stages.arrivals import Arrivals, Chance, Departures, serve_alone
from apps.engine.stages.base import NOTHING, Port, Sojourn, Stage, State, Step, caller
from apps.engine.stages.erlang import blocking, mean_wait_s
from apps.engine.stages.fifo import Fifo


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

    Notes
    -----
    The unit of work is one second of one server. The wait is that of M/M/c (Sakasegawa), and
    above saturation the backlog over the rate. Connections held per request vary, so Erlang B
    says how many callers find none; connections held by environments are counted as they are.

    References
    ----------
    .. [1] H. Sakasegawa, "An approximation formula Lq = a rho^b / (1 - rho)", Annals of the
       Institute of Statistical Mathematics 29, 1977.
    """

    GAUGES: ClassVar[tuple[str, ...]] = ("connections", "servers")
    OWN_SLOTS: ClassVar[int] = 1  # seconds of work that the last call of a step took

    servers: float
    own_s: float
    connections: float = math.inf
    cv: float = 1.0
    patience_s: float = 30.0

    def start(self, p: Port, v: State) -> None:
        v[p.response] = self.own_s

    def bind(self, p: Port, v: State, dt: float) -> Step:
        inn, work, waiting, response, failed = p.inn, p.work, p.waiting, p.response, p.failed
        offered, out, cut, called, units = p.offered, p.passed, p.refused, p.called, p.units
        gauge, last, held, own = p.gauge, p.own, p.held, self.own_s
        servers, patience, capacity = self.servers, self.patience_s, self.servers * dt
        connect, call = self._connecting(p, v), caller(p, v)

        def step() -> None:
            want, load = v[inn], v[work]
            v[inn] = v[work] = 0.0
            unconnected = connect()
            admitted = want * (1.0 - unconnected)
            each = load / want if want > NOTHING else v[last]
            v[last] = each
            backlog = v[waiting] + admitted
            most = capacity / each if each > 0.0 else backlog
            done = backlog if backlog < most else most
            backlog -= done
            room = patience * servers / each if each > 0.0 else backlog
            over = backlog - room if backlog > room else 0.0
            v[waiting] = backlog - over
            use = admitted * each / capacity
            v[offered] += want
            v[out] += done
            v[cut] += want - admitted + over
            v[called] += done
            v[units] += done * each
            busy = admitted * each / dt
            v[held] = servers if busy > servers else busy
            v[gauge + 1] = use
            wait, good = call(done)
            queue = v[waiting] * each / servers + mean_wait_s(use, servers, each)
            v[response] = own + each + queue + wait
            lost = unconnected + (over / want if want > NOTHING else 0.0)
            v[failed] = 1.0 - good * (1.0 - lost) if lost < 1.0 else 1.0

        return step

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
        each, use = v[p.own], v[p.gauge + 1]
        wait = v[p.waiting] * each / self.servers + mean_wait_s(use, self.servers, each)
        share = min(1.0, max(use, 0.0)) if wait > 0.0 else 0.0
        return Sojourn(self.own_s + each, self.cv, share, wait / share if share > 0.0 else 0.0)


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
        service = arrivals.work * chance.size
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
