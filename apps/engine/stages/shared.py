"""A quota of the account that several components draw on together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from apps.engine.stages._flow_batch import bind_shared
from apps.engine.stages.arrivals import Arrivals, Chance, Departures, let_through, serve_alone
from apps.engine.stages.base import FloatArray, Port, Sojourn, Stage, State, Step
from apps.engine.stages.buckets import Bucket
from apps.engine.stages.erlang import blocking, overflow
from apps.engine.stages.fifo import Limiter


@dataclass(frozen=True, slots=True)
class Shared(Stage):
    """Refuse the members' requests when what they want together passes `limit`.

    Parameters
    ----------
    limit : float
        The quota, less what others in the account use. [count, or 1/s with a burst]
    burst : float
        For a quota of requests a second: the size of its token bucket. [count] 0 for a quota
        of things held at once; their number varies, so Erlang B says how many are refused.

    Notes
    -----
    It has no flow of its own: it reads what its members want (`Port.holds`) and the members
    read the share that it refuses, one step later.

    References
    ----------
    .. [1] https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
    """

    GAUGES: ClassVar[tuple[str, ...]] = ("quota",)
    LIFTS: ClassVar[Mapping[str, tuple[str, ...]]] = {"quota": ("limit", "burst")}
    OWN_SLOTS: ClassVar[int] = 1

    limit: float
    burst: float = 0.0

    def start(self, p: Port, v: State) -> None:
        v[p.own] = self.burst

    def bind(self, p: Port, v: State, dt: float) -> Step:
        return self._bind_rate(p, v, dt) if self.burst else self._bind_count(p, v)

    def bind_batch(self, p: Port, v: FloatArray, dt: float) -> Step:
        return bind_shared(self, p, v, dt)

    def _bind_count(self, p: Port, v: State) -> Step:
        slots = tuple(hold.slot for hold in p.holds)
        limit, gauge, failed, wanted = self.limit, p.gauge, p.failed, p.wanted
        lost = blocking(max(1, round(limit)))

        def step() -> None:
            total = 0.0
            for slot in slots:
                total += v[slot]
            v[wanted] = total
            v[gauge] = total / limit
            v[failed] = lost(total)

        return step

    def _bind_rate(self, p: Port, v: State, dt: float) -> Step:
        slots = tuple((hold.slot, hold.factor) for hold in p.holds)
        limit, gauge, failed, wanted = self.limit, p.gauge, p.failed, p.wanted
        refill, burst, tokens = self.limit * dt, self.burst, p.own

        def step() -> None:
            total = 0.0
            for slot, factor in slots:
                total += v[slot] * factor
            want, have = total * dt, v[tokens] + refill
            ok = want if want < have else have
            v[tokens] = burst if have - ok > burst else have - ok
            v[wanted] = total
            v[gauge] = use = total / limit
            v[failed] = 1.0 - ok / want if ok < want else overflow(use, burst)

        return step

    def serve(self, arrivals: Arrivals, rng: np.random.Generator) -> Departures:
        return serve_alone(self, arrivals, rng)

    def server(self) -> SharedServer:
        return SharedServer(self, Bucket(self.limit, self.burst), Limiter(self.limit))

    def sojourn(self, p: Port, v: State) -> Sojourn:
        return Sojourn(0.0)


@dataclass(slots=True)
class SharedServer:
    """A request holds its part of a count while what it calls takes: `beyond`."""

    stage: Shared
    bucket: Bucket
    limiter: Limiter

    def serve(self, arrivals: Arrivals, chance: Chance) -> Departures:
        """Return what becomes of requests that come after all those before.

        Parameters
        ----------
        arrivals : Arrivals
            Requests; each is held for what its calls take. [s]
        chance : Chance
            Unused: nothing here is left to chance.

        Returns
        -------
        Departures
            In the order of the arrivals.
        """
        times = arrivals.times
        if self.stage.burst:
            passed = self.bucket.take(times, np.broadcast_to(1.0, times.shape))
        else:
            passed = ~self.limiter.serve(times, arrivals.beyond)
        return let_through(times, arrivals.beyond, passed)

    def all_pass(self, times: FloatArray, lasts: FloatArray) -> bool:
        """Take all, in any order, if it is plain that the quota is far away.

        Parameters
        ----------
        times : ndarray, shape (n,)
            Times, in any order. [s]
        lasts : ndarray, shape (n,)
            For how long each is held. [s]

        Returns
        -------
        bool
            False where it is not plain; then nothing is held.
        """
        return not self.stage.burst and self.limiter.all_fit(times, lasts)

    def fork(self) -> SharedServer:
        """Return a copy that goes its own way.

        Returns
        -------
        SharedServer
            Of the same state.
        """
        return SharedServer(self.stage, self.bucket.fork(), self.limiter.fork())
