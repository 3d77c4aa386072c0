"""What breaks on the modelled day: a part that is slow, gone, cold or fed with poison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from apps.engine.traffic.reading import InvalidScenario, bounded, seconds_of

KINDS = ("slow", "down", "zone", "instance", "poison", "cold_fleet", "retry_storm")
# What can break for the whole design, without naming a component.
EVERYWHERE = ("zone", "cold_fleet")
# What `factor` means where it is not said: times slower, poisoned messages, attempts of each.
USUAL_FACTOR: Mapping[str, float] = {"slow": 5.0, "poison": 1.0, "retry_storm": 5.0}
MOST_FAULTS = 12
_MOST_ATTEMPTS = 20.0


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that breaks: what, where, from when, for how long, and how badly.

    Raises
    ------
    InvalidScenario
        If it names no component and is not of the whole design, or makes nothing worse.
    """

    kind: str = bounded("slow", choices=KINDS)
    component: str = ""
    at: str = "14:00:00"
    for_s: float = bounded(1200.0, low=1.0, high=86_400.0)
    factor: float | None = bounded(None, low=1.0, high=1e6)

    def __post_init__(self) -> None:
        what = f"The fault '{self.kind}'"
        seconds_of(self.at, what)
        if not self.component and self.kind not in EVERYWHERE:
            raise InvalidScenario(f"{what} lacks component: say which one breaks.")
        if self.kind == "slow" and self.times <= 1.0:
            raise InvalidScenario(f"{what} needs a factor above 1: so many times slower.")
        if self.kind == "retry_storm" and self.times > _MOST_ATTEMPTS:
            raise InvalidScenario(f"{what} takes a factor of at most 20 attempts.")

    @property
    def times(self) -> float:
        """How badly: the factor, or what is usual for its kind. [-]"""
        return USUAL_FACTOR.get(self.kind, 1.0) if self.factor is None else self.factor

    @property
    def starts_s(self) -> int:
        """Second of the day at which it begins. [s]"""
        return seconds_of(self.at, f"The fault '{self.kind}'")
