"""What is stored, against the room there is for it: a disk, the memory of a cache."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from apps.engine.stages.arrivals import Arrivals, Departures
from apps.engine.stages.base import NOTHING, FloatArray, Port, Sojourn, Stage, State, Step, caller

# A cache that is full evicts: it stands at its room, and nothing is refused.
_FULL = 1.0 - 1e-9


@dataclass(frozen=True, slots=True)
class Room(Stage):
    """Pass requests on in no time while what is stored fits; refuse all of them when it does not.

    Parameters
    ----------
    size_gb : float
        Room for data. [GB]
    stored_gb : float
        What lies there whoever comes. [GB]
    gb_per_user : float
        What one daily user adds until the end of the time for which data is kept. [GB]
    keep_days : float
        Data is kept for so long, so that what is stored grows no more. [days]
    evicts : bool
        What is oldest makes room for what is new, so that nothing is refused.

    Notes
    -----
    The other stages forget within hours, while data grows over months, so the level is that of
    the end of the horizon and stands still for a day: stored + daily users × what each adds.
    The daily users of a run stand in the first of the stage's own slots.

    References
    ----------
    .. [1] https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
    """

    GAUGES: ClassVar[tuple[str, ...]] = ("storage",)
    OWN_SLOTS: ClassVar[int] = 1
    # What its gauges are bounds of, by name.
    LIFTS: ClassVar[Mapping[str, tuple[str, ...]]] = {"storage": ("size_gb",)}

    size_gb: float
    stored_gb: float
    gb_per_user: float = 0.0
    keep_days: float = 365.0
    evicts: bool = False

    def start(self, p: Port, v: State) -> None:
        v[p.gauge] = self._use(v[p.own])

    def gb_at(self, daily_users: float) -> float:
        """Return what is stored at the end of the horizon. [GB]

        Parameters
        ----------
        daily_users : float
            Users a day. [users/day]

        Returns
        -------
        float
            Stored already, and left by the users. [GB]
        """
        return self.stored_gb + self.gb_per_user * daily_users

    def full_after_days(self, daily_users: float) -> float | None:
        """Return the day on which so many daily users have filled it; None if they never do.

        Parameters
        ----------
        daily_users : float
            Users a day. [users/day]

        Returns
        -------
        float or None
            Days from today, at an even pace. [day]
        """
        if self.gb_at(daily_users) <= self.size_gb:
            return None
        per_day = self.gb_per_user * daily_users / self.keep_days
        return max(0.0, (self.size_gb - self.stored_gb) / per_day) if per_day else 0.0

    def _use(self, daily_users: float) -> float:
        use = self.gb_at(daily_users) / self.size_gb
        return min(use, _FULL) if self.evicts else use

    def bind(self, p: Port, v: State, dt: float) -> Step:
        inn, work, offered, out, cut = p.inn, p.work, p.offered, p.passed, p.refused
        called, response, failed, users, gauge = p.called, p.response, p.failed, p.own, p.gauge
        use_of, call = self._use, caller(p, v)

        def step() -> None:
            want = v[inn]
            each = v[work] / want if want > NOTHING else 1.0
            v[inn] = v[work] = 0.0
            use = use_of(v[users])
            ok = want if use <= 1.0 else 0.0
            v[gauge] = use
            v[offered] += want
            v[out] += ok
            v[cut] += want - ok
            v[called] += ok
            wait, good = call(ok, each)
            v[response] = wait
            v[failed] = 1.0 - good * ok / want if want > NOTHING else 0.0

        return step

    def bind_batch(self, p: Port, v: FloatArray, dt: float) -> Step:
        def step() -> None:
            want, work = v[p.inn].copy(), v[p.work].copy()
            v[p.inn], v[p.work] = 0.0, 0.0
            use = (self.stored_gb + self.gb_per_user * v[p.own]) / self.size_gb
            v[p.gauge] = np.minimum(use, _FULL) if self.evicts else use
            ok = np.where(v[p.gauge] <= 1.0, want, 0.0)
            v[p.offered] += want
            v[p.passed] += ok
            v[p.refused] += want - ok
            v[p.called] += ok
            each = np.divide(work, want, out=np.ones_like(want), where=want > NOTHING)
            wait, good = self._call_batch(p, v, ok, each)
            v[p.response] = wait
            share = np.divide(good * ok, want, out=np.ones_like(want), where=want > NOTHING)
            v[p.failed] = 1.0 - share

        return step

    def _call_batch(
        self, p: Port, v: FloatArray, ok: FloatArray, each: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Hand on what fits; nothing inside a component is called twice."""
        wait, good = np.zeros_like(ok), np.ones_like(ok)
        for call in p.calls:
            go = ok * call.calls
            wait = wait + call.calls * v[call.response]
            good = good * (1.0 - v[call.failed]) ** call.calls
            v[call.inn] += go
            v[call.work] += go * call.units * each
        for send in p.sends:
            v[send.inn] += ok
            v[send.work] += ok
        return wait, good

    def serve(self, arrivals: Arrivals, rng: np.random.Generator) -> Departures:
        full = self.stored_gb > self.size_gb and not self.evicts
        times = arrivals.times
        refused = np.full(times.shape, full)
        ends = times if full else times + arrivals.beyond
        return Departures(times, ends, refused, np.zeros_like(refused))

    def sojourn(self, p: Port, v: State) -> Sojourn:
        return Sojourn(0.0)
