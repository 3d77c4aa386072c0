"""Shards: each takes so many records and bytes a second, and one may be hotter than others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from apps.engine.stages._flow_batch import bind_shards
from apps.engine.stages.arrivals import Arrivals, Chance, Departures, let_through, serve_alone
from apps.engine.stages.base import NOTHING, FloatArray, Port, Sojourn, Stage, State, Step, caller
from apps.engine.stages.buckets import Bucket


@dataclass(frozen=True, slots=True)
class Shards(Stage):
    """Refuse what the shards cannot take: each takes `rate_per_s` units, at once or not at all.

    Parameters
    ----------
    count : float
        Shards. [count]
    rate_per_s : float
        Units that one shard takes in a second. [units/s]
    hot_share : float
        Share of the records that goes to the hottest shard; 1/count when even. [-]
    own_s : float
        Time of a put. [s]

    References
    ----------
    .. [1] https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
    """

    NEEDS_LUCK: ClassVar[bool] = True
    GAUGES: ClassVar[tuple[str, ...]] = ("shards",)
    LIFTS: ClassVar[Mapping[str, tuple[str, ...]]] = {"shards": ("rate_per_s",)}
    OWN_SLOTS: ClassVar[int] = 0

    count: float
    rate_per_s: float
    hot_share: float = 0.0
    own_s: float = 0.0
    cv: float = 0.5

    def start(self, p: Port, v: State) -> None:
        v[p.response] = self.own_s

    def bind(self, p: Port, v: State, dt: float) -> Step:
        inn, work, out, cut, gauge = p.inn, p.work, p.passed, p.refused, p.gauge
        offered, called, units = p.offered, p.called, p.units
        response, failed, own, call = p.response, p.failed, self.own_s, caller(p, v)
        each = self.rate_per_s * dt
        even = 1.0 / self.count
        hot = self.hot_share if self.hot_share > even else even
        rest = (1.0 - hot) / (self.count - 1.0) if self.count > 1.0 else 0.0
        others = self.count - 1.0

        def step() -> None:
            want, load = v[inn], v[work]
            v[inn] = v[work] = 0.0
            hottest, other = load * hot, load * rest
            taken = (hottest if hottest < each else each) + others * (
                other if other < each else each
            )
            ok = want * taken / load if load > NOTHING else want
            v[offered] += want
            v[out] += ok
            v[cut] += want - ok
            v[called] += ok
            v[units] += taken
            v[gauge] = hottest / each
            wait, good = call(ok)
            v[response] = own + wait
            v[failed] = 1.0 - good * ok / want if want > NOTHING else 0.0

        return step

    def serve(self, arrivals: Arrivals, rng: np.random.Generator) -> Departures:
        return serve_alone(self, arrivals, rng)

    def server(self) -> _Server:
        return _Server.of(self)

    def bind_batch(self, p: Port, v: FloatArray, dt: float) -> Step:
        return bind_shards(self, p, v, dt)

    def sojourn(self, p: Port, v: State) -> Sojourn:
        return Sojourn(self.own_s, self.cv)


@dataclass(slots=True)
class _Server:
    """Each shard has a bucket of one second; the hottest comes first."""

    stage: Shards
    buckets: list[Bucket]

    @classmethod
    def of(cls, stage: Shards) -> _Server:
        count = max(1, round(stage.count))
        return cls(stage, [Bucket(stage.rate_per_s, stage.rate_per_s) for _ in range(count)])

    def serve(self, arrivals: Arrivals, chance: Chance) -> Departures:
        times, work, count = arrivals.times, arrivals.work, len(self.buckets)
        hot = max(self.stage.hot_share, 1.0 / count)
        place = np.zeros(len(times), dtype=np.intp)
        if count > 1:
            rest = (chance.luck - hot) / (1.0 - hot) * (count - 1.0)
            place = np.where(chance.luck < hot, 0, 1 + np.clip(rest, 0, count - 2).astype(np.intp))
        order = np.argsort(place, kind="stable")
        edges = np.searchsorted(place[order], np.arange(count + 1))
        passed = np.ones(len(times), dtype=np.bool_)
        for bucket, low, high in zip(self.buckets, edges[:-1], edges[1:], strict=True):
            own = order[low:high]
            passed[own] = bucket.take(times[own], work[own])
        stay = self.stage.own_s * chance.size + arrivals.beyond
        return let_through(times, stay, passed)

    def fork(self) -> _Server:
        return _Server(self.stage, [bucket.fork() for bucket in self.buckets])
