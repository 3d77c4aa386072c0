"""A source that ticks by itself; what it starts is what its schedule says."""

from __future__ import annotations

from dataclasses import dataclass

from apps.engine.stages.base import Port, Sojourn, Stage, State, Step, caller


@dataclass(frozen=True, slots=True)
class Clock(Stage):
    """Hand on each tick at once. The ticks themselves come from the traffic of the day.

    References
    ----------
    .. [1] https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
    """

    def start(self, p: Port, v: State) -> None:
        v[p.response] = 0.0

    def bind(self, p: Port, v: State, dt: float) -> Step:
        inn, work, offered, out, called = p.inn, p.work, p.offered, p.passed, p.called
        call = caller(p, v)

        def step() -> None:
            ticks = v[inn]
            v[inn] = v[work] = 0.0
            v[offered] += ticks
            v[out] += ticks
            v[called] += ticks
            call(ticks)

        return step

    def sojourn(self, p: Port, v: State) -> Sojourn:
        return Sojourn(0.0)
