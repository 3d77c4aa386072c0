"""One pool of environments, request by request, for any number of requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from apps.engine.requests.services import Service
from apps.engine.requests.spread import Spread
from apps.engine.requests.streams import Stream
from apps.engine.stages.mru.crossing import CHUNK
from apps.engine.stages.mru.rules import Rules
from apps.engine.stages.mru.run import PoolRun, Totals

PERCENTILES = (50, 95, 99)


@dataclass(frozen=True, slots=True)
class Simulated:
    """What was counted, and how long those requests took that were served."""

    totals: Totals
    latency: Spread


def simulate_pool(
    stream: Stream,
    service: Service,
    rules: Rules,
    *,
    horizon_s: float,
    seed: int,
    chunk: int = CHUNK,
    progress: Callable[[float], bool] | None = None,
) -> Simulated:
    """Simulate one pool from empty.

    Parameters
    ----------
    stream : Stream
        When requests come.
    service : Service
        How long they take.
    rules : Rules
        How the pool behaves.
    horizon_s : float
        End of the time looked at. [s]
    seed : int
        Seed of all chance; arrivals and durations have a generator each.
    chunk : int
        Requests that are worked through at once. It changes the speed and nothing else.
    progress : callable or None
        Told the share of the time that is done [-]; answers False to stop there.

    Returns
    -------
    Simulated
        Counts, time integrals and latency.

    Notes
    -----
    Memory does not grow with the number of requests.
    """
    coming, lasting = np.random.default_rng(seed).spawn(2)
    run, latency = PoolRun(rules, chunk), Spread()
    reached_s = horizon_s
    for times in stream.blocks(horizon_s, coming):
        durations, cold = service.draw(len(times), lasting)
        _, refused = run.serve(times, durations, cold)
        latency.add(np.delete(durations, refused) if refused else durations)
        if progress is not None and not progress(float(times[-1]) / horizon_s):
            reached_s = float(times[-1])
            break
    return Simulated(run.totals(reached_s), latency)
