"""By how much what is assumed of people raises the rates of each entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from apps.engine.headroom.case import Case
from apps.engine.headroom.peak import PeakRates, peak_rates
from apps.engine.inputs import EVENTS, TRAFFIC, Key
from apps.engine.stages.base import FloatArray

Scenario = Mapping[Key, float]


class Raised(NamedTuple):
    """Factors by entry: of the rates in the busiest minute, and of the requests of a day. [-]"""

    peak: FloatArray
    day: FloatArray


class Effects:
    """The entries of a design under other habits.

    What people do is tried alone at both ends of its range; between them rates grow evenly, and
    several effects multiply, as visits, actions and requests do; with bots, that come at all
    hours, this is right within some per cent.
    """

    def __init__(self, case: Case, rates: PeakRates, daily_users: float) -> None:
        self.case, self.daily_users = case, daily_users
        self.base = Raised(np.array(rates.per_user), day_totals(case))
        self._known: dict[tuple[Key, float], Raised] = {}

    def of(self, scenarios: Sequence[Scenario]) -> Raised:
        """Return the factors of scenarios.

        Parameters
        ----------
        scenarios : sequence of mapping
            Values tried, by key, in place of the expected ones.

        Returns
        -------
        Raised
            Each factor of shape (scenarios, entries). [-]
        """
        shape = (len(scenarios), len(self.base.peak))
        raised = Raised(np.ones(shape), np.ones(shape))
        tried = {key for one in scenarios for key in one if key[0] == TRAFFIC or key[1] == EVENTS}
        for key in sorted(tried):
            spread = self.case.inputs.by_key[key].spread
            nodes = sorted({spread.low, spread.expected, spread.high})
            ends = [self._alone(key, node) for node in nodes]
            values = np.array([one.get(key, spread.expected) for one in scenarios])
            for factors, known in zip(raised, zip(*ends, strict=True), strict=True):
                for entry in range(shape[1]):
                    factors[:, entry] *= np.interp(values, nodes, [end[entry] for end in known])
        return raised

    def _alone(self, key: Key, value: float) -> Raised:
        """Return the factors of one value, shape (entries,)."""
        if value == self.case.inputs.value(key, self.case.tried):
            return Raised(np.ones_like(self.base.peak), np.ones_like(self.base.day))
        if (key, value) not in self._known:
            other = self.case.trying(key, value)
            peak = np.array(peak_rates(other, self.daily_users).per_user)
            found = Raised(_ratios(peak, self.base.peak), _ratios(day_totals(other), self.base.day))
            self._known[key, value] = found
        return self._known[key, value]


def day_totals(case: Case) -> FloatArray:
    """Return the requests of one daily user in a day, by entry.

    Parameters
    ----------
    case : Case
        The design, and the values in force.

    Returns
    -------
    ndarray, shape (entries,)
        Requests. [1/day]
    """
    return np.array([float(item.per_user.sum()) for item in case.arrivals])


def _ratios(values: FloatArray, base: FloatArray) -> FloatArray:
    comes = base > 0.0
    return np.where(comes, values / np.where(comes, base, 1.0), 1.0)
