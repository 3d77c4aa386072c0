"""A station whose servers come and go: instances or tasks that follow the load late."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.engine.stages import scaling
from apps.engine.stages._columns import by_columns
from apps.engine.stages.base import FloatArray, Port, Sojourn, State, Step
from apps.engine.stages.scaling import Scaling
from apps.engine.stages.station import Station

# Its own slots: those of a station, then those of its scaling.
_SCALING = Station.OWN_SLOTS


@dataclass(frozen=True, slots=True)
class Group(Station):
    """Serve with whole instances of `each` servers, from `minimum` of them up to all `servers`.

    Parameters
    ----------
    each : float
        Servers of one instance. [count]
    minimum : float
        Instances that always run. [count]
    target : float
        Use that AWS aims at; how the other fields of scaling act is said in `Scaling`. [-]
    counts_requests : bool
        The metric counts what arrives, and so rises above 100 %, as that of processors does not.
    lost_share : float
        So much of the instances that should run is gone. [-]

    Notes
    -----
    `servers` is the use of all that may run, `ready` that of what runs now. `kept` are the
    instances that serve.

    References
    ----------
    .. [1] https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
    """

    GAUGES: ClassVar[tuple[str, ...]] = ("connections", "servers", "ready")
    # More users than run now are met by a larger minimum, more than may run by a larger maximum.
    LIFTS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "connections": ("connections",),
        "servers": ("servers",),
        "ready": ("minimum",),
    }
    OWN_SLOTS: ClassVar[int] = _SCALING + scaling.SLOTS
    OWN_COUNTERS: ClassVar[tuple[int, ...]] = tuple(_SCALING + k for k in scaling.COUNTERS)

    each: float = 1.0
    minimum: float = 1.0
    target: float = 0.7
    alarm_s: float = 180.0
    start_s: float = 60.0
    calm_s: float = 900.0
    pause_s: float = 300.0
    leave_s: float = 0.0
    counts_requests: bool = False
    lost_share: float = 0.0

    @property
    def scaling(self) -> Scaling:
        """How the instances follow the load."""
        return Scaling(
            minimum=self.minimum,
            maximum=self.servers / self.each,
            target=self.target,
            alarm_s=self.alarm_s,
            start_s=self.start_s,
            calm_s=self.calm_s,
            pause_s=self.pause_s,
            leave_s=self.leave_s,
            most_seen=float("inf") if self.counts_requests else 1.0,
        )

    def bind_batch(self, p: Port, v: FloatArray, dt: float) -> Step:
        return by_columns(self, p, v, dt)

    def start(self, p: Port, v: State) -> None:
        # `super()` does not work in a dataclass with slots.
        Station.start(self, p, v)
        scaling.begin(self.scaling, p.own + _SCALING, v)
        v[p.kept] = v[p.own + _SCALING + scaling.READY]

    def _growing(self, p: Port, v: State, dt: float) -> Callable[[float, float], float] | None:
        follow = scaling.follow(self.scaling, p.own + _SCALING, v, dt)
        each, kept, gauge, counts = self.each, p.kept, p.gauge + 2, self.counts_requests
        left = 1.0 - self.lost_share

        def grow(arriving: float, waiting: float) -> float:
            # What is left is as busy as if the load had grown.
            instances = follow((arriving if counts else waiting) / (each * left)) * left
            v[kept] = instances
            v[gauge] = arriving / (instances * each)
            return instances * each

        return grow

    def at_rest(self) -> Group:
        """Return the group that follows its load at once."""
        return dataclasses.replace(
            self, alarm_s=0.0, start_s=0.0, calm_s=0.0, pause_s=0.0, counts_requests=True
        )

    def without(self, share: float) -> Group:
        """Return the group while a share of its instances is gone; a policy orders others."""
        if not share:
            return self
        left = max(1.0 - share, 1e-6)
        follows = self.servers > self.minimum * self.each
        servers = self.servers if follows else self.servers * left
        return dataclasses.replace(self, servers=servers, lost_share=1.0 - left)

    def meters(self, p: Port, v: State) -> Mapping[str, float]:
        """Return the time that instances were paid for above the minimum. [s]"""
        return {"environment_s": v[p.own + _SCALING + scaling.EXTRA]}

    def capacity_now(self, gauge: str, p: Port, v: State) -> float | None:
        """Return the servers that run, for the gauge that bounds them; None for the others."""
        return v[p.kept] * self.each if gauge == "ready" else None

    def sojourn(self, p: Port, v: State) -> Sojourn:
        each, use, wait = v[p.own], v[p.gauge + 2], v[p.own + 1]
        share = min(1.0, max(use, 0.0)) if wait > 0.0 else 0.0
        return Sojourn(self.own_s + each, self.cv, share, wait / share if share > 0.0 else 0.0)
