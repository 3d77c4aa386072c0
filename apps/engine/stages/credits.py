"""Capacity in units a second, with a store of unused units: tables, disks."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from apps.engine.stages import tracking
from apps.engine.stages._flow_batch import bind_credits
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
from apps.engine.stages.tracking import Tracking

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
    tracking : Tracking, optional
        How provisioned capacity follows its use; `rate_per_s` is then its minimum and
        `most_per_s` its maximum.

    References
    ----------
    .. [1] https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html
    .. [2] https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
    """

    NEEDS_LUCK: ClassVar[bool] = True
    GAUGES: ClassVar[tuple[str, ...]] = ("units", "hot_key", "pace")
    LIFTS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "units": ("rate_per_s", "most_per_s"),
        "hot_key": ("hot_per_s",),
    }
    # Units saved, the recent peak, units kept ready; then what tracking remembers.
    OWN_SLOTS: ClassVar[int] = 3 + tracking.SLOTS
    OWN_COUNTERS: ClassVar[tuple[int, ...]] = (2,)

    rate_per_s: float
    own_s: float
    cv: float = 0.5
    hold_s: float = 300.0
    most_per_s: float = 0.0
    hot_share: float = 0.0
    hot_per_s: float = math.inf
    tracking: Tracking | None = None

    def start(self, p: Port, v: State) -> None:
        v[p.own] = self.rate_per_s * self.hold_s
        v[p.own + 1] = self.rate_per_s / 2.0
        v[p.response] = self.own_s
        if self.tracking is not None:
            self.tracking.start(p.own + 3, v)

    def lifted(self, gauge: str, factor: float) -> Self:
        """Return the stage with a higher limit; growth that does not bind is there at once."""
        if gauge == "pace":
            most = max(self.rate_per_s, self.most_per_s)
            return dataclasses.replace(self, rate_per_s=most, tracking=None)
        other = super(Credits, self).lifted(gauge, factor)
        if gauge != "units" or self.most_per_s <= self.rate_per_s:
            return other
        followed = self.tracking
        if followed is not None:
            followed = dataclasses.replace(followed, maximum=followed.maximum * factor)
        return dataclasses.replace(other, rate_per_s=self.rate_per_s, tracking=followed)

    def bind(self, p: Port, v: State, dt: float) -> Step:
        inn, work, out, cut, stored = p.inn, p.work, p.passed, p.refused, p.own
        offered, called, failed, gauge = p.offered, p.called, p.failed, p.gauge
        response, units, ready, hold = p.response, p.units, p.own + 2, self.hold_s
        own, hot, hot_cap = self.own_s, self.hot_share, self.hot_per_s * dt
        most = max(self.rate_per_s, self.most_per_s) * dt
        capacity, note, call = self._capacity(p, v, dt), self._noting(p, v, dt), caller(p, v)

        def step() -> None:
            want, need = v[inn], v[work]
            v[inn] = v[work] = 0.0
            rate = capacity(need)
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
            v[ready] += rate * dt
            v[gauge] = need / most
            v[gauge + 1] = busiest / hot_cap
            v[gauge + 2] = need / (rate * dt)
            if note is not None:
                note(taken)
            wait, good = call(ok)
            v[response] = own + wait
            v[failed] = 1.0 - good * ok / want if want > NOTHING else 0.0

        return step

    def bind_batch(self, p: Port, v: FloatArray, dt: float) -> Step:
        return bind_credits(self, p, v, dt)

    def _capacity(self, p: Port, v: State, dt: float) -> Callable[[float], float]:
        """Return a function of the units that a step needs: what there is of them a second."""
        base, most, peak = self.rate_per_s, self.most_per_s, p.own + 1
        follow, tracked = 1.0 - math.exp(-dt / _GROWTH_S), p.own + 3

        def grown(need: float) -> float:
            before = v[peak]
            above, rate = need / dt - before, 2.0 * before
            if above > 0.0:
                v[peak] = before + follow * above
            rate = rate if rate > base else base
            return rate if rate < most else most

        if self.tracking is not None:
            return lambda _need: v[tracked]
        return grown if most > base else lambda _need: base

    def _noting(self, p: Port, v: State, dt: float) -> Callable[[float], None] | None:
        return None if self.tracking is None else self.tracking.bind(p.own + 3, v, dt)

    def ready_units(self, p: Port, v: State) -> float:
        return v[p.own + 2]

    def capacity_now(self, gauge: str, p: Port, v: State) -> float | None:
        """Return what a moving limit is at the moment; None for one that stands. [units/s]"""
        if gauge != "pace":
            return None
        if self.tracking is not None:
            return v[p.own + 3]
        return min(self.most_per_s, max(self.rate_per_s, 2.0 * v[p.own + 1]))

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
