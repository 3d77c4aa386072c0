"""The records a kind is declared in: assumptions, doors, limits and metrics."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import NamedTuple

from apps.engine.graph import Mode


@dataclass(frozen=True, slots=True)
class Spread:
    """A value that is assumed: what is expected, from low to high, and why."""

    expected: float
    low: float
    high: float
    rule: str = ""
    unit: str = ""

    def scaled(self, factor: float) -> Spread:
        """Return the spread with expected, low and high multiplied; rule and unit stay.

        Parameters
        ----------
        factor : float
            What to multiply by. [-]

        Returns
        -------
        Spread
            In the same unit.
        """
        return dataclasses.replace(
            self, expected=self.expected * factor, low=self.low * factor, high=self.high * factor
        )


def about(
    expected: float, *, down: float = 0.5, up: float = 2.0, rule: str = "", unit: str = ""
) -> Spread:
    """Return a spread from `down` to `up` times what is expected.

    Parameters
    ----------
    expected : float
        The middle, in `unit`.
    down : float, optional
        Low over expected. [-]
    up : float, optional
        High over expected. [-]
    rule : str, optional
        Where it is from, for the reader.
    unit : str, optional
        Unit of the value.

    Returns
    -------
    Spread
        From `down × expected` to `up × expected`.
    """
    return Spread(expected, expected * down, expected * up, rule, unit)


@dataclass(frozen=True, slots=True)
class Accepts:
    """A door of a kind: how it may be called, and what a call costs on this side.

    `calls` are the calls per request of the caller while the template does not say; `units`
    what one call takes of the stage's own resource (read units, seconds of CPU).
    `holds_connection` says that a caller keeps a connection open.
    """

    mode: Mode = "sync"
    calls: Spread = Spread(1.0, 0.5, 3.0, "Policies say what may be called, not how often.")
    units: Spread = Spread(1.0, 1.0, 1.0)
    holds_connection: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A bound of one gauge of one lane, as verdict, review and live read it."""

    id: str
    role: str
    gauge: str
    label: str
    capacity: float
    unit: str
    effect: str
    remedy: str
    source_url: str
    is_adjustable: bool = False
    check_command: str = ""
    # Its gauge rises with the users; else it says nothing of their number until it is met.
    grows: bool = True
    # What stands ready, and is paid for, while nobody comes.
    minimum: float = 0.0


class ScalingOption(NamedTuple):
    """What AWS can scale by itself on a kind."""

    namespace: str
    dimension: str
    metric: str
    minimum: float
    maximum: float


class Metric(NamedTuple):
    """A CloudWatch series that shows a gauge."""

    namespace: str
    name: str
    statistic: str
    gauge: str
