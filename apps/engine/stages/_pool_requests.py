"""Single requests at a pool of environments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from apps.engine.stages.arrivals import Arrivals, Chance, Departures
from apps.engine.stages.mru.life import Life
from apps.engine.stages.mru.rules import Rules
from apps.engine.stages.mru.run import PoolRun

if TYPE_CHECKING:
    from apps.engine.stages.pool import Pool


def rules_of(pool: Pool, saved_s: float) -> Rules:
    """Return the rules of a pool whose right to new environments is saved for `saved_s` [s].

    Parameters
    ----------
    pool : Pool
        Its limit, ramp, idle limit and provisioned environments.
    saved_s : float
        For so long the right to new environments is saved. [s]

    Returns
    -------
    Rules
        What bounds the pool, for single requests.
    """
    return Rules(
        Life.single(pool.idle_s),
        pool.limit,
        pool.ramp_per_s,
        pool.ramp_per_s * saved_s,
        round(pool.ready),
    )


def serve_pool(pool: Pool, arrivals: Arrivals, rules: Rules, chance: Chance) -> Departures:
    """Return what becomes of requests at a pool that has seen none before.

    Parameters
    ----------
    pool : Pool
        How long requests take, and when they are cut.
    arrivals : Arrivals
        The requests; `work` are the items that each holds.
    rules : Rules
        What bounds the pool, and how long its environments live.
    chance : Chance
        The size of each request's duration.

    Returns
    -------
    Departures
        A request that is cut by the timeout ends there; whether it was is told by its time.
    """
    own = pool.own_s * arrivals.work * chance.size + arrivals.beyond
    lasts = np.minimum(own, pool.timeout_s)
    new, lost = PoolRun(rules).serve(
        arrivals.times, lasts, np.minimum(own + pool.init_s, pool.timeout_s)
    )
    cold, refused = (np.zeros(len(own), dtype=np.bool_) for _ in range(2))
    cold[new] = refused[lost] = True
    return Departures(arrivals.times, arrivals.times + lasts, refused, cold)
