"""What every stage shares: its step, what stands in for it, and the lane it stands in."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from apps.engine.stages._answers import Answers
from apps.engine.stages._answers import Sojourn as Sojourn
from apps.engine.stages._ports import NOTHING as NOTHING
from apps.engine.stages._ports import Call as Call
from apps.engine.stages._ports import Caller as Caller
from apps.engine.stages._ports import FloatArray as FloatArray
from apps.engine.stages._ports import Hold as Hold
from apps.engine.stages._ports import Port as Port
from apps.engine.stages._ports import Send as Send
from apps.engine.stages._ports import State as State
from apps.engine.stages._ports import Step as Step
from apps.engine.stages._ports import caller as caller

if TYPE_CHECKING:
    from apps.engine.stages.arrivals import Arrivals, Departures, Server


class Stage(Answers):
    """One of the ways in which AWS holds back load. Frozen; all state is in `v`."""

    __slots__ = ()

    GAUGES: ClassVar[tuple[str, ...]] = ()
    # The fields that say how high the limit behind a gauge is.
    LIFTS: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    OWN_SLOTS: ClassVar[int] = 0
    # Those of its own slots that only grow, and those that are zero while all is calm.
    OWN_COUNTERS: ClassVar[tuple[int, ...]] = ()
    OWN_RESTLESS: ClassVar[tuple[int, ...]] = ()
    # Where a single request goes is left to chance: to a shard, a key, past a cache.
    NEEDS_LUCK: ClassVar[bool] = False

    def start(self, p: Port, v: State) -> None:
        """Write the state that the day begins with.

        Parameters
        ----------
        p : Port
            Where the stage reads and writes.
        v : list of float
            The flat state, which is written.
        """

    def bind(self, p: Port, v: State, dt: float) -> Step:
        """Return the step of `dt` seconds, closed over its slots.

        Parameters
        ----------
        p : Port
            Where the stage reads and writes.
        v : list of float
            The flat state.
        dt : float
            Length of a step. [s]

        Returns
        -------
        callable
            The step; it moves the state on.

        Raises
        ------
        NotImplementedError
            If the stage does not say it.
        """
        raise NotImplementedError

    def bind_batch(self, p: Port, v: FloatArray, dt: float) -> Step:
        """Return the step of `dt` seconds for many scenarios at once.

        A field of the stage, and `calls` and `units` of its calls, is a float where all scenarios
        agree, else an array of shape (scenarios,).

        Parameters
        ----------
        p : Port
            Where the stage reads and writes.
        v : ndarray, shape (slots, scenarios)
            The state.
        dt : float
            Length of a step. [s]

        Returns
        -------
        callable
            The step of all scenarios.
        """
        from apps.engine.stages._columns import by_columns

        return by_columns(self, p, v, dt)

    def serve(self, arrivals: Arrivals, rng: np.random.Generator) -> Departures:
        """Return what becomes of single requests; chance comes from `rng` alone.

        Parameters
        ----------
        arrivals : Arrivals
            Requests, none of which came before.
        rng : numpy.random.Generator
            Where chance comes from.

        Returns
        -------
        Departures
            When each is served and leaves [s], and whether it was refused.

        Raises
        ------
        NotImplementedError
            If the stage does not say it.
        """
        raise NotImplementedError

    def server(self) -> Server:
        """Return the stage ready to serve single requests, batch after batch.

        Returns
        -------
        Server
            It remembers where the last batch left it.

        Raises
        ------
        NotImplementedError
            If the stage does not say it.
        """
        raise NotImplementedError

    def lifted(self, gauge: str, factor: float) -> Self:
        """Return the stage with the limit behind a gauge `factor` times as high.

        Parameters
        ----------
        gauge : str
            One of `GAUGES`; one that has no field of its own lifts nothing.
        factor : float
            What to multiply the limit by. [-]

        Returns
        -------
        Stage
            A copy.
        """
        fields = self.LIFTS.get(gauge, ())
        raised: dict[str, Any] = {name: getattr(self, name) * factor for name in fields}
        return dataclasses.replace(self, **raised)  # type: ignore[type-var]

    def at_rest(self) -> Stage:
        """Return the stage whose capacity is at once where its load leads it in the end.

        Returns
        -------
        Stage
            The stage itself where its capacity does not follow the load.
        """
        return self

    def slowed(self, factor: float) -> Stage:
        """Return the stage with `factor` times as much time of its own; itself if it has none.

        Parameters
        ----------
        factor : float
            What to multiply its time by. [-]

        Returns
        -------
        Stage
            A copy.
        """
        own_s = getattr(self, "own_s", 0.0)
        return dataclasses.replace(self, own_s=own_s * factor) if own_s else self  # type: ignore[type-var]

    def without(self, share: float) -> Stage:
        """Return the stage while a share of its servers is gone; itself if it counts none.

        Parameters
        ----------
        share : float
            Share that is gone. [-]

        Returns
        -------
        Stage
            A copy.
        """
        return self

    def stopped(self) -> Stage | None:
        """Return what stands in its place while it is down; None where all is just refused.

        Returns
        -------
        Stage or None
            A stage that keeps what comes until it is up again.
        """
        return None

    def emptied(self, p: Port, v: State, share: float) -> None:
        """Take away a share of what stands ready here, as a deployment or a lost zone does.

        Parameters
        ----------
        p : Port
            Where the stage reads and writes.
        v : list of float
            The flat state, which is written.
        share : float
            Share that is gone. [-]
        """


@dataclass(frozen=True, slots=True)
class Lane:
    """Stages in series behind one door (`role`) of a component.

    The last stage makes the component's calls when `emits`. It hands its requests to another
    lane of the component: to `calls_lane` waiting for the answer, to `sends_to` without. Where
    `only` says so, links by those roles alone are its calls: a cache reads what it lacks.
    `draws` names quotas of the account that the first stage shares with other components, each
    request by its `weight`.
    """

    role: str
    stages: tuple[Stage, ...]
    emits: bool = True
    calls_lane: str = ""
    sends_to: str = ""
    draws: tuple[str, ...] = field(default=())
    only: tuple[str, ...] = field(default=())
    weight: float = 1.0
