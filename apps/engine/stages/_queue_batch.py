"""The step of a queue for many scenarios at once: the law of `Queue.bind`, without branches."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from apps.engine.stages._batch import Values, taken
from apps.engine.stages._queue_pace_batch import pacing
from apps.engine.stages.base import NOTHING, FloatArray, Port, Step

if TYPE_CHECKING:
    from apps.engine.stages.queue import Queue

# As for a single scenario: see `Queue`.
_FILLING, _CLEARING_S, _STRAGGLERS = 0.7, 10.0, 0.01

Reach = Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]


def bind_queue(queue: Queue, p: Port, v: FloatArray, dt: float) -> Step:
    """Return the step of `dt` seconds; fields of the queue may be arrays, shape (scenarios,).

    Parameters
    ----------
    queue : Queue
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
    inn, work, offered, called, waiting = v[p.inn], v[p.work], v[p.offered], v[p.called], p.waiting
    flight, hidden, gone, backlog = v[p.own], v[p.own + 1], v[p.own + 4], v[p.own + 5]
    age_all, age, kept_s, refused = _ageing(p, v, dt), v[p.kept], queue.keep_s, v[p.refused]
    lately = v[p.own + 14]
    back = 1.0 - np.exp(-dt / np.maximum(queue.hidden_s, 1e-3))
    expired_share = np.minimum(1.0, dt / np.asarray(kept_s))
    settle, reach, hand_over = _settling(queue, p, v, dt), _reach(queue, p, v, dt), _hand_over(p, v)

    def step() -> None:
        done = settle()
        came = taken(inn, work)
        np.add(offered, came, offered)
        again = hidden * back
        np.subtract(hidden, again, hidden)
        np.multiply(lately, 1.0 - back, lately)
        lying = backlog + came + again
        take, batch = reach(lying, came)
        lying = lying - take
        old = age > kept_s
        if old.any():
            late = np.where(old, lying * expired_share, 0.0)
            lying = lying - late
            np.add(gone, late, gone)
            np.add(refused, late, refused)
        backlog[:], flight[:] = lying, take
        v[waiting] = lying + take + hidden
        age_all(came, take * done)
        batches = take / batch
        hand_over(batches, batch)
        np.add(called, batches, called)

    return step


def _ageing(p: Port, v: FloatArray, dt: float) -> Callable[[FloatArray, FloatArray], None]:
    """Return a function of what came and what went for good, which keeps the oldest's age."""
    hidden, backlog, age, dense = v[p.own + 1], v[p.own + 5], v[p.kept], v[p.own + 13]
    lately = v[p.own + 14]

    def age_all(came: FloatArray, went: FloatArray) -> None:
        late = np.maximum(hidden - _STRAGGLERS * lately, 0.0)
        lying = backlog + np.where(hidden > 1.0, late, 0.0)
        lies = lying > 1e-9
        if not lies.any():
            age.fill(0.0)
            dense.fill(0.0)
            return
        part = np.minimum(1.0, came / np.where(lies, lying + went, 1.0))
        dense[:] = np.where(lies, dense + (came / dt - dense) * part, 0.0)
        moves = dense > NOTHING
        older = age + dt - np.where(moves, went / np.where(moves, dense, 1.0), 0.0)
        age[:] = np.where(lies, np.maximum(older, 0.0), 0.0)

    return age_all


def _settling(queue: Queue, p: Port, v: FloatArray, dt: float) -> Callable[[], Values]:
    """Return a function that books what became of the last step's hand-over.

    It answers with the share that is done with, well or given up.
    """
    sent, hidden, dead, out, cut = v[p.own], v[p.own + 1], v[p.own + 3], v[p.passed], v[p.refused]
    failed = [(v[c.failed], np.minimum(c.calls, 1.0)) for c in p.calls]
    attempts = np.asarray(queue.attempts, dtype=np.float64)
    adjust, lately = pacing(p, v, dt), v[p.own + 14]

    def settle() -> Values:
        np.add(lately, sent, lately)
        good: Values = 1.0
        for row, count in failed:
            if row.max() > NOTHING:
                good = good * (1.0 - np.where(row > NOTHING, row, 0.0) * count)
        adjust(1.0 - good)
        if isinstance(good, float):
            np.add(out, sent, out)
            return 1.0
        bad = 1.0 - good
        lost = sent * bad
        ends = _last(bad, attempts)
        last = lost * ends
        np.add(out, sent - lost, out)
        np.add(dead, last, dead)
        np.add(cut, last, cut)
        np.add(hidden, lost - last, hidden)
        return np.where(sent > 0.0, 1.0 - bad * (1.0 - ends), 1.0)

    return settle


def _last(bad: FloatArray, attempts: FloatArray) -> FloatArray:
    """Return the probability that a failed attempt is the last one."""
    safe = np.where(bad < 1.0, bad, 0.5)
    ends = safe ** (attempts - 1.0) * (1.0 - safe) / (1.0 - safe**attempts)
    ends = np.where(bad < 1.0, ends, 1.0 / attempts)
    return np.where((bad > NOTHING) & np.isfinite(attempts), ends, 0.0)


def _reach(queue: Queue, p: Port, v: FloatArray, dt: float) -> Reach:
    """Return a function of what lies and what came: (handed over, size of a batch)."""
    last, pace, rate, flying = v[p.own + 6], v[p.own + 7], v[p.own + 8], v[p.gauge + 1]
    responses = [v[call.response] for call in p.calls]
    quota, room, poll = queue.rate_per_s * dt, queue.in_flight, _polling(queue, p, v, dt)

    def reach(lying: FloatArray, came: FloatArray) -> tuple[FloatArray, FloatArray]:
        lasts: Values = 1e-3
        for response in responses:
            lasts = np.maximum(response, lasts)
        each = lasts / last
        able, size = poll(lying, came, each)
        last[:] = size
        take = np.minimum(np.minimum(np.minimum(able, quota), pace * dt), lying)
        np.divide(take, dt, rate)
        flying[:] = take * each / (dt * room)
        return take, size

    return reach


def _polling(
    queue: Queue, p: Port, v: FloatArray, dt: float
) -> Callable[[FloatArray, FloatArray, FloatArray], tuple[FloatArray, FloatArray]]:
    """Return a function that scales the pollers: (what they can take, size of a batch)."""
    most = np.asarray(queue.pollers, dtype=np.float64)
    first, grow, batch = queue.first_pollers, queue.ramp_per_s * dt, queue.batch
    active, gauge, ramp, limited = v[p.own + 2], v[p.gauge], v[p.gauge + 2], np.isfinite(most)
    window = queue.window_s
    if not limited.any():
        return lambda lying, came, each: (lying, np.minimum(batch, 1.0 + lying / dt * window))

    def poll(
        lying: FloatArray, came: FloatArray, each: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        needed = (came / dt + (lying - came) / _CLEARING_S) * each / _FILLING
        rises = needed > active
        after = np.where(rises, np.minimum(np.minimum(active + grow, needed), most), active)
        mean = (active + after) / 2.0
        able = mean * dt / each
        falls = (active > first) & ~rises & (lying <= able)
        after = np.where(falls, np.maximum(np.maximum(first, active - grow), needed), after)
        active[:] = np.where(limited, after, active)
        short = limited & (needed > after)
        ramp[:] = np.where(short, np.minimum(needed, most) / after, np.where(limited, 0.0, ramp))
        above = np.maximum(lying / able - _FILLING, 0.0) / (1.0 - _FILLING)
        size = 1.0 + lying / dt * window / np.where(limited, mean, 1.0)
        size = np.minimum(size + np.where(limited, batch * above**2, 0.0), batch)
        gauge[:] = np.where(limited, came * each / (dt * most), gauge)
        return np.where(limited, able, lying), size

    return poll


def _hand_over(p: Port, v: FloatArray) -> Callable[[FloatArray, FloatArray], None]:
    """Return a function that offers batches to the callees; their answer is read later."""
    calls = [(v[c.inn], v[c.work], c.calls, c.units) for c in p.calls]

    def hand_over(batches: FloatArray, size: FloatArray) -> None:
        for inn, work, count, units in calls:
            made = batches * count
            np.add(inn, made, inn)
            np.add(work, made * size * units, work)

    return hand_over
