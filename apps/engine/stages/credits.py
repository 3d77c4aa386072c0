"""Capacity in units a second, with a store of unused units: tables, disks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from apps.engine.stages.arrivals import (
    Arrivals,
    BoolArray,
    Chance,
    Departures,
    let_through,
    serve_alone,
)
from apps.engine.stages.base import NOTHING, FloatArray, Port, Sojourn, Stage, State, Step, caller
from apps.engine.stages.buckets import Bucket

# AWS makes room for twice the last peak within 30 minutes; a third of that as time constant.
_GROWTH_S = 600.0


@dataclass(frozen=True, slots=True)
class Credits(Stage):
    """Serve work of `rate_per_s` units, and what was saved over `hold_s` before.

    Parameters
    ----------
    rate_per_s : float
        Units that come back in a second: the capacity, or the first capacity when it grows.
        [units/s]
    own_s : float
        Time of one call. [s]
    hold_s : float
        Unused capacity is kept for so long. [s]
    most_per_s : float
        Capacity grows to twice the recent peak, up to this. [units/s]
    hot_share : float
        Share of the work that the hottest key takes. [-]
    hot_per_s : float
        What one key can take. [units/s]

    References
    ----------
    .. [1] https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html
    .. [2] https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
    """

    NEEDS_LUCK: ClassVar[bool] = True
    GAUGES: ClassVar[tuple[str, ...]] = ("units", "hot_key")
    OWN_SLOTS: ClassVar[int] = 2

    rate_per_s: float
    own_s: float
    cv: float = 0.5
    hold_s: float = 300.0
    most_per_s: float = 0.0
    hot_share: float = 0.0
    hot_per_s: float = math.inf

    def start(self, p: Port, v: State) -> None:
        v[p.own] = self.rate_per_s * self.hold_s
        v[p.own + 1] = self.rate_per_s / 2.0
        v[p.response] = self.own_s

    def bind(self, p: Port, v: State, dt: float) -> Step:
        inn, work, out, cut, stored, peak = p.inn, p.work, p.passed, p.refused, p.own, p.own + 1
        offered, called, failed, gauge = p.offered, p.called, p.failed, p.gauge
        response, units = p.response, p.units
        base, hold, most = self.rate_per_s, self.hold_s, self.most_per_s
        own, hot, hot_cap = self.own_s, self.hot_share, self.hot_per_s * dt
        follow, call = 1.0 - math.exp(-dt / _GROWTH_S), caller(p, v)

        def step() -> None:
            want, need = v[inn], v[work]
            v[inn] = v[work] = 0.0
            rate = base
            if most > base:
                rate = min(most, max(base, 2.0 * v[peak]))
                above = need / dt - v[peak]
                if above > 0.0:
                    v[peak] += follow * above
            # What the hottest key is refused asks nothing of the store.
            busiest, fits = need * hot, 1.0
            if busiest > hot_cap:
                fits = 1.0 - hot * (1.0 - hot_cap / busiest)
            have, taken, ok = v[stored] + rate * dt, need * fits, want * fits
            if taken > have:
                ok, taken = ok * have / taken, have
            have -= taken
            v[stored] = have if have < rate * hold else rate * hold
            v[offered] += want
            v[out] += ok
            v[cut] += want - ok
            v[called] += ok
            v[units] += taken
            v[gauge] = need / ((most if most > base else base) * dt)
            v[gauge + 1] = busiest / hot_cap
            wait, good = call(ok)
            v[response] = own + wait
            v[failed] = 1.0 - good * ok / want if want > NOTHING else 0.0

        return step

    def serve(self, arrivals: Arrivals, rng: np.random.Generator) -> Departures:
        return serve_alone(self, arrivals, rng)

    def server(self) -> _Server:
        return _Server.of(self)

    def sojourn(self, p: Port, v: State) -> Sojourn:
        return Sojourn(self.own_s, self.cv)


# What is not kept can still be used within its second.
_AT_LEAST_S = 1.0
# Capacity that grows is adjusted so often.
_GROWS_EVERY_S = 10.0


@dataclass(slots=True)
class _Server:
    """The store is a bucket; one key has a bucket of one second, and asks first."""

    stage: Credits
    store: Bucket
    key: Bucket
    peak: float

    @classmethod
    def of(cls, stage: Credits) -> _Server:
        store = Bucket(stage.rate_per_s, stage.rate_per_s * max(stage.hold_s, _AT_LEAST_S))
        return cls(stage, store, Bucket(stage.hot_per_s, stage.hot_per_s), stage.rate_per_s / 2.0)

    def serve(self, arrivals: Arrivals, chance: Chance) -> Departures:
        times, stage = arrivals.times, self.stage
        passed = np.ones(len(times), dtype=np.bool_)
        if stage.hot_share > 0.0 and math.isfinite(stage.hot_per_s):
            hot = np.flatnonzero(chance.luck < stage.hot_share)
            passed[hot] = self.key.take(times[hot], arrivals.work[hot])
        asked = np.flatnonzero(passed)
        everybody = len(asked) == len(times)
        t, work = (times, arrivals.work) if everybody else (times[asked], arrivals.work[asked])
        passed[asked] = (
            self._grow(t, work)
            if stage.most_per_s > stage.rate_per_s
            else (self.store.take(t, work))
        )
        return let_through(times, stage.own_s * chance.size + arrivals.beyond, passed)

    def _grow(self, times: FloatArray, work: FloatArray) -> BoolArray:
        """Take from the store, whose rate follows twice the peak."""
        passed = np.ones(len(times), dtype=np.bool_)
        if not len(times):
            return passed
        first = math.floor(times[0] / _GROWS_EVERY_S)
        slot = np.floor(times / _GROWS_EVERY_S).astype(np.intp) - first
        asked_per_s = np.bincount(slot, weights=work) / _GROWS_EVERY_S
        if asked_per_s.max() <= self.peak:
            return self.store.take(times, work)
        edges = np.searchsorted(slot, np.arange(int(slot[-1]) + 2))
        for k, (low, high) in enumerate(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)):
            if high > low:
                passed[low:high] = self.store.take(times[low:high], work[low:high])
                self._follow(float(asked_per_s[k]))
        return passed

    def _follow(self, asked_per_s: float) -> None:
        above = asked_per_s - self.peak
        if above <= 0.0:
            return
        stage = self.stage
        self.peak += (1.0 - math.exp(-_GROWS_EVERY_S / _GROWTH_S)) * above
        rate = min(stage.most_per_s, max(stage.rate_per_s, 2.0 * self.peak))
        if rate > self.store.rate_per_s:
            self.store.resize(rate, rate * max(stage.hold_s, _AT_LEAST_S))

    def fork(self) -> _Server:
        return _Server(self.stage, self.store.fork(), self.key.fork(), self.peak)
