"""Messages that wait to be handled: a backlog, pollers, retries, and an end for poison."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from apps.engine.stages._pacing import pacing
from apps.engine.stages._queue_batch import bind_queue
from apps.engine.stages.arrivals import Arrivals, Departures
from apps.engine.stages.base import NOTHING, FloatArray, Port, Sojourn, Stage, State, Step
from apps.engine.stages.pollers import Pollers

# Pollers busier than this begin to find more than one message at a time.
_FILLING = 0.7
# AWS adds pollers as long as messages wait, so they would clear them soon.
_CLEARING_S = 10.0
# The age is that of the oldest message but for so many in a hundred that failed and are hidden:
# they return by the visibility timeout, however few users there are.
_STRAGGLERS = 0.01


@dataclass(frozen=True, slots=True)
class Queue(Stage):
    """Hand messages to the callees as fast as the pollers can; keep the rest.

    Parameters
    ----------
    pollers : float
        Most hand-overs at once (event source concurrency, shards × parallelization). [count]
    first_pollers : float
        Hand-overs at once before any scaling. [count]
    ramp_per_s : float
        Pollers added in a second while there is backlog. [1/s]
    batch : float
        Most messages in one hand-over. [count]
    window_s : float
        Messages are collected for so long. [s]
    hidden_s : float
        A message whose handling failed comes back after this time. [s]
    attempts : float
        A message is given up after so many; infinite for never. [count]
    keep_s : float
        A message older than this expires. [s]
    rate_per_s : float
        Most messages handed over in a second; infinite where there is no such limit. [1/s]
    in_flight : float
        Most messages handed over and not yet settled. [count]
    is_ordered : bool
        A message that fails holds back all that stands behind it, as in a shard.

    Notes
    -----
    What a step hands over is settled in the next one by the share that failed there: handled,
    or hidden until it comes back, or given up. With a share ``b`` failing and ``m`` attempts, a
    failed attempt is the last one with probability ``b^(m-1) (1 - b) / (1 - b^m)``. So sent =
    handled + given up + expired + waiting, exactly. `kept` holds the age of the oldest message,
    which grows with time and falls with what is taken, over the rate at which that came. While
    hand-overs fail they are made no faster than they went well, and a tenth more, as far as
    that helps.

    References
    ----------
    .. [1] https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
    """

    GAUGES: ClassVar[tuple[str, ...]] = ("pollers", "in_flight", "ramp")
    LIFTS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "pollers": ("pollers", "first_pollers", "ramp_per_s"),
        "ramp": ("first_pollers", "ramp_per_s"),
        "in_flight": ("in_flight",),
    }
    # In flight, hidden, pollers, given up, expired, backlog, size of the last batch, pace, rate;
    # the share that fails at any pace, the last share judged, its rate, seconds until the next;
    # the rate at which those came that lie here; what was handed over and would be hidden still.
    OWN_SLOTS: ClassVar[int] = 15
    OWN_COUNTERS: ClassVar[tuple[int, ...]] = (3, 4)
    FLIGHT: ClassVar[int] = 0
    POLLERS: ClassVar[int] = 2
    OWN_RESTLESS: ClassVar[tuple[int, ...]] = (1, 5)

    pollers: float = math.inf
    first_pollers: float = math.inf
    ramp_per_s: float = math.inf
    batch: float = 1.0
    window_s: float = 0.0
    hidden_s: float = 30.0
    attempts: float = math.inf
    keep_s: float = 345_600.0
    rate_per_s: float = math.inf
    in_flight: float = math.inf
    is_ordered: bool = False

    def start(self, p: Port, v: State) -> None:
        v[p.own + 2] = min(self.first_pollers, self.pollers)
        v[p.own + 6] = 1.0
        v[p.own + 7] = math.inf

    def bind(self, p: Port, v: State, dt: float) -> Step:
        inn, work, offered, called, waiting = p.inn, p.work, p.offered, p.called, p.waiting
        flight, hidden, gone, backlog, lately = p.own, p.own + 1, p.own + 4, p.own + 5, p.own + 14
        age, kept_s, back = p.kept, self.keep_s, 1.0 - math.exp(-dt / max(self.hidden_s, 1e-3))
        settle, reach, hand_over = self._settling(p, v, dt), self._reach(p, v, dt), _hand_over(p, v)
        expired_share, refused = min(1.0, dt / kept_s), p.refused

        age_all = self._ageing(p, v, dt)

        def step() -> None:
            done = settle()
            came = v[inn]
            v[inn] = v[work] = 0.0
            v[offered] += came
            again = v[hidden] * back
            v[hidden] -= again
            v[lately] -= v[lately] * back
            lying = v[backlog] + came + again
            take, batch = reach(lying, came)
            lying -= take
            if v[age] > kept_s:
                late = lying * expired_share
                lying -= late
                v[gone] += late
                v[refused] += late
            v[backlog], v[flight] = lying, take
            v[waiting] = lying + take + v[hidden]
            age_all(came, take * done)
            hand_over(take / batch, batch)
            v[called] += take / batch

        return step

    def bind_batch(self, p: Port, v: FloatArray, dt: float) -> Step:
        return bind_queue(self, p, v, dt)

    @staticmethod
    def _ageing(p: Port, v: State, dt: float) -> Callable[[float, float], None]:
        """Return a function of what came and what went for good, which keeps the oldest's age.

        The oldest left is younger by the time in which as many came as went. What is hidden lies
        here too, but for stragglers; less than one message of it is the tail of a mean.
        """
        hidden, backlog, age, dense, lately = p.own + 1, p.own + 5, p.kept, p.own + 13, p.own + 14

        def age_all(came: float, went: float) -> None:
            lying, late = v[backlog], v[hidden] - _STRAGGLERS * v[lately]
            if v[hidden] > 1.0 and late > 0.0:
                lying += late
            if lying <= 1e-9:
                v[age] = v[dense] = 0.0
                return
            v[dense] += (came / dt - v[dense]) * min(1.0, came / (lying + went))
            older = v[age] + dt - (went / v[dense] if v[dense] > NOTHING else 0.0)
            v[age] = older if older > 0.0 else 0.0

        return age_all

    def _settling(self, p: Port, v: State, dt: float) -> Callable[[], float]:
        """Return a function that books what became of the last step's hand-over.

        It answers with the share that is done with, well or given up.
        """
        flight, hidden, dead, out, cut = p.own, p.own + 1, p.own + 3, p.passed, p.refused
        lately = p.own + 14
        failed, attempts = tuple((c.failed, c.calls) for c in p.calls), self.attempts
        pace = pacing(p, v, dt)

        def settle() -> float:
            sent = v[flight]
            if sent <= 0.0:
                return 1.0
            v[lately] += sent
            good = 1.0
            for slot, count in failed:
                if v[slot] > NOTHING:
                    good *= 1.0 - v[slot] * (count if count < 1.0 else 1.0)
            bad = 1.0 - good
            lost = sent * bad
            last = 0.0
            if bad > NOTHING and attempts < math.inf:
                last = 1.0 / attempts
                if bad < 1.0:
                    last = bad ** (attempts - 1.0) * (1.0 - bad) / (1.0 - bad**attempts)
            pace(bad)
            v[out] += sent - lost
            v[dead] += lost * last
            v[cut] += lost * last
            v[hidden] += lost - lost * last
            return 1.0 - bad * (1.0 - last)

        return settle

    def _reach(self, p: Port, v: State, dt: float) -> Callable[[float, float], tuple[float, float]]:
        """Return a function of what lies and what came: (handed over, size of a batch)."""
        gauge, calls, batch, most = p.gauge, p.calls, self.batch, self.pollers
        last, pace, rate, grown = p.own + 6, p.own + 7, p.own + 8, self._growing(p, v, dt)
        quota, window, room = self.rate_per_s * dt, self.window_s, self.in_flight

        def reach(lying: float, came: float) -> tuple[float, float]:
            lasts = 1e-3
            for call in calls:
                lasts = v[call.response] if v[call.response] > lasts else lasts
            each = lasts / v[last]
            size, able = 1.0, lying
            if most < math.inf:
                now, able = grown(lying, came, each)
                load = lying / able
                size = 1.0 + lying / dt * window / now
                if load > _FILLING:
                    size += batch * ((load - _FILLING) / (1.0 - _FILLING)) ** 2
                size = batch if size > batch else size
                v[gauge] = came * each / (dt * most)
            elif window > 0.0:  # One collects for all, however many hand over.
                size = min(batch, 1.0 + lying / dt * window)
            v[last] = size
            able = quota if able > quota else able
            paced = v[pace] * dt
            able = paced if able > paced else able
            take = lying if lying < able else able
            v[rate] = take / dt
            v[gauge + 1] = take * each / (dt * room)
            return take, size

        return reach

    def _growing(
        self, p: Port, v: State, dt: float
    ) -> Callable[[float, float, float], tuple[float, float]]:
        """Return a function that adds or takes away pollers, and answers with (pollers, reach).

        It takes what lies, what came, and how long a message takes; the middle of a step counts.
        """
        active, gauge, grow = p.own + 2, p.gauge + 2, self.ramp_per_s * dt
        most, first = self.pollers, self.first_pollers

        def grown(lying: float, came: float, each: float) -> tuple[float, float]:
            now = after = v[active]
            # Enough for what comes, and to clear what lies.
            needed = (came / dt + (lying - came) / _CLEARING_S) * each / _FILLING
            if needed > now:
                after = min(now + grow, needed, most)
            mean = (now + after) / 2.0
            able = mean * dt / each
            if now > first and needed <= now and lying <= able:
                after = max(first, now - grow, needed)
            v[active] = after
            # What is needed, over what growth has allowed by now.
            v[gauge] = min(needed, most) / after if needed > after else 0.0
            return mean, able

        return grown

    def capacity_now(self, gauge: str, p: Port, v: State) -> float | None:
        return v[p.own + 2] if gauge == "ramp" else None

    def serve(self, arrivals: Arrivals, rng: np.random.Generator) -> Departures:
        """Hand messages over that are all handled well, each within its `beyond`."""
        begins, edges = self.pollers_at_work().deliver(arrivals.times, arrivals.beyond, math.inf)
        sizes = np.diff(edges)
        begins, lasts = np.repeat(begins, sizes), np.repeat(arrivals.beyond[edges[:-1]], sizes)
        nobody = np.zeros(len(begins), dtype=np.bool_)
        return Departures(begins, begins + lasts, nobody, nobody)

    def pollers_at_work(self) -> Pollers:
        """Return the pollers, ready for single messages.

        Returns
        -------
        Pollers
            As many as before any scaling.
        """
        most, first = self.pollers, self.first_pollers
        if math.isinf(most) and math.isfinite(self.in_flight):
            most = first = self.in_flight
        rules = (self.ramp_per_s, self.batch, self.window_s, self.rate_per_s)
        return Pollers(most, first, *rules)

    def sojourn(self, p: Port, v: State) -> Sojourn:
        return Sojourn(v[p.kept])

    def stopped(self) -> Queue:
        """Return it with its messages kept and none handed over."""
        return replace(self, rate_per_s=0.0)


def _hand_over(p: Port, v: State) -> Callable[[float, float], None]:
    """Return a function that offers batches to the callees; their answer is read later."""
    calls = tuple((c.inn, c.work, c.calls, c.units) for c in p.calls)

    def hand_over(batches: float, size: float) -> None:
        for inn, work, count, units in calls:
            v[inn] += batches * count
            v[work] += batches * count * size * units

    return hand_over
