"""Capacity that follows its use through alarms: late, in both directions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from apps.engine.stages.base import State

_LOOK_S = 60.0
SLOTS = 6  # capacity, seconds too full, seconds too empty, what is asked for, its time, decreases


@dataclass(frozen=True, slots=True)
class Tracking:
    """Target tracking between a minimum and a maximum.

    Parameters
    ----------
    minimum, maximum : float
        Bounds of the capacity. [units/s]
    target : float
        Use that is aimed at. [-]
    alarm_s : float
        Use must be above the target for so long. [s]
    action_s : float
        From the alarm until the new capacity is there. [s]
    calm_s : float
        Use must be low for so long before capacity is taken away. [s]
    low : float
        Use below this share of the target is low. [-]
    decreases : float
        Decreases that may follow each other at once. [count]
    decreases_per_s : float
        Decreases that come back in a second. [1/s]

    Notes
    -----
    The new capacity is what was used last, over the target. What is refused is not used, so a
    rush that meets a full table raises it by no more than 1/target at a time.

    References
    ----------
    .. [1] https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.html
    """

    minimum: float
    maximum: float
    target: float = 0.7
    alarm_s: float = 120.0
    action_s: float = 240.0
    calm_s: float = 900.0
    low: float = 0.8
    decreases: float = 4.0
    decreases_per_s: float = 1.0 / 3600.0

    def start(self, slot: int, v: State) -> None:
        """Write the state that a day begins with into `SLOTS` slots from `slot` on.

        Parameters
        ----------
        slot : int
            First of the slots.
        v : list of float
            The flat state, which is written.
        """
        v[slot] = self.minimum
        v[slot + 5] = self.decreases

    def bind(self, slot: int, v: State, dt: float) -> Callable[[float], None]:
        """Return a function of the units that a step of `dt` seconds used.

        Parameters
        ----------
        slot : int
            First of the slots.
        v : list of float
            The flat state.
        dt : float
            Length of a step. [s]

        Returns
        -------
        callable
            Units used in the step [units] → None; it moves the capacity [units/s].
        """
        asked, timer, stock = slot + 3, slot + 4, slot + 5
        # Use is looked at every minute, in a longer step as well.
        looks = max(1, round(dt / _LOOK_S))
        part = dt / looks
        decide, back = self._decide(slot, v, part), self.decreases_per_s * part

        def follow(used: float) -> None:
            rate = used / dt
            for _ in range(looks):
                v[stock] = min(self.decreases, v[stock] + back)
                if v[timer] > 0.0:
                    v[timer] -= part
                    if v[timer] <= 0.0:
                        v[slot] = v[asked]
                decide(rate)

        return follow

    def _decide(self, slot: int, v: State, dt: float) -> Callable[[float], None]:
        full, empty, asked, timer, stock = slot + 1, slot + 2, slot + 3, slot + 4, slot + 5

        def decide(rate: float) -> None:
            use = rate / v[slot]
            v[full] = v[full] + dt if use > self.target else 0.0
            v[empty] = v[empty] + dt if use < self.low * self.target else 0.0
            if v[timer] > 0.0:
                return
            wanted = min(self.maximum, max(self.minimum, rate / self.target))
            if v[full] >= self.alarm_s and wanted > v[slot]:
                v[asked], v[timer] = wanted, self.action_s
            elif v[empty] >= self.calm_s and wanted < v[slot] and v[stock] >= 1.0:
                v[slot], v[empty] = wanted, 0.0
                v[stock] -= 1.0

        return decide
