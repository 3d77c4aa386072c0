"""Single requests at a pool of environments."""

from __future__ import annotations

from copy import copy
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


class PoolServer:
    """A pool at work on the requests of a graph, batch after batch.

    Parameters
    ----------
    pool : Pool
        How long requests take, when they are cut, and what bounds the environments.
    saved_s : float
        The right to new environments is saved for so long. [s]
    """

    __slots__ = ("_pool", "_run")

    def __init__(self, pool: Pool, saved_s: float) -> None:
        self._pool, self._run = pool, PoolRun(rules_of(pool, saved_s))

    def fork(self) -> PoolServer:
        """Return a copy that goes its own way.

        Returns
        -------
        PoolServer
            Of the same state.
        """
        other = copy(self)
        other._run = self._run.fork()
        return other

    @property
    def kept(self) -> int:
        """How many environments live at the last arrival, busy or idle. [count]"""
        return self._run.kept

    @property
    def peak(self) -> int:
        """The most requests that were in service at once. [count]"""
        return self._run.peak

    def environment_s(self, until_s: float) -> float:
        """Return the time integral of environments from 0 to `until_s`.

        Parameters
        ----------
        until_s : float
            Not before the last request. [s]

        Returns
        -------
        float
            Environment-seconds. [s]
        """
        return self._run.totals(until_s).environment_s

    def serve(self, arrivals: Arrivals, chance: Chance) -> Departures:
        """Return what becomes of requests, none of which comes before those of an earlier call.

        Parameters
        ----------
        arrivals : Arrivals
            The requests; `work` are the items that each holds.
        chance : Chance
            The size of each request's duration.

        Returns
        -------
        Departures
            A request that is cut by the timeout ends there; whether it was is told by its time.
        """
        pool, times = self._pool, arrivals.times
        own = pool.own_s * arrivals.work * chance.size + arrivals.beyond
        lasts = np.minimum(own, pool.timeout_s)
        new, lost = self._run.serve(times, lasts, np.minimum(own + pool.init_s, pool.timeout_s))
        cold, refused = (np.zeros(len(own), dtype=np.bool_) for _ in range(2))
        cold[new] = refused[lost] = True
        return Departures(times, times + lasts, refused, cold)
