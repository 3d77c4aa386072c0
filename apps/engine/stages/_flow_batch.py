"""The steps of the simple stages for many scenarios at once: gate, credits, shards, quota."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from apps.engine.stages._batch import Values, caller_batch, each_of, failed_share, taken
from apps.engine.stages._columns import by_columns
from apps.engine.stages._erlang_batch import blocking_batch, overflow_batch
from apps.engine.stages.base import NOTHING, FloatArray, Port, Step

if TYPE_CHECKING:
    from apps.engine.stages.credits import Credits
    from apps.engine.stages.gate import Gate
    from apps.engine.stages.shards import Shards
    from apps.engine.stages.shared import Shared

_GROWTH_S = 600.0


def bind_gate(gate: Gate, p: Port, v: FloatArray, dt: float) -> Step:
    """Return the step of a token bucket of `dt` seconds, by the law of `Gate.bind`.

    Parameters
    ----------
    gate : Gate
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
    inn, work, out, cut, tokens = v[p.inn], v[p.work], v[p.passed], v[p.refused], v[p.own]
    wanted, offered, called = v[p.wanted], v[p.offered], v[p.called]
    response, failed, gauge = v[p.response], v[p.failed], v[p.gauge]
    refill, burst, own = gate.rate_per_s * dt, gate.burst, gate.own_s
    shared, call = [v[slot] for slot in p.shared], caller_batch(p, v)

    def step() -> None:
        want = taken(inn, work)
        have = tokens + refill
        ok = np.minimum(want, have)
        np.minimum(have - ok, burst, out=tokens)
        np.divide(want, refill, gauge)
        if gauge.max() > 0.7:
            ok = ok * (1.0 - overflow_batch(np.where(gauge > 0.7, gauge, 0.0), burst))
        np.divide(want, dt, wanted)
        for row in shared:
            ok = ok * (1.0 - row)
        np.add(offered, want, offered)
        np.add(out, ok, out)
        np.add(cut, want - ok, cut)
        np.add(called, ok, called)
        wait, good = call(ok)
        response[:] = own + wait
        failed[:] = failed_share(good, ok, want)

    return step


def bind_credits(credit: Credits, p: Port, v: FloatArray, dt: float) -> Step:
    """Return the step of saved capacity of `dt` seconds, by the law of `Credits.bind`.

    Parameters
    ----------
    credit : Credits
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
    if credit.tracking is not None:
        return by_columns(credit, p, v, dt)
    inn, work, response, failed = v[p.inn], v[p.work], v[p.response], v[p.failed]
    stored, use, key, pace = v[p.own], v[p.gauge], v[p.gauge + 1], v[p.gauge + 2]
    hold, hot, own, hot_cap = credit.hold_s, credit.hot_share, credit.own_s, credit.hot_per_s * dt
    most = np.maximum(credit.rate_per_s, credit.most_per_s) * dt
    capacity, book, call = _capacity(credit, p, v, dt), _spending(p, v), caller_batch(p, v)

    def step() -> None:
        need = work.copy()
        want = taken(inn, work)
        rate = capacity(need)
        busiest = need * hot
        hottest = busiest > hot_cap
        fits = 1.0 - np.where(hottest, hot * (1.0 - hot_cap / busiest), 0.0)
        have, took, ok = stored + rate * dt, need * fits, want * fits
        short = took > have
        if short.any():
            ok = np.where(short, ok * have / np.where(short, took, 1.0), ok)
            took = np.minimum(took, have)
        np.minimum(have - took, rate * hold, out=stored)
        book(want, ok, took, rate * dt)
        use[:], key[:], pace[:] = need / most, busiest / hot_cap, need / (rate * dt)
        wait, good = call(ok)
        response[:] = own + wait
        failed[:] = failed_share(good, ok, want)

    return step


def _capacity(credit: Credits, p: Port, v: FloatArray, dt: float) -> Callable[[FloatArray], Values]:
    """Return a function of the units that a step needs: what there is of them a second."""
    base, most, peak = credit.rate_per_s, credit.most_per_s, v[p.own + 1]
    follow, grows = 1.0 - math.exp(-dt / _GROWTH_S), np.greater(most, base)
    if not np.any(grows):
        return lambda need: base

    def capacity(need: FloatArray) -> FloatArray:
        rate = np.minimum(most, np.maximum(base, 2.0 * peak))
        np.add(peak, np.where(grows, follow * np.maximum(need / dt - peak, 0.0), 0.0), peak)
        return np.where(grows, rate, base)

    return capacity


def _spending(
    p: Port, v: FloatArray
) -> Callable[[FloatArray, FloatArray, FloatArray, Values], None]:
    """Return a function that books requests wanted and passed, units taken and kept ready."""
    offered, out, cut, called = v[p.offered], v[p.passed], v[p.refused], v[p.called]
    units, ready = v[p.units], v[p.own + 2]

    def book(want: FloatArray, ok: FloatArray, took: FloatArray, kept: Values) -> None:
        np.add(offered, want, offered)
        np.add(out, ok, out)
        np.add(cut, want - ok, cut)
        np.add(called, ok, called)
        np.add(units, took, units)
        np.add(ready, kept, ready)

    return book


def bind_shards(shards: Shards, p: Port, v: FloatArray, dt: float) -> Step:
    """Return the step of shards of `dt` seconds, by the law of `Shards.bind`.

    Parameters
    ----------
    shards : Shards
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
    inn, work, out, cut, gauge = v[p.inn], v[p.work], v[p.passed], v[p.refused], v[p.gauge]
    offered, called, units = v[p.offered], v[p.called], v[p.units]
    response, failed, own, call = v[p.response], v[p.failed], shards.own_s, caller_batch(p, v)
    each, count = shards.rate_per_s * dt, np.asarray(shards.count, np.float64)
    hot = np.maximum(shards.hot_share, 1.0 / count)
    rest = np.where(count > 1.0, (1.0 - hot) / np.where(count > 1.0, count - 1.0, 1.0), 0.0)

    def step() -> None:
        load = work.copy()
        want = taken(inn, work)
        hottest = load * hot
        took = np.minimum(hottest, each) + (count - 1.0) * np.minimum(load * rest, each)
        ok = np.where(load > NOTHING, want * each_of(took, load), want)
        np.add(offered, want, offered)
        np.add(out, ok, out)
        np.add(cut, want - ok, cut)
        np.add(called, ok, called)
        np.add(units, took, units)
        np.divide(hottest, each, gauge)
        wait, good = call(ok)
        response[:] = own + wait
        failed[:] = failed_share(good, ok, want)

    return step


def bind_shared(quota: Shared, p: Port, v: FloatArray, dt: float) -> Step:
    """Return the step of a shared quota of `dt` seconds, by the law of `Shared.bind`.

    Parameters
    ----------
    quota : Shared
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
    members = [(v[hold.slot], hold.factor) for hold in p.holds]
    gauge, failed, wanted, tokens = v[p.gauge], v[p.failed], v[p.wanted], v[p.own]
    limit, burst = quota.limit, quota.burst
    lost, refill = blocking_batch(limit), limit * dt
    is_rate = bool(np.all(np.asarray(burst) > 0.0))

    def step() -> None:
        wanted.fill(0.0)
        for row, factor in members:
            np.add(wanted, row * factor if is_rate else row, wanted)
        np.divide(wanted, limit, gauge)
        if not is_rate:
            failed[:] = lost(wanted)
            return
        want, have = wanted * dt, tokens + refill
        ok = np.minimum(want, have)
        np.minimum(have - ok, burst, out=tokens)
        short = ok < want
        failed[:] = overflow_batch(gauge, burst)
        if short.any():
            failed[:] = np.where(short, 1.0 - ok / np.where(short, want, 1.0), failed)

    return step
