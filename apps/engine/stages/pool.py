"""A pool of environments, each of which handles one request at a time: Lambda."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from apps.engine.stages._pool_batch import bind_pool
from apps.engine.stages._pool_requests import PoolServer
from apps.engine.stages.arrivals import Arrivals, Departures, chance_of
from apps.engine.stages.base import NOTHING, FloatArray, Port, Sojourn, Stage, State, Step, caller
from apps.engine.stages.erlang import blocking
from apps.engine.stages.idle_life import GROWTH, SLOTS, remember, shrink, start
from apps.engine.stages.lags import NARROW, STARTING, Lag
from apps.engine.stages.lags import SLOTS as LAG_SLOTS

# The right to make new environments is saved for so long.
_RAMP_HOLD_S = 10.0
# Durations below this part of the timeout are never cut by it.
_SAFE_SHARE = 0.2
# Where its memory begins among the pool's own slots.
_MEMORY = 9
_LAG = _MEMORY + SLOTS
# A Gumbel law is met within so many scales of it, and has its mean so many above its mode.
_NEAR, _EULER = 6.0, 0.5772


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
    Concurrency follows the filter of an M_t/M/inf system, and `lags` in a rush and where durations
    vary little; environments and cold starts follow
    the memory of `idle_life`, and where queues alone call there are no more environments than
    they make hand-overs at once; refusals at the limit are Erlang B at the window's load.
    The duration relaxes towards what the callees answered, with a time constant of 1 s.

    References
    ----------
    .. [1] https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
    .. [2] https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html
    """

    GAUGES: ClassVar[tuple[str, ...]] = ("concurrency", "scaling", "duration")
    LIFTS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "concurrency": ("limit",),
        "scaling": ("ramp_per_s",),
        "duration": ("timeout_s",),
    }
    # Concurrency, items each, kept seconds, starts, tokens, concurrency if nothing were refused,
    # share that started cold in the last step, environments beside those that the memory of its
    # idle life says, busy seconds in environments that are always kept; then that memory.
    OWN_SLOTS: ClassVar[int] = _LAG + LAG_SLOTS
    OWN_COUNTERS: ClassVar[tuple[int, ...]] = (2, 3, 8)

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
        start(p.own + _MEMORY, v)

    def bind(self, p: Port, v: State, dt: float) -> Step:
        inn, work, response, failed = p.inn, p.work, p.response, p.failed
        wanted, held, busy, last_each = p.wanted, p.held, p.own, p.own + 1
        kept, load = p.kept, p.own + 5
        book, admit, late = self._booking(p, v, dt), self._admission(p, v, dt), self._late
        call, own, init, timeout = caller(p, v), self.own_s, self.init_s, self.timeout_s
        relax, lasts_of_timeout = 1.0 - math.exp(-dt), p.gauge + 2
        starting, lag = p.own + _LAG + STARTING, Lag(self, p, v, dt, p.own + _LAG)
        watches = self.cv < NARROW or init > 0.1 * dt

        def step() -> None:
            want, items, had = v[inn], v[work], v[last_each]
            v[inn] = v[work] = 0.0
            v[last_each] = each = items / want if want > NOTHING else 1.0
            lasts = v[response] * each / had
            fresh = need = want * lasts / dt
            fade = 0.0
            if lasts > 0.1 * dt:
                fade = math.exp(-dt / lasts) if lasts < 50.0 * dt else 1.0 - dt / lasts
                need = v[load] * fade + need * (1.0 - fade)
            stay, have = v[busy] * fade, v[kept]
            before, fresh = have, fresh * (1.0 - fade)
            lags = v[starting] or (watches and lag.begins(fade, stay + fresh - have))
            if lags:
                lasts, need, stay, fresh, have = lag.leave(want, lasts, each / had)
            v[load] = v[wanted] = need
            refused, room = admit(need, stay, fresh, have)
            ok = want * (1.0 - refused)
            v[busy] = v[held] = stay + fresh * (1.0 - refused)
            cold = book(want, ok, each, lasts, before + room)
            wait, good = call(ok * each)
            lasting = each * (own + wait) + cold * init
            slow = late(lasting) if lasting > _SAFE_SHARE * timeout else 0.0
            v[lasts_of_timeout] = lasting / timeout
            lasting = timeout if lasting > timeout else lasting
            v[response] = lasts + relax * (lasting - lasts)
            if lags:
                v[response] += (1.0 - relax) * lag.enter(refused)
            v[failed] = 1.0 - good * (1.0 - slow) * (1.0 - refused) if want > NOTHING else 0.0

        return step

    def bind_batch(self, p: Port, v: FloatArray, dt: float) -> Step:
        return bind_pool(self, p, v, dt)

    def serve(self, arrivals: Arrivals, rng: np.random.Generator) -> Departures:
        return self.server().serve(arrivals, chance_of(self, len(arrivals.times), rng))

    def server(self) -> PoolServer:
        return PoolServer(self, _RAMP_HOLD_S)

    def longest_s(self) -> float:
        return self.timeout_s

    def emptied(self, p: Port, v: State, share: float) -> None:
        """Take a share of the environments away; requests under way end first."""
        v[p.kept] = max(v[p.kept] * (1.0 - share), 0.0)
        v[p.own + 7] = 0.0
        shrink(p.own + _MEMORY, v, 1.0 - share)

    def meters(self, p: Port, v: State) -> Mapping[str, float]:
        starts = v[p.own + 3]
        return {
            "busy_s": v[p.units],
            "ready_busy_s": v[p.own + 8],
            "environment_s": v[p.own + 2],
            "cold_starts": starts,
            "init_s": starts * self.init_s,
        }

    def _admission(
        self, p: Port, v: State, dt: float
    ) -> Callable[[float, float, float, float], tuple[float, float]]:
        """Return a function that answers with (share refused, environments that may be new).

        It takes the concurrency that is wanted, what stays busy from before, what the
        step's requests would add, and the environments that they find.
        """
        gauge, shared, limit = p.gauge, p.shared, self.limit
        tokens, refill, most = p.own + 4, self.ramp_per_s * dt, self.ramp_per_s * _RAMP_HOLD_S
        lost = blocking(max(1, round(limit))) if math.isfinite(limit) else None

        def admit(need: float, stay: float, fresh: float, have: float) -> tuple[float, float]:
            refused, asked = 0.0, stay + fresh
            if lost is not None:
                v[gauge] = need / limit if limit > 0.0 else need
                refused = lost(need) if limit >= 1.0 else 1.0
                if asked > limit and fresh > 0.0:
                    over = (asked - limit) / fresh
                    refused = min(1.0, max(refused, over))
            room = v[tokens] + refill
            more = asked - have
            v[gauge + 1] = more / room if more > 0.0 else 0.0
            if more > room:
                # What is busy from before can be more than all that there may be.
                over = (more - room) / fresh if more - room < fresh else 1.0
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
    ) -> Callable[[float, float, float, float, float], float]:
        """Return a function that books a step's requests and answers with the cold share."""
        offered, out, cut, called, units = p.offered, p.passed, p.refused, p.called, p.units
        kept, own, held, ready, share = p.kept, p.own, p.held, self.ready, p.own + 6
        observe, feeders = remember(p.own + _MEMORY, v, dt, self.idle_s), p.feeders
        beside, growth, limit = p.own + 7, p.own + _MEMORY + GROWTH, self.limit
        kept_s, begins, half = p.own + 2, p.own + 3, dt / 2.0
        spill, bound = blocking(max(1, round(ready))), self._bound(feeders, v)

        def book(want: float, ok: float, each: float, lasts: float, reach: float) -> float:
            busy = v[held]
            pool, begun = observe(busy, lasts)
            most = limit
            if feeders:
                most = bound()
            if pool + pool > most:
                begun *= _within(most, pool, v[growth] + 1e-9)
            if ready:
                # What does not find one of those always kept goes to others, as lost calls do.
                over = spill(busy)
                begun = ok * over if begun > ok * over else begun
                v[own + 8] += busy * (1.0 - over) * dt
            pool = most if pool > most else ready if pool < ready else pool
            now, before = busy if busy > pool else pool, v[kept]
            now = reach if now > reach else now
            starts = begun + (now - pool) - v[beside]
            v[beside] = now - pool
            starts = ok if starts > ok else starts
            starts = starts if starts > 0.0 else 0.0
            v[kept] = now
            v[offered] += want
            v[out] += ok
            v[cut] += want - ok
            v[called] += ok * each
            v[units] += busy * dt
            v[kept_s] += (before + now) * half
            v[begins] += starts
            v[share] = cold = starts / ok if ok > NOTHING else 0.0
            return cold

        return book

    def _bound(self, feeders: tuple[int, ...], v: State) -> Callable[[], float]:
        """Return a function that answers with the most environments that feeders can fill."""
        limit = self.limit

        def bound() -> float:
            most = 0.0
            for slot in feeders:
                most += v[slot]
            return limit if most > limit else most

        return bound

    def _late(self, lasting_s: float) -> float:
        """Return the share of a lognormal duration with this mean that exceeds the timeout."""
        variance = math.log1p(self.cv**2)
        z = (math.log(self.timeout_s / lasting_s) + variance / 2) / math.sqrt(variance)
        return 0.5 * math.erfc(z / math.sqrt(2.0))

    def sojourn(self, p: Port, v: State) -> Sojourn:
        return Sojourn(self.own_s, self.cv, cold_share=v[p.own + 6], cold_s=self.init_s)


def _within(most: float, pool: float, spread: float) -> float:
    """Return the share of environments that begin within the most there may be.

    The highest slot in use varies by a Gumbel law whose scale is the spread.
    """
    return math.exp(-math.exp(min(_EULER - (most - pool) / spread, _NEAR)))
