"""The flows of one minute beside single requests of the same minute."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from apps.engine.fluid.day import MINUTES, Record, run_day
from apps.engine.fluid.model import Model, Placed
from apps.engine.headroom.case import Case
from apps.engine.latency import draw
from apps.engine.requests.graph import Simulated, simulate_requests
from apps.engine.requests.graph_source import poisson
from apps.engine.requests.graph_standing import Client
from apps.engine.stages.base import FloatArray, State
from apps.engine.stages.pool import Pool

MINUTE_S = 60
# Run before the minute by both, so that pools and queues stand as they would.
BEFORE_MINUTES = 15
_DRAWS = 20_000


@dataclass(frozen=True, slots=True)
class Pair:
    """A figure of the flows and the same of single requests."""

    flow: float
    requests: float

    @property
    def difference(self) -> float:
        """Return how far the flows are off, relative. [-]"""
        if self.flow == self.requests:
            return 0.0
        return self.flow / self.requests - 1.0 if self.requests else math.inf


@dataclass(frozen=True, slots=True)
class StageCheck:
    """One stage in the minute: requests [count], environments where it is a pool [count]."""

    key: tuple[str, str, int]
    offered: Pair
    refused: Pair
    cold: Pair
    kept: Pair | None


@dataclass(frozen=True, slots=True)
class MinuteCheck:
    """One minute seen by both: every stage, and p50, p95 and p99 of each entry. [s]

    `entries` are the doors, as component and role, in the order of `percentiles`.
    """

    minute: int
    stages: tuple[StageCheck, ...]
    entries: tuple[tuple[str, str], ...]
    percentiles: tuple[tuple[Pair, Pair, Pair], ...]

    def of(self, component: str, role: str, index: int = 0) -> StageCheck:
        """Return the check of one stage.

        Parameters
        ----------
        component, role : str
            The component, and its door.
        index : int
            Which of the stages behind the door, from 0.

        Returns
        -------
        StageCheck
            Requests, and environments of a pool.

        Raises
        ------
        KeyError
            If there is no such stage.
        """
        return {stage.key: stage for stage in self.stages}[component, role, index]


def check_minute(
    case: Case, daily_users: float, minute: int, rng: np.random.Generator, *, runs: int = 1
) -> MinuteCheck:
    """Compare the flows with single requests in one minute of the day.

    Parameters
    ----------
    case : Case
        The design with its traffic.
    daily_users : float
        Users of the day. [1/day]
    minute : int
        Minute of the day, from 0.
    rng : numpy.random.Generator
        Where the chances of the requests come from.
    runs : int
        Independent runs of the requests, of which the mean is told. [count]

    Returns
    -------
    MinuteCheck
        Every stage, and p50, p95 and p99 of each entry.

    Raises
    ------
    ValueError
        If the day has no such minute.

    Notes
    -----
    Both run a quarter of an hour before it. Counts of the flows are those of the block that the
    minute lies in, a minute's share of them. Requests are random: a difference means something
    where it is larger than their own spread, about the root of a count.
    """
    if not 0 <= minute < MINUTES:
        raise ValueError(f"A day has minutes from 0 to {MINUTES - 1}, not {minute}.")
    before, after, span, model = _flows(case, daily_users, minute)
    doors = case.doors(model)
    results = [_requests(case, daily_users, minute, rng) for _ in range(runs)]
    stages = tuple(
        _stage(item, before, after, span, [run.of(*item.key) for run in results])
        for item in model.placed
    )
    percentiles = tuple(
        _percentiles(model, door, after, [run.entries[k].seconds() for run in results], rng)
        for k, door in enumerate(doors)
    )
    entries = tuple((door.component, door.role) for door in doors)
    return MinuteCheck(minute, stages, entries, percentiles)


def _flows(case: Case, daily_users: float, minute: int) -> tuple[State, State, int, Model]:
    """Return the state before and after the block of the minute, and its length in minutes."""
    model = case.model(daily_users)
    seen: list[tuple[int, State]] = []

    def keep(last: int, record: Record) -> bool:
        seen.append((last, model.v.copy()))
        return True

    first = max(0, minute - BEFORE_MINUTES)
    run_day(
        model,
        case.doors(model),
        case.rates(daily_users),
        retry=case.retry,
        probe=keep,
        minutes=range(first, minute + 1),
    )
    if len(seen) < 2:
        return [0.0] * len(model.v), seen[-1][1], seen[-1][0] + 1 - first, model
    return seen[-2][1], seen[-1][1], seen[-1][0] - seen[-2][0], model


def _requests(case: Case, daily_users: float, minute: int, rng: np.random.Generator) -> Simulated:
    first = MINUTE_S * max(0, minute - BEFORE_MINUTES)
    start = MINUTE_S * minute
    model = case.model(daily_users)
    rates = case.rates(daily_users).seconds[:, first : start + MINUTE_S]
    return simulate_requests(
        model,
        case.doors(model),
        poisson(rates, float(first), rng),
        rng,
        start_s=float(start),
        end_s=float(start + MINUTE_S),
        client=Client(case.retry.attempts, case.retry.delay_s),
        warm_up_s=float(max(start - first, MINUTE_S)),
    )


def _stage(
    item: Placed, before: State, after: State, span: int, books: Sequence[object]
) -> StageCheck:
    p = item.port

    def flow(slot: int) -> float:
        return (after[slot] - before[slot]) / span

    def mean(name: str) -> float:
        return float(np.mean([np.sum(getattr(book, name)) for book in books]))

    kept = None
    if isinstance(item.stage, Pool):
        kept = Pair(after[p.kept], mean("kept"))
    return StageCheck(
        item.key,
        Pair(flow(p.offered), mean("offered")),
        Pair(flow(p.refused), mean("refused")),
        Pair(flow(p.own + 3) if kept else 0.0, mean("cold")),
        kept,
    )


def _percentiles(
    model: Model,
    door: Placed,
    state: State,
    seconds: Sequence[FloatArray],
    rng: np.random.Generator,
) -> tuple[Pair, Pair, Pair]:
    drawn = np.percentile(draw(model, door, state, _DRAWS, rng), (50, 95, 99))
    together = np.concatenate(seconds)
    seen = np.percentile(together, (50, 95, 99)) if len(together) else np.zeros(3)
    p50, p95, p99 = (Pair(float(a), float(b)) for a, b in zip(drawn, seen, strict=True))
    return p50, p95, p99
