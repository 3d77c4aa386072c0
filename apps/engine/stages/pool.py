"""A pool of environments, each of which handles one request at a time: Lambda."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from apps.engine.stages.arrivals import Arrivals, Departures
from apps.engine.stages.base import NOTHING, Port, Sojourn, Stage, State, Step, caller
from apps.engine.stages.environments import environments
from apps.engine.stages.erlang import blocking
from apps.engine.stages.mru.life import Life
from apps.engine.stages.mru.rules import Rules
from apps.engine.stages.mru.run import PoolRun

# Idle ratios are rounded to steps of 5 %, so that pools alike share one table.
_RATIO_STEP = math.log(1.05)
# The right to make new environments is saved for so long.
_RAMP_HOLD_S = 10.0
# Durations below this part of the timeout are never cut by it.
_SAFE_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Pool(Stage):
    """Serve requests in environments that start cold, live on idle, and are limited in number.

    Parameters
    ----------
    limit : float
        Most environments at once: reserved concurrency; infinite where only the account
        limits it. [count]
    own_s : float
        Time of the handler for one item, without its calls. [s]
    init_s : float
        What a cold start adds. [s]
    timeout_s : float
        A request that lasts longer fails. [s]
    idle_s : float
        An environment idle for longer is gone. [s]
    ramp_per_s : float
        New environments in a second. [1/s]
    ready : float
        Environments that are always kept (provisioned concurrency). [count]
    cv : float
        Coefficient of variation of a request's duration. [-]

    Notes
    -----
    Concurrency follows the filter of an M_t/G/inf system; environments and cold starts follow
    the closure of `environments`; refusals at the limit are Erlang B at the window's load.
    The duration relaxes towards what the callees answered, with a time constant of 1 s.

    References
    ----------
    .. [1] https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
    .. [2] https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html
    """

    GAUGES: ClassVar[tuple[str, ...]] = ("concurrency", "scaling", "duration")
    # Concurrency, items each, kept seconds, starts, tokens, concurrency if nothing were refused.
    OWN_SLOTS: ClassVar[int] = 6
    OWN_COUNTERS: ClassVar[tuple[int, ...]] = (2, 3)

    limit: float
    own_s: float
    init_s: float = 0.0
    timeout_s: float = 900.0
    idle_s: float = 360.0
    ramp_per_s: float = 100.0
    ready: float = 0.0
    cv: float = 0.66

    def start(self, p: Port, v: State) -> None:
        v[p.response] = self.own_s
        v[p.own + 1] = 1.0
        v[p.kept] = self.ready
        v[p.own + 4] = self.ramp_per_s * _RAMP_HOLD_S

    def bind(self, p: Port, v: State, dt: float) -> Step:
        inn, work, response, failed = p.inn, p.work, p.response, p.failed
        wanted, held, busy, last_each = p.wanted, p.held, p.own, p.own + 1
        kept, load = p.kept, p.own + 5
        book, admit, late = self._booking(p, v, dt), self._admission(p, v, dt), self._late
        call, own, init, timeout = caller(p, v), self.own_s, self.init_s, self.timeout_s
        relax, lasts_of_timeout = 1.0 - math.exp(-dt), p.gauge + 2

        def step() -> None:
            want, items = v[inn], v[work]
            v[inn] = v[work] = 0.0
            each = items / want if want > NOTHING else 1.0
            lasts = v[response] * each / v[last_each]
            v[last_each] = each
            need, fade = want * lasts / dt, 0.0
            if lasts > 0.1 * dt:
                fade = math.exp(-dt / lasts) if lasts < 50.0 * dt else 1.0 - dt / lasts
                need = v[load] * fade + need * (1.0 - fade)
            v[load] = v[wanted] = need
            stay, fresh, before = v[busy] * fade, want * lasts / dt * (1.0 - fade), v[kept]
            refused, room = admit(need, stay, fresh)
            ok = want * (1.0 - refused)
            v[busy] = v[held] = stay + fresh * (1.0 - refused)
            cold = book(want, ok, each, before + room)
            wait, good = call(ok * each)
            lasting = each * (own + wait) + cold * init
            slow = late(lasting) if lasting > _SAFE_SHARE * timeout else 0.0
            v[lasts_of_timeout] = lasting / timeout
            lasting = timeout if lasting > timeout else lasting
            v[response] = lasts + relax * (lasting - lasts)
            v[failed] = 1.0 - good * (1.0 - slow) * (1.0 - refused) if want > NOTHING else 0.0

        return step

    def longest_s(self) -> float:
        return self.timeout_s

    def meters(self, p: Port, v: State) -> Mapping[str, float]:
        starts = v[p.own + 3]
        return {
            "busy_s": v[p.units],
            "environment_s": v[p.own + 2],
            "cold_starts": starts,
            "init_s": starts * self.init_s,
        }

    def _admission(
        self, p: Port, v: State, dt: float
    ) -> Callable[[float, float, float], tuple[float, float]]:
        """Return a function that answers with (share refused, environments that may be new).

        It takes the concurrency that is wanted, what stays busy from before, and what the
        step's requests would add.
        """
        kept, gauge, shared, limit = p.kept, p.gauge, p.shared, self.limit
        tokens, refill, most = p.own + 4, self.ramp_per_s * dt, self.ramp_per_s * _RAMP_HOLD_S
        lost = blocking(max(1, round(limit))) if math.isfinite(limit) else None

        def admit(need: float, stay: float, fresh: float) -> tuple[float, float]:
            refused, asked = 0.0, stay + fresh
            if lost is not None:
                v[gauge] = need / limit if limit > 0.0 else need
                refused = lost(need) if limit >= 1.0 else 1.0
                if asked > limit and fresh > 0.0:
                    over = (asked - limit) / fresh
                    refused = min(1.0, max(refused, over))
            room = v[tokens] + refill
            more = asked - v[kept]
            v[gauge + 1] = more / room if more > 0.0 else 0.0
            if more > room:
                over = (more - room) / fresh
                refused = over if over > refused else refused
                more = room
            left = room - more if more > 0.0 else room
            v[tokens] = most if left > most else left
            for slot in shared:
                if v[slot] > refused:
                    refused = v[slot]
            return refused, room

        return admit

    def _booking(
        self, p: Port, v: State, dt: float
    ) -> Callable[[float, float, float, float], float]:
        """Return a function that books a step's requests and answers with the cold share."""
        offered, out, cut, called, units = p.offered, p.passed, p.refused, p.called, p.units
        kept, own, held, ready = p.kept, p.own, p.held, self.ready
        most, keep = self.limit, math.exp(-dt / self.idle_s)
        mean_s = max(self.own_s, 1e-3)
        at = environments(round_ratio(self.idle_s / mean_s))

        def book(want: float, ok: float, each: float, reach: float) -> float:
            pool, cold = at(v[held])
            before = v[kept]
            faded = before * keep
            pool = reach if pool > reach else pool
            now = pool if pool > faded else faded
            now = most if now > most else now
            starts = cold * ok + (now - before if now > before else 0.0)
            if now < ready:
                now, starts = ready, 0.0
            starts = ok if starts > ok else starts
            v[kept] = now
            v[offered] += want
            v[out] += ok
            v[cut] += want - ok
            v[called] += ok * each
            v[units] += v[held] * dt
            v[own + 2] += now * dt
            v[own + 3] += starts
            return starts / ok if ok > NOTHING else 0.0

        return book

    def _late(self, lasting_s: float) -> float:
        """Return the share of a lognormal duration with this mean that exceeds the timeout."""
        variance = math.log1p(self.cv**2)
        z = (math.log(self.timeout_s / lasting_s) + variance / 2) / math.sqrt(variance)
        return 0.5 * math.erfc(z / math.sqrt(2.0))

    def serve(self, arrivals: Arrivals, rng: np.random.Generator) -> Departures:
        times, count = arrivals.times, len(arrivals.times)
        durations = Sojourn(self.own_s, self.cv).sample(count, rng) * arrivals.work
        durations += arrivals.beyond
        cold_s = np.minimum(durations + self.init_s, self.timeout_s)
        np.minimum(durations, self.timeout_s, out=durations)
        life = Life.single(self.idle_s)
        saved, ready = self.ramp_per_s * _RAMP_HOLD_S, round(self.ready)
        run = PoolRun(Rules(life, self.limit, self.ramp_per_s, saved, ready))
        new, lost = run.serve(times, durations, cold_s)
        cold, refused = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
        cold[new], refused[lost] = True, True
        return Departures(times, times + durations, refused, cold)

    def sojourn(self, p: Port, v: State) -> Sojourn:
        _, cold = environments(round_ratio(self.idle_s / max(self.own_s, 1e-3)))(v[p.held])
        if v[p.held] < self.ready:
            cold = 0.0
        return Sojourn(self.own_s, self.cv, cold_share=cold, cold_s=self.init_s)


def round_ratio(ratio: float) -> float:
    """Round an idle ratio to the nearest step, so that tables are few. [-]"""
    return math.exp(round(math.log(max(ratio, 1.0)) / _RATIO_STEP) * _RATIO_STEP)
