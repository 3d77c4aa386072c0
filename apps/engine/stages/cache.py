"""A cache: a share of the requests is answered here and goes no further."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from apps.engine.stages._batch import caller_batch, taken
from apps.engine.stages.arrivals import Arrivals, Chance, Departures, let_through, serve_alone
from apps.engine.stages.base import NOTHING, FloatArray, Port, Sojourn, Stage, State, Step, caller


@dataclass(frozen=True, slots=True)
class Cache(Stage):
    """Answer `hit_share` of the requests within `own_s`; the others go on to the callees.

    References
    ----------
    .. [1] https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-hit-ratio.html
    """

    NEEDS_LUCK: ClassVar[bool] = True

    hit_share: float
    own_s: float = 0.0
    cv: float = 0.5

    def start(self, p: Port, v: State) -> None:
        v[p.response] = self.own_s

    def bind(self, p: Port, v: State, dt: float) -> Step:
        inn, work, offered, out, called = p.inn, p.work, p.offered, p.passed, p.called
        response, failed, own, call = p.response, p.failed, self.own_s, caller(p, v)
        miss = 1.0 - self.hit_share

        def step() -> None:
            want = v[inn]
            v[inn] = v[work] = 0.0
            v[offered] += want
            v[out] += want
            v[called] += want * miss
            wait, good = call(want * miss)
            v[response] = own + miss * wait
            v[failed] = miss * (1.0 - good) if want > NOTHING else 0.0

        return step

    def serve(self, arrivals: Arrivals, rng: np.random.Generator) -> Departures:
        return serve_alone(self, arrivals, rng)

    def server(self) -> _Server:
        return _Server(self)

    def bind_batch(self, p: Port, v: FloatArray, dt: float) -> Step:
        inn, work, offered = v[p.inn], v[p.work], v[p.offered]
        out, called = v[p.passed], v[p.called]
        response, failed, own, call = v[p.response], v[p.failed], self.own_s, caller_batch(p, v)
        miss = 1.0 - self.hit_share

        def step() -> None:
            want = taken(inn, work)
            on = want * miss
            np.add(offered, want, offered)
            np.add(out, want, out)
            np.add(called, on, called)
            wait, good = call(on)
            response[:] = own + miss * wait
            failed[:] = np.where(want > NOTHING, miss * (1.0 - good), 0.0)

        return step

    def sojourn(self, p: Port, v: State) -> Sojourn:
        return Sojourn(self.own_s, self.cv)


@dataclass(slots=True)
class _Server:
    stage: Cache

    def serve(self, arrivals: Arrivals, chance: Chance) -> Departures:
        beyond = np.where(chance.luck < self.stage.hit_share, 0.0, arrivals.beyond)
        return let_through(arrivals.times, self.stage.own_s * chance.size + beyond, None)

    def fork(self) -> _Server:
        return self
