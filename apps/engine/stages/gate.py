"""A token bucket: a rate with a burst, above which requests are refused at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from apps.engine.stages._flow_batch import bind_gate
from apps.engine.stages.arrivals import Arrivals, Chance, Departures, let_through, serve_alone
from apps.engine.stages.base import NOTHING, FloatArray, Port, Sojourn, Stage, State, Step, caller
from apps.engine.stages.buckets import Bucket
from apps.engine.stages.erlang import overflow


@dataclass(frozen=True, slots=True)
class Gate(Stage):
    """Refuse what a bucket of `burst` tokens, refilled with `rate_per_s`, does not cover.

    Parameters
    ----------
    rate_per_s : float
        Tokens that come back in a second. [1/s]
    burst : float
        Size of the bucket. [count]
    own_s : float
        Time that the stage itself takes. [s]
    cv : float
        Coefficient of variation of that time. [-]

    Notes
    -----
    The bucket is filled, asked and only then clipped, so that long steps do not throttle
    falsely. Below the rate the refusals of a bucket in its steady state come on top.

    References
    ----------
    .. [1] https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
    """

    GAUGES: ClassVar[tuple[str, ...]] = ("rate",)
    LIFTS: ClassVar[Mapping[str, tuple[str, ...]]] = {"rate": ("rate_per_s", "burst")}
    OWN_SLOTS: ClassVar[int] = 1

    rate_per_s: float
    burst: float
    own_s: float = 0.0
    cv: float = 0.5

    def start(self, p: Port, v: State) -> None:
        v[p.own] = self.burst
        v[p.response] = self.own_s

    def bind(self, p: Port, v: State, dt: float) -> Step:
        inn, work, out, cut, tokens = p.inn, p.work, p.passed, p.refused, p.own
        wanted = p.wanted
        offered, called, response, failed, gauge = (
            p.offered, p.called, p.response, p.failed, p.gauge,
        )  # fmt: skip
        refill, burst, own, shared = self.rate_per_s * dt, self.burst, self.own_s, p.shared
        call = caller(p, v)

        def step() -> None:
            want = v[inn]
            v[inn] = v[work] = 0.0
            have = v[tokens] + refill
            ok = want if want < have else have
            v[tokens] = burst if have - ok > burst else have - ok
            use = want / refill
            if 0.7 < use < 1.0:
                ok *= 1.0 - overflow(use, burst)
            v[wanted] = want / dt
            for slot in shared:
                ok *= 1.0 - v[slot]
            v[offered] += want
            v[out] += ok
            v[cut] += want - ok
            v[called] += ok
            v[gauge] = use
            wait, good = call(ok)
            v[response] = own + wait
            v[failed] = 1.0 - good * ok / want if want > NOTHING else 0.0

        return step

    def serve(self, arrivals: Arrivals, rng: np.random.Generator) -> Departures:
        return serve_alone(self, arrivals, rng)

    def server(self) -> _Server:
        return _Server(self, Bucket(self.rate_per_s, self.burst))

    def bind_batch(self, p: Port, v: FloatArray, dt: float) -> Step:
        return bind_gate(self, p, v, dt)

    def sojourn(self, p: Port, v: State) -> Sojourn:
        return Sojourn(self.own_s, self.cv)


@dataclass(slots=True)
class _Server:
    stage: Gate
    bucket: Bucket

    def serve(self, arrivals: Arrivals, chance: Chance) -> Departures:
        passed = self.bucket.take(arrivals.times, np.broadcast_to(1.0, arrivals.times.shape))
        stay = self.stage.own_s * chance.size + arrivals.beyond
        return let_through(arrivals.times, stay, passed)

    def fork(self) -> _Server:
        return _Server(self.stage, self.bucket.fork())
