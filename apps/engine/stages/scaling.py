"""Capacity that follows load late: between a minimum and a maximum, by an alarm, with a start.

A stage keeps `SLOTS` floats for it among its own slots, calls `begin` in its `start`, and asks
the function that `follow` returns once in every step. Loads and capacities have any one unit:
instances, tasks, capacity units of a table.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from apps.engine.stages.base import NOTHING, State

# What serves, seconds above and below the target, seconds until it may shrink, what it cost
# above the minimum [units × s], then what is starting: (amount, seconds left) four times.
READY, HIGH, LOW, PAUSE, EXTRA, STARTING = 0, 1, 2, 3, 4, 5
_BATCHES = 4
SLOTS = STARTING + 2 * _BATCHES
# Of these, what only grows.
COUNTERS = (EXTRA,)
# Metrics are judged once a minute.
_POINT_S = 60.0
# A little more than a whole number of units is that number.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Scaling:
    """How AWS follows a load.

    Parameters
    ----------
    minimum, maximum : float
        Capacity at least and at most. [units]
    target : float
        Load over capacity that AWS aims at. [-]
    alarm_s : float
        The load is above the target for so long before anything happens. [s]
    start_s : float
        What is ordered serves after this time. [s]
    calm_s : float
        The load is low for so long before capacity is given back. [s]
    pause_s : float
        Capacity is given back no sooner than this after the last change. [s]
    leave_s : float
        What is given back is billed for so long while it serves no more. [s]
    most_seen : float
        Load over capacity that the metric can show: 1 for processors, infinite for requests. [-]
    low_share : float
        The load is low below this part of the target. [-]
    quantum : float
        Capacity comes in whole numbers of this; 0 for any amount. [units]

    References
    ----------
    .. [1] https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
    """

    minimum: float
    maximum: float
    target: float
    alarm_s: float
    start_s: float
    calm_s: float = 900.0
    pause_s: float = 300.0
    leave_s: float = 0.0
    most_seen: float = math.inf
    low_share: float = 0.9
    quantum: float = 1.0

    def needed(self, load: float) -> float:
        """Return the capacity at which a load meets the target. [units]

        Parameters
        ----------
        load : float
            Units of work that are asked for at once. [units]

        Returns
        -------
        float
            Between minimum and maximum, in whole quanta. [units]
        """
        units = load / self.target
        if self.quantum > 0.0:
            units = math.ceil(units / self.quantum - _ROUNDING) * self.quantum
        return min(max(units, self.minimum), self.maximum)


def begin(scaling: Scaling, at: int, v: State) -> None:
    """Begin with the minimum, ready.

    Parameters
    ----------
    scaling : Scaling
        How AWS follows.
    at : int
        The first of the `SLOTS` slots.
    v : list of float
        The flat state.
    """
    v[at + READY] = min(scaling.minimum, scaling.maximum)


def starting(at: int, v: State) -> float:
    """Return the capacity that is ordered and does not serve yet.

    Parameters
    ----------
    at : int
        The first of the `SLOTS` slots.
    v : list of float
        The flat state.

    Returns
    -------
    float
        What is starting. [units]
    """
    return sum(v[place] for place in _places(at))


def _places(at: int) -> list[int]:
    """Return the slots of the amounts that are starting."""
    return [at + STARTING + 2 * k for k in range(_BATCHES)]


def follow(scaling: Scaling, at: int, v: State, dt: float) -> Callable[[float], float]:
    """Return a function that advances the capacity by one step.

    Parameters
    ----------
    scaling : Scaling
        How AWS follows.
    at : int
        The first of the `SLOTS` slots.
    v : list of float
        The flat state.
    dt : float
        Length of a step. [s]

    Returns
    -------
    callable
        Load [units] → mean capacity that serves in this step [units].

    Notes
    -----
    Above its target for `alarm_s`, the load is answered once a minute by an order of what lacks,
    of which AWS knows by its metric: that of processors ends at 100 %, so an overload doubles
    the capacity at most at a target of 50 %, and needs several rounds of `start_s`. Within a
    step, an alarm and a start count from their own second.
    """
    pieces = max(1, math.ceil(dt / _POINT_S))
    length_s, ready = dt / pieces, at + READY
    arrive, decide = _arrivals(at, v, length_s), _decisions(scaling, at, v, length_s)
    extra, minimum = at + EXTRA, scaling.minimum

    def advance(load: float) -> float:
        total = 0.0
        for _ in range(pieces):
            served, coming = arrive()
            total += served
            v[extra] += (served + coming - minimum) * length_s
            decide(load, coming)
        return total / pieces

    def ready_now(load: float) -> float:
        return v[ready]

    return advance if scaling.maximum > minimum else ready_now


def _arrivals(at: int, v: State, dt: float) -> Callable[[], tuple[float, float]]:
    """Return a function that brings in what has started: (mean that serves, mean that starts)."""
    ready, amounts = at + READY, _places(at)

    def arrive() -> tuple[float, float]:
        served, coming = v[ready], 0.0
        for amount in amounts:
            if v[amount] <= 0.0:
                continue
            left = v[amount + 1] - dt
            part = -left / dt if left < 0.0 else 0.0
            served += v[amount] * part
            coming += v[amount] * (1.0 - part)
            v[amount + 1] = left
            if left <= 0.0:
                v[ready] += v[amount]
                v[amount] = 0.0
        return served, coming

    return arrive


def _decisions(scaling: Scaling, at: int, v: State, dt: float) -> Callable[[float, float], None]:
    """Return a function that compares the load with the target, and orders or gives back."""
    ready, high, low, pause = at + READY, at + HIGH, at + LOW, at + PAUSE
    target, most_seen, alarm_s = scaling.target, scaling.most_seen, scaling.alarm_s
    calm_s, below = scaling.calm_s, scaling.target * scaling.low_share

    def order(seen: float, late_s: float) -> None:
        more = scaling.needed(seen) - v[ready] - starting(at, v)
        if more > NOTHING:
            _launch(at, v, more, scaling.start_s - late_s)
            v[pause] = scaling.pause_s

    def give_back(seen: float) -> None:
        less = v[ready] - scaling.needed(seen)
        if less > NOTHING:
            v[ready] -= less
            v[at + EXTRA] += less * scaling.leave_s
            v[pause] = scaling.pause_s

    def decide(load: float, coming: float) -> None:
        use = load / v[ready] if v[ready] > 0.0 else most_seen
        use = most_seen if use > most_seen else use
        v[high] = v[high] + dt if use > target else 0.0
        v[low] = v[low] + dt if use < below else 0.0
        v[pause] = v[pause] - dt if v[pause] > dt else 0.0
        if v[high] >= alarm_s and v[high] > 0.0:
            late_s = v[high] - alarm_s
            order(use * v[ready], late_s if late_s < dt else 0.0)
        elif v[low] >= calm_s and v[pause] == 0.0 and coming == 0.0 and v[low] > 0.0:
            give_back(use * v[ready])

    return decide


def _launch(at: int, v: State, amount: float, left_s: float) -> None:
    """Order capacity; where too much is on its way already, it comes with the youngest of it."""
    places = _places(at)
    free = next((place for place in places if v[place] <= 0.0), None)
    place = max(places, key=lambda one: v[one + 1]) if free is None else free
    v[place] += amount
    v[place + 1] = max(left_s, 0.0)
