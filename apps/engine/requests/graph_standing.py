"""Where a design stands between two spans, and how its clients come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from apps.engine.requests.graph_queue import Messages
from apps.engine.requests.graph_serve import Later
from apps.engine.stages.arrivals import Server
from apps.engine.stages.base import FloatArray
from apps.engine.stages.pollers import Pollers


@dataclass(frozen=True, slots=True)
class Client:
    """How clients come back after a failure: attempts in all, mean delay before each [s]."""

    attempts: int = 1
    delay_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where everything stands between two spans.

    `servers` are by stage, `inboxes` by queue; `later` holds what has been answered already but
    takes its place at a stage only in a later span; `inside` are the ends of what callers with
    connections have in service.
    """

    servers: tuple[Server, ...]
    inboxes: Mapping[int, Messages]
    pollers: Mapping[int, Pollers]
    later: Mapping[int, Later]
    inside: Mapping[int, FloatArray]
