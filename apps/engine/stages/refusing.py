"""A part that is down: whoever comes is refused at once."""

from __future__ import annotations

from dataclasses import dataclass

from apps.engine.stages.base import NOTHING, Port, Sojourn, Stage, State, Step


@dataclass(frozen=True, slots=True)
class Refusing(Stage):
    """Stand in for a stage that is down, at its port: refuse all, also those who wait in it.

    References
    ----------
    .. [1] L. Kleinrock, "Queueing Systems, Volume 1: Theory", Wiley, 1975, section 3.5 (a
       system without room).
    """

    def bind(self, p: Port, v: State, dt: float) -> Step:
        inn, work, offered, cut, waiting = p.inn, p.work, p.offered, p.refused, p.waiting
        response, failed, held, wanted = p.response, p.failed, p.held, p.wanted

        def step() -> None:
            want = v[inn]
            v[inn] = v[work] = 0.0
            v[offered] += want
            v[cut] += want + v[waiting]
            v[waiting] = v[held] = v[wanted] = v[response] = 0.0
            v[failed] = 1.0 if want > NOTHING else 0.0

        return step

    def sojourn(self, p: Port, v: State) -> Sojourn:
        return Sojourn(0.0)
