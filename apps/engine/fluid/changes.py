"""A model that changes while it runs: other stages in place of some, from second to second."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from apps.engine.stages.base import Port, Stage, State

if TYPE_CHECKING:
    from apps.engine.fluid.model import Model, Placed

StageKey = tuple[str, str, int]
# What is done once to one stage: it reads and writes the state behind its port.
Edit = Callable[[Port, State], None]
MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class Change:
    """Stages that stand in for others from one second of the day until another.

    `begin` and `end` are done once to the state of a stage, in the first second and after the
    last one.
    """

    starts_s: int
    ends_s: int
    stages: Mapping[StageKey, Stage] = field(default_factory=dict)
    begin: Mapping[StageKey, Edit] = field(default_factory=dict)
    end: Mapping[StageKey, Edit] = field(default_factory=dict)


class Changes:
    """All changes of a day, and which of them are in force."""

    def __init__(self, changes: Sequence[Change] = ()) -> None:
        self._changes = tuple(changes)
        self._edges = sorted({edge for c in changes for edge in (c.starts_s, c.ends_s)})
        self._plain: dict[StageKey, Placed] = {}

    def falls_in(self, minute: int) -> bool:
        """Say whether something changes within a minute, so that it is stepped by seconds.

        Parameters
        ----------
        minute : int
            Minute of the day.

        Returns
        -------
        bool
            True where a change begins or ends in it.
        """
        return any(edge // MINUTE_S == minute for edge in self._edges)

    def free_until(self, minute: int, end: int) -> int:
        """Return the first minute from this one on that no step may pass over.

        Parameters
        ----------
        minute : int
            Minute of the day that a step begins in.
        end : int
            Minute that the run ends with.

        Returns
        -------
        int
            Minute of the next change, at most `end`.
        """
        ahead = (edge // MINUTE_S for edge in self._edges if edge >= minute * MINUTE_S)
        return min(next(ahead, end), end)

    def begin_second(self, model: Model, second: int) -> None:
        """Put into force what begins in a second of the day, and end what is over.

        Parameters
        ----------
        model : Model
            The model, of which stages are replaced and states edited.
        second : int
            Second of the day. [s]
        """
        if second not in self._edges:
            return
        for change in self._changes:
            if change.ends_s == second:
                _edit(model, change.end)
        self._put_in_place(model, second)
        for change in self._changes:
            if change.starts_s == second:
                _edit(model, change.begin)

    def stand_at(self, model: Model, second: int) -> None:
        """Put the stages in place that stand at a second of the day; the state stays as it is.

        Parameters
        ----------
        model : Model
            The model, of which stages are replaced.
        second : int
            Second of the day. [s]
        """
        if self._changes:
            self._put_in_place(model, second)

    def _put_in_place(self, model: Model, second: int) -> None:
        self._plain = self._plain or {item.key: item for item in model.placed}
        now: dict[StageKey, Stage] = {}
        for change in self._changes:
            if change.starts_s <= second < change.ends_s:
                now |= change.stages
        model.stand({key: self._standing(key, now) for key in self._plain})

    def _standing(self, key: StageKey, now: Mapping[StageKey, Stage]) -> Placed:
        plain = self._plain[key]
        return replace(plain, stage=now[key]) if key in now else plain


def _edit(model: Model, edits: Mapping[StageKey, Edit]) -> None:
    for item in model.placed:
        if item.key in edits:
            edits[item.key](item.port, model.v)
