"""What every stage shares: its port into the flat state, its step, and the lane it stands in."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from apps.engine.stages.arrivals import Arrivals, Departures, Server

State = list[float]
Step = Callable[[], None]
FloatArray = NDArray[np.float64]


class Caller(Protocol):
    """Makes the calls of `ok` requests of `each` items: (mean wait [s], share that is well)."""

    def __call__(self, ok: float, each: float = 1.0) -> tuple[float, float]: ...


# Below this share a failure is rounding, and no retry is worth its time.
NOTHING = 1e-12


class Call(NamedTuple):
    """A synchronous call: the slots of the callee, and how often and how stubbornly it is made.

    A router's calls exclude each other, save those that are `is_extra`: an authorizer is asked
    on every way.
    """

    inn: int
    work: int
    response: int
    failed: int
    retried: int
    calls: float
    units: float
    attempts: int
    backoff_s: float
    is_extra: bool = False


class Send(NamedTuple):
    """A hand-over without waiting for an answer: the slots of the lane behind the door."""

    inn: int
    work: int


class Hold(NamedTuple):
    """Something that a caller keeps open: `v[slot] × factor` of it (connections, environments)."""

    slot: int
    factor: float
    is_random: bool


# The slots of a port, from `inn` to `own`.
_PORT_SLOTS = 15


@dataclass(slots=True)
class Port:
    """Where one stage reads and writes in the flat list of floats.

    `inn` and `work` are the requests of the current step and the units that they take.
    `offered`, `passed`, `refused`, `retried`, `called` and `units` only grow. `waiting`,
    `wanted`, `held` and `kept` are amounts of the moment: what waits here; what is asked for
    at once, or a second; what is in use; what is kept ready, idle or not. Gauges are use over
    limit, and `own` is the stage's private memory. `feeders` hold the hand-overs at once of
    the queues that are its only callers.
    """

    inn: int
    work: int
    response: int
    failed: int
    offered: int
    passed: int
    refused: int
    retried: int
    called: int
    units: int
    waiting: int
    wanted: int
    held: int
    kept: int
    own: int
    gauge: int
    calls: tuple[Call, ...] = ()
    sends: tuple[Send, ...] = ()
    holds: list[Hold] = field(default_factory=list)
    shared: tuple[int, ...] = ()
    is_router: bool = False
    feeders: tuple[int, ...] = ()

    @classmethod
    def at(cls, slot: int, gauge: int) -> Self:
        """Return a port whose slots begin at `slot`, with the stage's own memory last."""
        # The first sixteen fields are whole numbers, in this order.
        return cls(*range(slot, slot + _PORT_SLOTS), gauge)  # type: ignore[call-arg]


@dataclass(frozen=True, slots=True)
class Sojourn:
    """How long a request stays in one stage itself, without its callees: a distribution.

    Service is lognormal with mean `mean_s` and coefficient of variation `cv`; with probability
    `wait_share` an exponential wait of mean `wait_s` comes before it, with probability
    `cold_share` a start of `cold_s`.
    """

    mean_s: float
    cv: float = 0.0
    wait_share: float = 0.0
    wait_s: float = 0.0
    cold_share: float = 0.0
    cold_s: float = 0.0

    def sample(self, count: int, rng: np.random.Generator) -> FloatArray:
        """Draw times. [s], shape (count,)"""
        times = np.full(count, self.mean_s)
        if self.cv > 0.0 and self.mean_s > 0.0:
            variance = np.log1p(self.cv**2)
            times = rng.lognormal(np.log(self.mean_s) - variance / 2, np.sqrt(variance), size=count)
        if self.wait_share > 0.0 and self.wait_s > 0.0:
            waits = rng.random(count) < self.wait_share
            times = times + waits * rng.exponential(self.wait_s, size=count)
        if self.cold_share > 0.0:
            times = times + (rng.random(count) < self.cold_share) * self.cold_s
        return times


class Stage:
    """One of the ways in which AWS holds back load. Frozen; all state is in `v`."""

    __slots__ = ()

    GAUGES: ClassVar[tuple[str, ...]] = ()
    # The fields that say how high the limit behind a gauge is.
    LIFTS: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    OWN_SLOTS: ClassVar[int] = 0
    # Those of its own slots that only grow, and those that are zero while all is calm.
    OWN_COUNTERS: ClassVar[tuple[int, ...]] = ()
    OWN_RESTLESS: ClassVar[tuple[int, ...]] = ()
    # Where a single request goes is left to chance: to a shard, a key, past a cache.
    NEEDS_LUCK: ClassVar[bool] = False

    def start(self, p: Port, v: State) -> None:
        """Write the state that the day begins with."""

    def bind(self, p: Port, v: State, dt: float) -> Step:
        """Return the step of `dt` seconds, closed over its slots."""
        raise NotImplementedError

    def bind_batch(self, p: Port, v: FloatArray, dt: float) -> Step:
        """Return the step of `dt` seconds for many scenarios at once.

        `v` has shape (slots, scenarios). A field of the stage, and `calls` and `units` of its
        calls, is a float where all scenarios agree, else an array of shape (scenarios,).
        """
        from apps.engine.stages._columns import by_columns

        return by_columns(self, p, v, dt)

    def serve(self, arrivals: Arrivals, rng: np.random.Generator) -> Departures:
        """Return what becomes of single requests; chance comes from `rng` alone."""
        raise NotImplementedError

    def server(self) -> Server:
        """Return the stage ready to serve single requests, batch after batch."""
        raise NotImplementedError

    def sojourn(self, p: Port, v: State) -> Sojourn:
        """Return how long a request stays here, at the state `v`."""
        raise NotImplementedError

    def rest_s(self) -> float:
        """Return how long a request stays here while nothing waits, without its work. [s]"""
        return float(getattr(self, "own_s", 0.0))

    def work_s(self, units: float) -> float:
        """Return how long so many units of work take, where they are time of a server. [s]"""
        return 0.0

    def lifted(self, gauge: str, factor: float) -> Self:
        """Return the stage with the limit behind a gauge `factor` times as high."""
        fields = self.LIFTS.get(gauge, ())
        raised: dict[str, Any] = {name: getattr(self, name) * factor for name in fields}
        return dataclasses.replace(self, **raised)  # type: ignore[type-var]

    def ready_units(self, p: Port, v: State) -> float:
        """Return the units that were kept ready since the day began, used or not. [count]"""
        return 0.0

    def capacity_now(self, gauge: str, p: Port, v: State) -> float | None:
        """Return what a moving limit is at the moment; None for one that stands."""
        return None

    def at_rest(self) -> Stage:
        """Return the stage whose capacity is at once where its load leads it in the end."""
        return self

    def longest_s(self) -> float:
        """Return the time after which a request is given up here. [s]"""
        return math.inf

    def meters(self, p: Port, v: State) -> Mapping[str, float]:
        """Return what only this stage counts, by the names of the catalog's `Meters`."""
        return {}

    def slowed(self, factor: float) -> Stage:
        """Return the stage with `factor` times as much time of its own; itself if it has none."""
        own_s = getattr(self, "own_s", 0.0)
        return dataclasses.replace(self, own_s=own_s * factor) if own_s else self  # type: ignore[type-var]

    def without(self, share: float) -> Stage:
        """Return the stage while a share of its servers is gone; itself if it counts none."""
        return self

    def stopped(self) -> Stage | None:
        """Return what stands in its place while it is down; None where all is just refused."""
        return None

    def emptied(self, p: Port, v: State, share: float) -> None:
        """Take away a share of what stands ready here, as a deployment or a lost zone does."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Stages in series behind one door (`role`) of a component.

    The last stage makes the component's calls when `emits`. It hands its requests to another
    lane of the component: to `calls_lane` waiting for the answer, to `sends_to` without. Where
    `only` says so, links by those roles alone are its calls: a cache reads what it lacks.
    `draws` names quotas of the account that the first stage shares with other components, each
    request by its `weight`.
    """

    role: str
    stages: tuple[Stage, ...]
    emits: bool = True
    calls_lane: str = ""
    sends_to: str = ""
    draws: tuple[str, ...] = field(default=())
    only: tuple[str, ...] = field(default=())
    weight: float = 1.0


def caller(p: Port, v: State) -> Caller:
    """Return a function that makes a stage's calls for `ok` requests of `each` items.

    It answers with the mean wait for them [s] and the share that came out well [-]. A call
    that failed in the last step is made again, up to its attempts, which adds to what the
    callee is offered and is booked there as `retried`.
    """
    calls, sends, is_router = p.calls, p.sends, p.is_router
    if not calls and not sends:
        return _no_calls

    def call(ok: float, each: float = 1.0) -> tuple[float, float]:
        wait, good, lost = 0.0, 1.0, 0.0
        for inn, work, response, failed, retried, count, units, attempts, backoff_s, extra in calls:
            go, bad = ok * count, v[failed]
            if bad > NOTHING:
                tries = attempts if bad >= 1.0 else (1.0 - bad**attempts) / (1.0 - bad)
                v[retried] += go * (tries - 1.0)
                wait += count * (v[response] * tries + backoff_s * (tries - 1.0))
                go, bad = go * tries, bad**attempts
                if is_router and not extra:
                    lost += count * bad
                else:
                    good *= 1.0 - count * bad if count < 1.0 else (1.0 - bad) ** count
            else:
                wait += count * v[response]
            v[inn] += go
            v[work] += go * units * each
        for inn, work in sends:
            v[inn] += ok
            v[work] += ok
        return wait, good * max(0.0, 1.0 - lost)

    return call


def _no_calls(ok: float, each: float = 1.0) -> tuple[float, float]:
    """Answer for a stage that calls nothing: no wait, and all is well."""
    return 0.0, 1.0
