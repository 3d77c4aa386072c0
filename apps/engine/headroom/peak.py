"""The busiest minute alone, once all has settled: a quick view of how full each limit is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from apps.engine.headroom.case import Case
from apps.engine.headroom.search import GaugeKey
from apps.engine.stages.queue import Queue

# Steps of a minute after which pools, responses and retries have settled.
STEPS = 5


@dataclass(frozen=True, slots=True)
class PeakRates:
    """Requests a second at each entry in the busiest minute: per daily user, and fixed."""

    per_user: tuple[float, ...]
    fixed: tuple[float, ...]

    def at(self, daily_users: float) -> list[float]:
        """Return the rates at a number of daily users.

        Parameters
        ----------
        daily_users : float
            Users a day. [users/day]

        Returns
        -------
        list of float, shape (entries,)
            Requests a second. [1/s]
        """
        pairs = zip(self.per_user, self.fixed, strict=True)
        return [daily_users * each + still for each, still in pairs]


def peak_rates(case: Case, daily_users: float) -> PeakRates:
    """Return the rates of the minute in which most requests come in all.

    Parameters
    ----------
    case : Case
        The design, and the values in force.
    daily_users : float
        Users a day, by whom the minute is chosen. [users/day]

    Returns
    -------
    PeakRates
        Means over that minute, in the order of the entries. [1/s]
    """
    total = np.zeros(1440)
    for item in case.arrivals:
        total += item.rate(daily_users).reshape(-1, 60).mean(axis=1)
    minute = int(total.argmax())
    span = slice(60 * minute, 60 * minute + 60)
    return PeakRates(
        per_user=tuple(float(a.per_user[span].mean()) for a in case.arrivals),
        fixed=tuple(float(a.fixed[span].mean()) for a in case.arrivals),
    )


@dataclass(frozen=True, slots=True)
class Fullness:
    """How full each limit is, how long the slowest entry takes, and what each door wants.

    Fullness is a share [-], time is in s, `wanted` is what is asked for at once, or a second.
    """

    by_gauge: Mapping[GaugeKey, float]
    slowest_s: float
    wanted: Mapping[str, float]

    def fullest(self, allowed_s: float) -> float:
        """Return the fullest of all limits, the time that users allow among them.

        Parameters
        ----------
        allowed_s : float
            Time that users allow; 0 for any. [s]

        Returns
        -------
        float
            Fullness. [-]
        """
        slow = self.slowest_s / allowed_s if allowed_s > 0.0 else 0.0
        return max([slow, *self.by_gauge.values()])

    def fullest_gauge(self) -> GaugeKey | None:
        """Return the fullest of the limits; None where there is none.

        Returns
        -------
        (str, str, str) or None
            Component, role and gauge.
        """
        if not self.by_gauge:
            return None
        return max(self.by_gauge, key=lambda key: (self.by_gauge[key], key))


def fullness_at(case: Case, rates: PeakRates, daily_users: float) -> Fullness:
    """Run the busiest minute until it stands still, and read the gauges.

    Parameters
    ----------
    case : Case
        The design, and the values in force.
    rates : PeakRates
        Rates of the busiest minute. [1/s]
    daily_users : float
        Users a day. [users/day]

    Returns
    -------
    Fullness
        After `STEPS` steps of a minute.
    """
    model = case.model(daily_users)
    model.rest()
    doors = [door.port for door in case.doors(model)]
    waiting = [a.entry.faces_users for a in case.arrivals]
    steps, v = model.steps(60.0), model.v
    # What lies, comes back or is under way is taken away, so that no retry slows a queue down
    # and the gauges show what newly comes.
    calm = [*model.restless(), *(queue.port.own + Queue.FLIGHT for queue in model.queues())]
    flows = [rate * 60.0 for rate in rates.at(daily_users)]
    for _ in range(STEPS):
        for port, flow in zip(doors, flows, strict=True):
            v[port.inn] += flow
            v[port.work] += flow
        for step in steps:
            step()
        for slot in calm:
            v[slot] = 0.0
    slow = [v[p.response] for p, waits in zip(doors, waiting, strict=True) if waits]
    return Fullness(
        by_gauge={gauge.key: gauge.fullness(v[gauge.slot]) for gauge in model.gauges},
        slowest_s=max(slow, default=0.0),
        wanted={item.component: v[item.port.wanted] for item in model.placed},
    )
