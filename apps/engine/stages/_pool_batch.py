"""The step of a pool for many scenarios at once: the law of `Pool.bind`, without branches."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from apps.engine.stages._batch import Values, caller_batch, each_of, taken
from apps.engine.stages._erlang_batch import blocking_batch
from apps.engine.stages._lags_batch import Lags
from apps.engine.stages._memory_batch import remember_batch
from apps.engine.stages.base import NOTHING, FloatArray, Port, Step
from apps.engine.stages.idle_life import GROWTH, SLOTS

if TYPE_CHECKING:
    from apps.engine.stages.pool import Pool

# The right to make new environments is saved for so long; shorter durations are never late.
_RAMP_HOLD_S, _SAFE_SHARE = 10.0, 0.2
# As for a single scenario: see `Pool`.
_MEMORY, _NEAR, _EULER = 9, 6.0, 0.5772
_LAG = _MEMORY + SLOTS

Admission = Callable[
    [FloatArray, FloatArray, FloatArray, FloatArray], tuple[FloatArray, FloatArray]
]
Limiting = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
Booking = Callable[[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray], FloatArray]


def bind_pool(pool: Pool, p: Port, v: FloatArray, dt: float) -> Step:
    """Return the step of `dt` seconds; fields of the pool may be arrays, shape (scenarios,).

    Parameters
    ----------
    pool : Pool
        Its fields may be arrays, shape (scenarios,).
    p : Port
        Where it reads and writes.
    v : ndarray, shape (slots, scenarios)
        The state.
    dt : float
        Length of a step. [s]

    Returns
    -------
    callable
        The step of all scenarios.
    """
    inn, work, response, failed = v[p.inn], v[p.work], v[p.response], v[p.failed]
    wanted, held, busy, last_each = v[p.wanted], v[p.held], v[p.own], v[p.own + 1]
    kept, load, lasts_of_timeout = v[p.kept], v[p.own + 5], v[p.gauge + 2]
    book, admit, late = _booking(pool, p, v, dt), _admission(pool, p, v, dt), _lateness(pool)
    call, own, init, timeout = caller_batch(p, v), pool.own_s, pool.init_s, pool.timeout_s
    relax, lags = 1.0 - math.exp(-dt), Lags(pool, p, v, dt, p.own + _LAG)

    def step() -> None:
        items = work.copy()
        want = taken(inn, work)
        each = each_of(items, want)
        lasts, had = response * each / last_each, last_each.copy()
        last_each[:] = each
        inflow = want * lasts / dt
        fade = _fade(lasts, dt)
        need = load * fade + inflow * (1.0 - fade)
        stay, fresh, have = busy * fade, inflow * (1.0 - fade), kept
        where = lags.where(fade, stay + fresh)
        if where.size:
            have = lags.leave(where, want, each / had, (lasts, need, stay, fresh))
        load[:] = wanted[:] = need
        refused, room = admit(need, stay, fresh, have)
        well = 1.0 - refused
        ok = want * well
        busy[:] = held[:] = stay + fresh * well
        cold = book(want, ok, each, lasts, kept + room)
        wait, good = call(ok * each)
        lasting = each * (own + wait) + cold * init
        slow = late(lasting)
        np.divide(lasting, timeout, lasts_of_timeout)
        np.minimum(lasting, timeout, out=lasting)
        response[:] = lasts + relax * (lasting - lasts)
        if where.size:
            response[where] += (1.0 - relax) * lags.enter(refused[where])
        failed[:] = np.where(want > NOTHING, 1.0 - good * (1.0 - slow) * well, 0.0)

    return step


def _fade(lasts: FloatArray, dt: float) -> Values:
    """Return the share of what is busy that still is after a step."""
    slowest = lasts.max()
    if slowest <= 0.1 * dt:
        return 0.0
    safe = np.maximum(lasts, 1e-3 * dt)
    fade = np.exp(-dt / safe)
    if slowest >= 50.0 * dt:
        fade = np.where(lasts < 50.0 * dt, fade, 1.0 - dt / safe)
    return np.where(lasts > 0.1 * dt, fade, 0.0)


def _admission(pool: Pool, p: Port, v: FloatArray, dt: float) -> Admission:
    """Return a function that answers with (share refused, environments that may be new)."""
    tokens, scaling = v[p.own + 4], v[p.gauge + 1]
    shared = [v[slot] for slot in p.shared]
    refill, most = pool.ramp_per_s * dt, pool.ramp_per_s * _RAMP_HOLD_S
    limited = _limited(pool, v[p.gauge])

    def admit(
        need: FloatArray, stay: FloatArray, fresh: FloatArray, have: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        asked = stay + fresh
        refused = limited(need, asked, fresh)
        room = tokens + refill
        more = asked - have
        scaling[:] = np.maximum(more, 0.0) / room
        over = more > room
        if over.any():
            cut = np.minimum((more - room) / fresh, 1.0)
            refused = np.maximum(refused, np.where(over, cut, 0.0))
        np.minimum(room - np.minimum(np.maximum(more, 0.0), room), most, out=tokens)
        for row in shared:
            refused = np.maximum(refused, row)
        return refused, room

    return admit


def _limited(pool: Pool, gauge: FloatArray) -> Limiting:
    """Return a function that answers with the share refused at the limit, and shows its use."""
    limit = np.asarray(pool.limit, dtype=np.float64)
    finite = np.isfinite(limit)
    if not finite.any():
        return lambda need, asked, fresh: np.zeros_like(need)
    lost, is_open = blocking_batch(limit), limit >= 1.0

    def limited(need: FloatArray, asked: FloatArray, fresh: FloatArray) -> FloatArray:
        use = np.where(limit > 0.0, need / limit, need)
        gauge[:] = np.where(finite, use, gauge)
        refused = np.where(is_open, lost(need), 1.0)
        over = (asked > limit) & (fresh > 0.0)
        if not over.any():
            return refused
        cut = np.where(over, (asked - limit) / fresh, 0.0)
        return np.where(over, np.minimum(1.0, np.maximum(refused, cut)), refused)

    return limited


def _booking(pool: Pool, p: Port, v: FloatArray, dt: float) -> Booking:
    """Return a function that books a step's requests and answers with the cold share."""
    offered, out, cut, called = v[p.offered], v[p.passed], v[p.refused], v[p.called]
    units, kept, held, share = v[p.units], v[p.kept], v[p.held], v[p.own + 6]
    environment_s, cold_starts, beside = v[p.own + 2], v[p.own + 3], v[p.own + 7]
    begin = _beginning(pool, p, v, dt)

    def book(
        want: FloatArray, ok: FloatArray, each: FloatArray, lasts: FloatArray, reach: FloatArray
    ) -> FloatArray:
        number, begun = begin(ok, lasts)
        now, before = np.minimum(np.maximum(held, number), reach), kept.copy()
        starts = np.maximum(np.minimum(begun + (now - number) - beside, ok), 0.0)
        beside[:], kept[:] = now - number, now
        np.add(offered, want, offered)
        np.add(out, ok, out)
        np.add(cut, want - ok, cut)
        np.add(called, ok * each, called)
        np.add(units, held * dt, units)
        np.add(environment_s, (before + now) / 2.0 * dt, environment_s)
        np.add(cold_starts, starts, cold_starts)
        share[:] = cold = each_of(starts, ok, 0.0)
        return cold

    return book


def _beginning(
    pool: Pool, p: Port, v: FloatArray, dt: float
) -> Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]:
    """Return a function of requests and their duration: (environments, how many begin)."""
    observe = remember_batch(p.own + _MEMORY, v, dt, pool.idle_s)
    growth, held, ready = v[p.own + _MEMORY + GROWTH], v[p.held], pool.ready
    feeders = [v[slot] for slot in p.feeders]
    spill = blocking_batch(ready) if np.any(np.asarray(ready) > 0.0) else None
    kept_busy_s = v[p.own + 8]

    def begin(ok: FloatArray, lasts: FloatArray) -> tuple[FloatArray, FloatArray]:
        number, begun = observe(held, lasts)
        limit = np.minimum(pool.limit, sum(feeders)) if feeders else pool.limit
        near = number > limit / 2.0
        if near.any():
            reach = np.minimum(_EULER - (limit - number) / (growth + 1e-9), _NEAR)
            begun = np.where(near, begun * np.exp(-np.exp(reach)), begun)
        if spill is not None:
            over = np.where(ready > 0.0, spill(held), 1.0)
            begun = np.where((ready > 0.0) & (begun > ok * over), ok * over, begun)
            kept_busy_s[:] += held * (1.0 - over) * dt
        return np.where(number > limit, limit, np.maximum(number, ready)), begun

    return begin


def _lateness(pool: Pool) -> Callable[[FloatArray], Values]:
    """Return a function of the mean duration: the share of lognormal ones past the timeout."""
    variance = np.log1p(np.asarray(pool.cv, dtype=np.float64) ** 2)
    timeout = pool.timeout_s

    def late(lasting: FloatArray) -> Values:
        risky = lasting > _SAFE_SHARE * timeout
        if not risky.any():
            return 0.0
        z = (np.log(timeout / np.where(risky, lasting, timeout)) + variance / 2) / np.sqrt(variance)
        tails = [0.5 * math.erfc(x) for x in (z / math.sqrt(2.0)).tolist()]
        return np.where(risky, tails, 0.0)

    return late
