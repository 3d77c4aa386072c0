"""A source that ticks by itself; what it starts is what its schedule says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from apps.engine.stages._batch import caller_batch, taken
from apps.engine.stages.arrivals import Arrivals, Chance, Departures, let_through, serve_alone
from apps.engine.stages.base import FloatArray, Port, Sojourn, Stage, State, Step, caller


@dataclass(frozen=True, slots=True)
class Clock(Stage):
    """Hand on each tick at once. The ticks themselves come from the traffic of the day.

    References
    ----------
    .. [1] https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
    """

    def start(self, p: Port, v: State) -> None:
        v[p.response] = 0.0

    def bind(self, p: Port, v: State, dt: float) -> Step:
        inn, work, offered, out, called = p.inn, p.work, p.offered, p.passed, p.called
        call = caller(p, v)

        def step() -> None:
            ticks = v[inn]
            v[inn] = v[work] = 0.0
            v[offered] += ticks
            v[out] += ticks
            v[called] += ticks
            call(ticks)

        return step

    def serve(self, arrivals: Arrivals, rng: np.random.Generator) -> Departures:
        return serve_alone(self, arrivals, rng)

    def server(self) -> _Server:
        return _Server()

    def bind_batch(self, p: Port, v: FloatArray, dt: float) -> Step:
        inn, work, offered = v[p.inn], v[p.work], v[p.offered]
        out, called = v[p.passed], v[p.called]
        call = caller_batch(p, v)

        def step() -> None:
            ticks = taken(inn, work)
            np.add(offered, ticks, offered)
            np.add(out, ticks, out)
            np.add(called, ticks, called)
            call(ticks)

        return step

    def sojourn(self, p: Port, v: State) -> Sojourn:
        return Sojourn(0.0)


@dataclass(slots=True)
class _Server:
    def serve(self, arrivals: Arrivals, chance: Chance) -> Departures:
        return let_through(arrivals.times, np.zeros_like(arrivals.times), None)

    def fork(self) -> _Server:
        return self
