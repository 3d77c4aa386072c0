"""Capacity in units a second, with a store of unused units: tables, disks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.stages._flow_batch import bind_credits
from apps.engine.stages.base import NOTHING, FloatArray, Port, Sojourn, Stage, State, Step, caller

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

    def bind_batch(self, p: Port, v: FloatArray, dt: float) -> Step:
        return bind_credits(self, p, v, dt)

    def sojourn(self, p: Port, v: State) -> Sojourn:
        return Sojourn(self.own_s, self.cv)
