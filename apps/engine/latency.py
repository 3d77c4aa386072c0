"""Response times along the paths of a request: drawn stage by stage, never averaged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from apps.engine.fluid.model import Model, Placed
from apps.engine.stages.base import Call, FloatArray, Port, State
from apps.engine.stages.cache import Cache

# A node called more often than this in one request is scaled instead of drawn each time.
_MOST_DRAWS = 6
_DEEPEST = 40
# Failures below this share are not drawn.
_RARELY = 1e-6
# What is called, how often, and the call.
Way = tuple[Placed, float, Call]


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Response times of all requests of an entry. [ms]"""

    p50_ms: float
    p95_ms: float
    p99_ms: float

    @classmethod
    def of(cls, seconds: FloatArray) -> Percentiles:
        """Return the percentiles of drawn response times.

        Parameters
        ----------
        seconds : ndarray, shape (count,)
            Response times. [s]

        Returns
        -------
        Percentiles
            In milliseconds. [ms]
        """
        p50, p95, p99 = (float(x) * 1000.0 for x in np.percentile(seconds, (50, 95, 99)))
        return cls(p50, p95, p99)


def draw(
    model: Model,
    entry: Placed,
    state: State,
    count: int,
    rng: np.random.Generator,
    *,
    with_cold: bool = True,
) -> FloatArray:
    """Draw response times of requests at one entry, at one state of the model.

    Parameters
    ----------
    model : Model
        The design.
    entry : Placed
        The door at which requests come in.
    state : list of float
        The model's state at that moment.
    count : int
        How many requests. [count]
    rng : numpy.random.Generator
        Where the draws come from.
    with_cold : bool
        Draw cold starts too.

    Returns
    -------
    ndarray, shape (count,)
        Response times at the edge, without the client's network. [s]

    Notes
    -----
    Calls of one request follow each other, and a call that fails is made again after its pause;
    a router's calls exclude each other, save what it
    asks on every way; a cache passes on only its misses. Sojourns in different stages are drawn
    independently of each other.
    """
    return _Draws(model, state, count, rng, with_cold).through(entry, 0)


@dataclass(slots=True)
class _Draws:
    model: Model
    state: State
    count: int
    rng: np.random.Generator
    with_cold: bool

    def through(self, item: Placed, depth: int) -> FloatArray:
        sojourn = item.stage.sojourn(item.port, self.state)
        if not self.with_cold and sojourn.cold_share:
            sojourn = type(sojourn)(sojourn.mean_s, sojourn.cv, sojourn.wait_share, sojourn.wait_s)
        times = sojourn.sample(self.count, self.rng)
        calls = self.model.wires.get(item.key, [])
        if calls and depth < _DEEPEST:
            beyond = self._beyond(item.port, calls, depth)
            if isinstance(item.stage, Cache):
                beyond = beyond * (self.rng.random(self.count) >= item.stage.hit_share)
            times = times + beyond
        longest = item.stage.longest_s()
        return np.minimum(times, longest) if math.isfinite(longest) else times

    def _beyond(self, port: Port, calls: Sequence[tuple[Placed, float]], depth: int) -> FloatArray:
        ways = [(*way, call) for way, call in zip(calls, port.calls, strict=True)]
        if not port.is_router:
            return self._all(ways, depth)
        extra = [way for way in ways if way[2].is_extra]
        routed = [way for way in ways if not way[2].is_extra]
        return self._routed(routed, depth) + self._all(extra, depth)

    def _routed(self, ways: Sequence[Way], depth: int) -> FloatArray:
        """Send each request along one of the ways, by their shares."""
        pick, at, times = self.rng.random(self.count), 0.0, np.zeros(self.count)
        for target, share, call in ways:
            chosen = (pick >= at) & (pick < at + share)
            times = times + chosen * self._made(target, call, depth)
            at += share
        return times

    def _all(self, ways: Sequence[Way], depth: int) -> FloatArray:
        """Make every call, one after the other, as often as its number says."""
        times = np.zeros(self.count)
        for target, number, call in ways:
            one = self._made(target, call, depth)
            whole = int(number)
            if whole > _MOST_DRAWS:
                mean = one.mean()
                times = times + np.maximum(0.0, number * mean + (one - mean) * math.sqrt(number))
                continue
            for _ in range(whole):
                times = times + self.rng.permutation(one)
            if number > whole:
                times = times + (self.rng.random(self.count) < number - whole) * one
        return times

    def _made(self, target: Placed, call: Call, depth: int) -> FloatArray:
        """Make a call, and make it again while it fails: with the pause before, jittered."""
        one = self.through(target, depth + 1)
        times, fails = one, self.state[call.failed]
        if fails <= _RARELY or call.attempts < 2:
            return times
        again = np.ones(self.count, dtype=np.bool_)
        for _ in range(call.attempts - 1):
            again &= self.rng.random(self.count) < fails
            pause = 2.0 * call.backoff_s * self.rng.random(self.count)
            times = times + again * (pause + self.rng.permutation(one))
        return times


def over_day(
    model: Model,
    entries: Sequence[Placed],
    snapshots: Sequence[tuple[int, float, Sequence[float]]],
    shares: Sequence[Sequence[float]],
    rng: np.random.Generator,
    *,
    count: int = 4000,
    moments: int = 10,
) -> Percentiles | None:
    """Return percentiles over all requests of a day that people wait for.

    Parameters
    ----------
    model : Model
        The design.
    entries : sequence of Placed
        Doors that people wait at.
    snapshots : sequence of (minute, requests a second, state)
        States of the day.
    shares : sequence, by minute, of sequence by entry
        Requests of each of `entries` in each minute. [count]
    rng : numpy.random.Generator
        Where the draws come from.
    count : int, optional
        Requests drawn in all. [count]
    moments : int, optional
        States that are picked. [count]

    Returns
    -------
    Percentiles or None
        None where nobody waits.

    Notes
    -----
    States are picked at equal steps of the requests that came, so that every draw stands for as
    many requests as any other: distributions are mixed, percentiles are not averaged.
    """
    if not entries or not snapshots:
        return None
    weights = np.array([sum(shares[minute]) for minute, _, _ in snapshots])
    if weights.sum() <= 0.0:
        return None
    reach = np.cumsum(weights) / weights.sum()
    times = []
    for k in range(moments):
        at = min(int(np.searchsorted(reach, (k + 0.5) / moments)), len(snapshots) - 1)
        minute, _, state = snapshots[at]
        total = sum(shares[minute]) or 1.0
        for entry, part in zip(entries, shares[minute], strict=True):
            number = round(count / moments * part / total)
            if number:
                times.append(draw(model, entry, list(state), number, rng))
    return Percentiles.of(np.concatenate(times)) if times else None
