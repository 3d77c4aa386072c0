"""The second at which a limit is fullest: what is used then, and of how much."""

from __future__ import annotations

from dataclasses import dataclass

from apps.engine.fluid.model import Gauge, Model
from apps.engine.headroom.case import Case
from apps.engine.headroom.search import Found, Probe
from apps.engine.stages.pool import Pool

# What settles within minutes is there again after so many of them.
_BEFORE = 9


@dataclass(frozen=True, slots=True)
class Moment:
    """A model at one moment of the day, and the use of one limit then, in the limit's unit."""

    model: Model
    minute: int
    used: float
    of: float


def moment_of(case: Case, found: Found, gauge: Gauge, probe: Probe) -> Moment:
    """Return the moment at which a limit is met.

    Parameters
    ----------
    case : Case
        The design.
    found : Found
        The bracket of its most users.
    gauge : Gauge
        The limit that ends them.
    probe : Probe
        The last number of users that held.

    Returns
    -------
    Moment
        A model of its own, in its state then; use and limit in the limit's unit.

    Notes
    -----
    What fills with the users is read where the last day that held is fullest. What is met in a
    rush is full for seconds only, and moves: it is read in the first minute that did not hold,
    second by second.
    """
    limit, violation = gauge.limit, found.breaks.violation if found.breaks else None
    is_brief = isinstance(gauge.placed.stage, Pool) and limit.gauge == "scaling"
    if violation is None or found.breaks is None or (limit.grows and not is_brief):
        minute = probe.peaks[gauge.key]
        span = range(max(0, minute - _BEFORE), minute + 1)
        model, _ = case.run(probe.daily_users, minutes=span)
        return Moment(model, minute, probe.uses[gauge.key] * limit.capacity, limit.capacity)
    return _look_closely(case, found.breaks.daily_users, gauge, violation.minute)


def _look_closely(case: Case, daily_users: float, gauge: Gauge, minute: int) -> Moment:
    """Step by seconds through a minute that did not hold, and the rush before it."""
    highest = case.rates(daily_users).highest[: minute + 1]
    # What is late, or spent, has its cause earlier: in the minute in which most came.
    rush = next(m for m, rate in enumerate(highest) if rate > 0.999 * max(highest))
    looks = [(*_fullest_second(case, daily_users, gauge, m), m) for m in sorted({rush, minute})]
    model, use, at = max(looks, key=lambda look: look[1])
    port = gauge.placed.port
    moving = gauge.placed.stage.capacity_now(gauge.limit.gauge, port, model.v)
    of = gauge.limit.capacity if moving is None else moving
    return Moment(model, at, use * of, of)


def _fullest_second(
    case: Case, daily_users: float, gauge: Gauge, minute: int
) -> tuple[Model, float]:
    rates = case.rates(daily_users)
    model, _ = case.run(daily_users, minutes=range(minute), rates=rates)
    doors = [door.port for door in case.doors(model)]
    steps, v = model.steps(1.0), model.v
    most, kept = -1.0, list(v)
    for row in rates.within(minute, 1):
        for port, rate in zip(doors, row, strict=True):
            v[port.inn] += rate
            v[port.work] += rate
        for step in steps:
            step()
        if v[gauge.slot] > most:
            most, kept = v[gauge.slot], list(v)
    v[:] = kept
    return model, most
