"""The step of a station for many scenarios at once: the law of `Station.bind`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from apps.engine.stages._batch import Values, caller_batch, each_of, taken
from apps.engine.stages._erlang_batch import blocking_batch
from apps.engine.stages._waiting_batch import infinite_free, queueing_batch, seconds_of
from apps.engine.stages.base import FloatArray, Port, Step

if TYPE_CHECKING:
    from apps.engine.stages.station import Station


def bind_station(station: Station, p: Port, v: FloatArray, dt: float) -> Step:
    """Return the step of `dt` seconds; fields may be arrays, shape (scenarios,).

    Parameters
    ----------
    station : Station
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
    last, wait_s, gauge, own = v[p.own], v[p.own + 1], v[p.gauge + 1], station.own_s
    book, connect, call = _booking(p, v), _connecting(station, p, v), caller_batch(p, v)
    serve, unit, full = _serving(station, p, v, dt), station.unit_s, station.servers

    def step() -> None:
        load = work * unit
        want = taken(inn, work)
        unconnected = connect()
        admitted = want * (1.0 - unconnected)
        each = each_of(load, want, last)
        last[:] = each
        done, over = serve(admitted, each)
        book(want, done, want - admitted + over, done * each)
        gauge[:] = admitted * each / dt / full
        wait, good = call(done)
        response[:] = own + each + wait_s + wait
        lost = unconnected + each_of(over, want, 0.0)
        failed[:] = np.where(lost < 1.0, 1.0 - good * (1.0 - lost), 1.0)

    return step


def _serving(
    station: Station, p: Port, v: FloatArray, dt: float
) -> Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]:
    """Return a function of what comes in and the work of each: (served, given up)."""
    waiting, held, wait_s, patience = v[p.waiting], v[p.held], v[p.own + 1], station.patience_s
    counted, count = infinite_free(station.servers)
    queue_after = queueing_batch(count, station.cv, dt) if counted.any() else None

    def serve(admitted: FloatArray, each: FloatArray) -> tuple[FloatArray, FloatArray]:
        left = over = np.zeros_like(waiting)
        if queue_after is not None:
            queues, safe = counted & (each > 0.0), np.where(each > 0.0, each, 1.0)
            left = np.where(queues, queue_after(waiting, admitted, safe), 0.0)
            over = np.where(queues, np.maximum(left - patience * count / safe, 0.0), 0.0)
        done = waiting + admitted - left
        left = left - over
        waiting[:] = left
        wait_s[:] = seconds_of(left, done, dt)
        held[:] = np.minimum(admitted * each / dt, station.servers)
        return done, over

    return serve


def _booking(
    p: Port, v: FloatArray
) -> Callable[[FloatArray, FloatArray, FloatArray, FloatArray], None]:
    offered, out, cut = v[p.offered], v[p.passed], v[p.refused]
    called, units = v[p.called], v[p.units]

    def book(want: FloatArray, done: FloatArray, refused: FloatArray, took: FloatArray) -> None:
        np.add(offered, want, offered)
        np.add(out, done, out)
        np.add(cut, refused, cut)
        np.add(called, done, called)
        np.add(units, took, units)

    return book


def _connecting(station: Station, p: Port, v: FloatArray) -> Callable[[], Values]:
    """Return a function that answers with the share of callers who get no connection."""
    limit = np.asarray(station.connections, dtype=np.float64)
    kept, gauge, finite = v[p.kept], v[p.gauge], np.isfinite(limit)
    holds = [(v[hold.slot], hold.factor) for hold in p.holds]
    if not finite.any() or not holds:
        return lambda: 0.0
    is_random = all(hold.is_random for hold in p.holds)
    lost = blocking_batch(limit)

    def connect() -> Values:
        total = np.zeros_like(kept)
        for row, factor in holds:
            total += row * factor
        kept[:] = np.where(finite, total, kept)
        gauge[:] = np.where(finite, total / limit, gauge)
        if is_random:
            return lost(total)
        over = total > limit
        return np.where(over, 1.0 - limit / total, 0.0) if over.any() else 0.0

    return connect
