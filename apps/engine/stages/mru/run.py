"""One pool over any number of requests, in portions: the fastest way that is exact."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

import numpy as np

from apps.engine.stages.base import FloatArray
from apps.engine.stages.mru.crossing import CHUNK, Crossing
from apps.engine.stages.mru.provisioned import Provisioned
from apps.engine.stages.mru.rules import Rules
from apps.engine.stages.mru.stack import LifeStack, Outcome


@dataclass(frozen=True, slots=True)
class Totals:
    """What a pool has done by the end of the time looked at.

    `requests`, `cold` and `refused` count requests; `busy_s` and `environment_s` are the time
    integrals of requests in service and of environments, up to `horizon_s`. [s]
    """

    requests: int
    cold: int
    refused: int
    busy_s: float
    environment_s: float
    horizon_s: float

    @property
    def cold_share(self) -> float:
        """Share of all requests that started cold. [-]"""
        return self.cold / self.requests if self.requests else 0.0

    @property
    def refused_share(self) -> float:
        """Share of all requests that were refused. [-]"""
        return self.refused / self.requests if self.requests else 0.0

    @property
    def mean_busy(self) -> float:
        """Mean number of requests in service. [count]"""
        return self.busy_s / self.horizon_s if self.horizon_s > 0.0 else 0.0

    @property
    def mean_environments(self) -> float:
        """Mean number of environments, busy and idle. [count]"""
        return self.environment_s / self.horizon_s if self.horizon_s > 0.0 else 0.0


class PoolRun:
    """A pool that is given requests in portions, and sums up at the end.

    Parameters
    ----------
    rules : Rules
        How the pool behaves.
    chunk : int
        Requests that are worked through at once. It changes the speed and nothing else.
    """

    def __init__(self, rules: Rules, chunk: int = CHUNK) -> None:
        self.rules = rules
        self._pool = _pool_of(rules, chunk)
        self._requests = self._cold = self._refused = 0
        self._busy_s = 0.0

    def fork(self) -> PoolRun:
        """Return a copy that goes its own way.

        Returns
        -------
        PoolRun
            Of the same state.
        """
        other = copy(self)
        other._pool = self._pool.fork()
        return other

    @property
    def kept(self) -> int:
        """How many environments live at the last arrival, busy or idle. [count]"""
        return self._pool.kept

    @property
    def peak(self) -> int:
        """The most requests that were in service at once. [count]"""
        return self._pool.peak

    def serve(self, times: FloatArray, durations: FloatArray, cold: FloatArray) -> Outcome:
        """Work through the next requests.

        Parameters
        ----------
        times : FloatArray
            When they come, sorted, none before those of an earlier call, shape (n,). [s]
        durations : FloatArray
            In: how long each takes in a warm environment; out: how long it took, 0 where
            refused, shape (n,). [s]
        cold : FloatArray
            How long each takes in a new environment, shape (n,). [s]

        Returns
        -------
        tuple of list of int
            The indices of the cold and of the refused requests.
        """
        new, lost = self._pool.serve(times, durations, cold)
        self._requests += len(times)
        self._cold += len(new)
        self._refused += len(lost)
        self._busy_s += float(durations.sum())
        return new, lost

    def totals(self, horizon_s: float) -> Totals:
        """Sum up from 0 to `horizon_s`, which is not before the last request. [s]

        Parameters
        ----------
        horizon_s : float
            End of the time looked at. [s]

        Returns
        -------
        Totals
            Counts and time integrals.
        """
        rest, counted = self._pool.rest(), self.rules.life.counted_s
        lent_s = rest.lent_s - _beyond(rest.lent, horizon_s)
        busy_s = self._busy_s - _beyond(rest.busy, horizon_s)
        # What is in service may end before the horizon, and is idle from then on.
        own = np.setdiff1d(rest.busy, rest.lent) if len(rest.lent) else rest.busy
        ended = np.concatenate((rest.idle, own))
        idle_s = rest.idle_s + float(np.clip(horizon_s - ended, 0.0, counted).sum())
        idle_s -= _beyond(rest.gone + counted, horizon_s)
        return Totals(
            self._requests,
            self._cold,
            self._refused,
            busy_s,
            busy_s - lent_s + idle_s + self.rules.ready * horizon_s,
            horizon_s,
        )


def _pool_of(rules: Rules, chunk: int) -> Crossing | Provisioned | LifeStack:
    if rules.ready:
        return Provisioned(rules, chunk)
    return Crossing(rules, chunk) if rules.life.is_single else LifeStack(rules)


def _beyond(times: FloatArray, horizon_s: float) -> float:
    return float(np.maximum(times - horizon_s, 0.0).sum())
