"""The step of a station for many scenarios at once: the law of `Station.bind`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from apps.engine.stages._batch import Values, caller_batch, each_of, taken
from apps.engine.stages._erlang_batch import blocking_batch, mean_wait_batch
from apps.engine.stages.base import FloatArray, Port, Step

if TYPE_CHECKING:
    from apps.engine.stages.station import Station


def bind_station(station: Station, p: Port, v: FloatArray, dt: float) -> Step:
    """Return the step of `dt` seconds; fields may be arrays, shape (scenarios,)."""
    inn, work, waiting, response, failed = (
        v[p.inn], v[p.work], v[p.waiting], v[p.response], v[p.failed],
    )  # fmt: skip
    last, held, gauge, own = v[p.own], v[p.held], v[p.gauge + 1], station.own_s
    book, connect, call = _booking(p, v), _connecting(station, p, v), caller_batch(p, v)
    servers, patience = station.servers, station.patience_s
    capacity, wait_at = servers * dt, mean_wait_batch(servers)

    def step() -> None:
        load = work.copy()
        want = taken(inn, work)
        unconnected = connect()
        admitted = want * (1.0 - unconnected)
        each = each_of(load, want, last)
        last[:] = each
        works = each > 0.0
        backlog = waiting + admitted
        done = np.minimum(backlog, np.where(works, capacity / each, backlog))
        backlog = backlog - done
        over = np.maximum(backlog - np.where(works, patience * servers / each, backlog), 0.0)
        waiting[:] = backlog - over
        use = admitted * each / capacity
        book(want, done, want - admitted + over, done * each)
        held[:] = np.minimum(admitted * each / dt, servers)
        gauge[:] = use
        wait, good = call(done)
        queue = waiting * each / servers + wait_at(use, each)
        response[:] = own + each + queue + wait
        lost = unconnected + each_of(over, want, 0.0)
        failed[:] = np.where(lost < 1.0, 1.0 - good * (1.0 - lost), 1.0)

    return step


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
