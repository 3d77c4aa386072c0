"""One pool of environments, request by request, over any time."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from apps.engine.requests.laws import Service
from apps.engine.stages.base import FloatArray
from apps.engine.stages.mru.rules import Rules
from apps.engine.stages.mru.run import PoolRun, Totals

# So many response times are kept for the percentiles, evenly spaced over all requests.
KEPT = 1_000_000


@dataclass(frozen=True, slots=True)
class PoolResult:
    """What a pool did, and percentiles of the response times of what it served. [s]

    The percentiles are not numbers where nothing was served.
    """

    totals: Totals
    p50_s: float
    p95_s: float
    p99_s: float
    mean_s: float


def simulate_pool(
    arrivals: Iterable[FloatArray],
    service: Service,
    rules: Rules,
    rng: np.random.Generator,
    *,
    expected: float,
    horizon_s: float | None = None,
) -> PoolResult:
    """Work through the requests of one pool.

    Parameters
    ----------
    arrivals : iterable of FloatArray
        Sorted arrival times in portions, shape (n,) each. [s]
    service : Service
        How long requests take.
    rules : Rules
        How the pool behaves.
    rng : numpy.random.Generator
        Where durations are drawn from.
    expected : float
        About how many requests come, to space the response times that are kept. [count]
    horizon_s : float, optional
        End of the time looked at; the last arrival where it is not given. [s]

    Returns
    -------
    PoolResult
        Counts, means over the whole time, and percentiles.

    Notes
    -----
    The same requests are cold and refused as in the stack of `mru.stack`, which is the
    specification; memory does not grow with their number.
    """
    run, apart = PoolRun(rules), max(1, math.ceil(expected / KEPT))
    kept: list[FloatArray] = []
    seen, last_s = 0, 0.0
    for times in arrivals:
        if not len(times):
            continue
        sizes = service.draw(len(times), rng)
        lasts = sizes * service.warm_s
        run.serve(times, lasts, sizes * service.cold_s)
        kept.append(lasts[-seen % apart :: apart])
        seen, last_s = seen + len(times), float(times[-1])
    served = np.concatenate(kept) if kept else np.empty(0)
    served = served[served > 0.0]
    totals = run.totals(last_s if horizon_s is None else horizon_s)
    if not len(served):
        return PoolResult(totals, math.nan, math.nan, math.nan, math.nan)
    p50, p95, p99 = (float(x) for x in np.percentile(served, (50, 95, 99)))
    return PoolResult(totals, p50, p95, p99, float(served.mean()))
