"""A design on a day on which something breaks: it runs, and is judged, as any other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from apps.engine.fluid.changes import Changes
from apps.engine.fluid.day import Record, Retry
from apps.engine.fluid.faults import Broken, broken
from apps.engine.fluid.model import Model
from apps.engine.headroom.case import Case
from apps.engine.headroom.judge import Judge, Violation
from apps.engine.traffic.faults import Fault
from apps.engine.traffic.reading import InvalidScenario


@dataclass(frozen=True)
class BreakingCase(Case):
    """A case whose every day has the same faults."""

    faults: tuple[Fault, ...] = ()

    @classmethod
    def of(cls, case: Case, faults: tuple[Fault, ...]) -> BreakingCase:
        """Return a case with faults that shares the arrivals of the plain one.

        Parameters
        ----------
        case : Case
            The design on a plain day.
        faults : tuple of Fault
            What breaks on each of its days.

        Returns
        -------
        BreakingCase
            With the same values tried and limits lifted.
        """
        other = cls(case.inputs, case.tried, lifts=case.lifts, faults=faults)
        for name in ("habits", "entries", "arrivals"):
            other.__dict__[name] = getattr(case, name)
        return other

    @cached_property
    def retry(self) -> Retry:
        """Return how clients come back: more stubborn where a fault says so."""
        client = self.inputs.scenario.client
        storms = [fault.times for fault in self.faults if fault.kind == "retry_storm"]
        attempts = client.attempts if client.retry_on else 1
        return Retry(round(max([attempts, *storms])), client.delay_s)

    def broken(self, model: Model) -> list[Broken]:
        """Return what each of the faults changes in a model.

        Parameters
        ----------
        model : Model
            The design, as compiled.

        Returns
        -------
        list of Broken
            In the order of the faults.
        """
        return [broken(model, fault, self.inputs.facts) for fault in self.faults]

    def model(self, daily_users: float = 0.0) -> Model:
        model = super().model(daily_users)
        model.changes = Changes([c for found in self.broken(model) for c in found.changes])
        return model


class BreakingJudge(Judge):
    """A judge of broken days; what a single user misses on a plain day is set aside as there."""

    def __init__(self, judge: Judge) -> None:
        self.__dict__ |= vars(judge)

    def of_day(self, record: Record, model: Model) -> Violation | None:
        """Return the latency target that the slowest moment misses, as the design stood then."""
        model.changes.stand_at(model, 60 * slowest_minute(record) + 30)
        return super().of_day(record, model)


def slowest_minute(record: Record) -> int:
    """Return the minute in which some entry answered most slowly.

    Parameters
    ----------
    record : Record
        A day that was run.

    Returns
    -------
    int
        The minute of the day; 0 of an empty record.
    """
    rows = record.responses
    return max(range(len(rows)), key=lambda minute: max(rows[minute], default=0.0), default=0)


def check_faults(case: Case) -> None:
    """Refuse a scenario whose faults name what is not there, or change nothing.

    Parameters
    ----------
    case : Case
        The design with its scenario.

    Raises
    ------
    InvalidScenario
        With the place of the fault in the scenario.
    """
    for number, fault in enumerate(case.inputs.scenario.faults):
        path = f"faults[{number}]"
        if fault.component and fault.component not in case.inputs.kinds:
            raise InvalidScenario(
                f"{path}.component is '{fault.component}', which is no component of this design."
            )
        try:
            broken(case.model(), fault, case.inputs.facts)
        except InvalidScenario as error:
            raise InvalidScenario(f"{path}.kind: {error}") from error
