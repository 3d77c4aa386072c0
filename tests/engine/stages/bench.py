"""One stage on a bench: a port of its own, callees that answer as told, and counters to read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from apps.engine.stages.base import Call, Hold, Port, Send, Stage, State

STEPS_S = (1.0, 60.0, 300.0)
dts = st.sampled_from(STEPS_S)
# Requests a second, step by step: idle, calm, and far above what anything takes.
rates = st.lists(st.one_of(st.just(0.0), st.floats(1e-6, 1e6)), min_size=1, max_size=25)
shares = st.floats(0.0, 1.0)


@dataclass(frozen=True)
class Callee:
    """Something that a stage calls: how it answers, and how often it is called."""

    response_s: float = 0.0
    failed: float = 0.0
    calls: float = 1.0
    units: float = 1.0
    attempts: int = 1
    backoff_s: float = 0.0
    is_extra: bool = False


@dataclass
class Bench:
    """A stage that runs alone. `v` is its state, and that of its callees behind it."""

    stage: Stage
    port: Port
    v: State
    held: int

    def offer(self, requests: float, each: float = 1.0) -> None:
        self.v[self.port.inn] += requests
        self.v[self.port.work] += requests * each

    def step(self, requests: float, dt: float, each: float = 1.0) -> None:
        """Offer requests, each with so much work, and advance."""
        self.offer(requests, each)
        self.stage.bind(self.port, self.v, dt)()

    def run(self, rps: float, seconds: float, dt: float = 1.0, each: float = 1.0) -> None:
        """Offer an even rate for some time."""
        step = self.stage.bind(self.port, self.v, dt)
        for _ in range(round(seconds / dt)):
            self.offer(rps * dt, each)
            step()

    def hold(self, *amounts: float) -> None:
        """Set what the callers hold open, or what the members of a quota want."""
        self.v[self.held : self.held + len(amounts)] = amounts

    def answer(self, *, response_s: float, failed: float) -> None:
        """Let every callee answer so from now on."""
        for call in self.port.calls:
            self.v[call.response], self.v[call.failed] = response_s, failed

    def __getitem__(self, name: str) -> float:
        """Return a counter or an amount by the name of its slot."""
        return self.v[int(getattr(self.port, name))]

    def gauge(self, name: str) -> float:
        return self.v[self.port.gauge + self.stage.GAUGES.index(name)]

    def own(self, place: int) -> float:
        return self.v[self.port.own + place]

    def called(self, index: int = 0) -> float:
        """Return the calls that a callee was offered, since nothing takes them away."""
        return self.v[self.port.calls[index].inn]

    def called_work(self, index: int = 0) -> float:
        return self.v[self.port.calls[index].work]

    def assert_conserved(self) -> None:
        """Offered = passed + refused + waiting, and no amount below zero."""
        assert self["inn"] == self["work"] == 0.0
        settled = self["passed"] + self["refused"] + self["waiting"]
        assert math.isclose(self["offered"], settled, rel_tol=1e-9, abs_tol=1e-9)
        names = ("passed", "refused", "waiting", "called", "units", "held", "kept", "response")
        least = -1e-9 - 1e-12 * self["offered"]  # rounding
        assert [name for name in names if not self[name] >= least] == []
        assert -1e-9 <= self["failed"] <= 1.0 + 1e-9
        assert all(value == value for value in self.v), "not a number"


def bench_of(
    stage: Stage,
    *callees: Callee,
    holds: Sequence[tuple[float, bool]] = (),
    members: int = 0,
    sends: int = 0,
    is_router: bool = False,
) -> Bench:
    """Return a stage with its callees, its callers' holds (factor, is random) and its quotas."""
    v: State = [0.0] * len(stage.GAUGES)
    port = Port.at(len(v), 0)
    v += [0.0] * (port.own - len(v) + stage.OWN_SLOTS)
    calls = []
    for callee in callees:
        inn = len(v)
        v += [0.0, 0.0, callee.response_s, callee.failed, 0.0]
        tail = (callee.calls, callee.units, callee.attempts, callee.backoff_s, callee.is_extra)
        calls.append(Call(inn, inn + 1, inn + 2, inn + 3, inn + 4, *tail))
    port.calls = tuple(calls)
    port.sends = tuple(Send(len(v) + 2 * k, len(v) + 2 * k + 1) for k in range(sends))
    v += [0.0] * (2 * sends)
    held = len(v)
    port.holds = [Hold(held + k, factor, random) for k, (factor, random) in enumerate(holds)]
    v += [0.0] * len(holds)
    port.shared = tuple(range(len(v), len(v) + members))
    v += [0.0] * members
    port.is_router = is_router
    bench = Bench(stage, port, v, held)
    stage.start(port, v)
    return bench


def assert_conserves(bench: Bench, offers: Sequence[float], dt: float, each: float = 1.0) -> None:
    """Run a series of rates and ask for conservation after every step."""
    for rps in offers:
        bench.step(rps * dt, dt, each)
        bench.assert_conserved()
