"""Time that passes without a limit: a network hop, a third party, a wait state."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from apps.engine.stages._batch import caller_batch, each_of, failed_share, taken
from apps.engine.stages.arrivals import Arrivals, Chance, Departures, let_through, serve_alone
from apps.engine.stages.base import NOTHING, FloatArray, Port, Sojourn, Stage, State, Step, caller


@dataclass(frozen=True, slots=True)
class Delay(Stage):
    """Pass every request on after `own_s` [s]; only quotas of the account can refuse it.

    A batch stays a batch: what a request holds is handed on with it. Where it `splits_batches`,
    the calls are made for each item, side by side.

    References
    ----------
    .. [1] L. Kleinrock, "Queueing Systems, Volume 1: Theory", Wiley, 1975, section 3.4
       (infinite servers).
    """

    own_s: float = 0.0
    cv: float = 0.5
    splits_batches: bool = False

    def start(self, p: Port, v: State) -> None:
        v[p.response] = self.own_s

    def bind(self, p: Port, v: State, dt: float) -> Step:
        inn, work, offered, out, called = p.inn, p.work, p.offered, p.passed, p.called
        response, failed, own, call = p.response, p.failed, self.own_s, caller(p, v)
        wanted, cut, shared, splits = p.wanted, p.refused, p.shared, self.splits_batches

        def step() -> None:
            want = v[inn]
            each = v[work] / want if want > NOTHING else 1.0
            v[inn] = v[work] = 0.0
            ok = want
            v[wanted] = want / dt
            for slot in shared:
                ok *= 1.0 - v[slot]
            v[offered] += want
            v[out] += ok
            v[cut] += want - ok
            made = ok
            if splits:
                made, each = ok * each, 1.0
            v[called] += made
            wait, good = call(made, each)
            v[response] = own + wait
            v[failed] = 1.0 - good * ok / want if want > NOTHING else 0.0

        return step

    def serve(self, arrivals: Arrivals, rng: np.random.Generator) -> Departures:
        return serve_alone(self, arrivals, rng)

    def server(self) -> _Server:
        return _Server(self)

    def bind_batch(self, p: Port, v: FloatArray, dt: float) -> Step:
        inn, work, offered = v[p.inn], v[p.work], v[p.offered]
        out, called = v[p.passed], v[p.called]
        response, failed, own, call = v[p.response], v[p.failed], self.own_s, caller_batch(p, v)
        wanted, cut, shared = v[p.wanted], v[p.refused], [v[slot] for slot in p.shared]
        splits = self.splits_batches

        def step() -> None:
            items = work.copy()
            want = taken(inn, work)
            each = each_of(items, want)
            ok = want
            np.divide(want, dt, wanted)
            for row in shared:
                ok = ok * (1.0 - row)
            np.add(offered, want, offered)
            np.add(out, ok, out)
            np.add(cut, want - ok, cut)
            made = ok * each if splits else ok
            np.add(called, made, called)
            wait, good = call(made, 1.0 if splits else each)
            response[:] = own + wait
            failed[:] = failed_share(good, ok, want)

        return step

    def sojourn(self, p: Port, v: State) -> Sojourn:
        return Sojourn(self.own_s, self.cv)


@dataclass(slots=True)
class _Server:
    stage: Delay

    def serve(self, arrivals: Arrivals, chance: Chance) -> Departures:
        stay = self.stage.own_s * chance.size + arrivals.beyond
        return let_through(arrivals.times, stay, None)

    def fork(self) -> _Server:
        return self
