"""Many scenarios at once, one after the other: the batch step of what has no faster one."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from apps.engine.stages.base import Call, FloatArray, Hold, Port, Send, Stage, State, Step


def by_columns(stage: Stage, p: Port, v: FloatArray, dt: float) -> Step:
    """Return a step that binds and makes the stage's own step for each scenario.

    Parameters
    ----------
    stage : Stage
        Its fields, and `calls` and `units` of its calls, may be arrays, shape (scenarios,).
    p : Port
        Where it reads and writes.
    v : ndarray, shape (slots, scenarios)
        The state.
    dt : float
        Length of the step. [s]

    Returns
    -------
    callable
        The step of all scenarios, one after the other.
    """
    slots = _touched(stage, p)
    place = {slot: k for k, slot in enumerate(slots)}
    columns: list[State] = [[0.0] * len(slots) for _ in range(v.shape[1])]
    steps = [
        scenario_of(stage, k).bind(_moved(p, place, k), column, dt)
        for k, column in enumerate(columns)
    ]

    def step() -> None:
        for column, now in zip(columns, v[slots].T.tolist(), strict=True):
            column[:] = now
        for one in steps:
            one()
        v[slots] = np.array(columns).T

    return step


def scenario_of(stage: Stage, k: int) -> Stage:
    """Return the stage of one scenario.

    Parameters
    ----------
    stage : Stage
        Its fields may be arrays, shape (scenarios,).
    k : int
        Number of the scenario.

    Returns
    -------
    Stage
        With floats for fields; itself where all scenarios agree.
    """
    own: dict[str, Any] = {
        item.name: float(value[k])
        for item in dataclasses.fields(stage)  # type: ignore[arg-type]
        if isinstance(value := getattr(stage, item.name), np.ndarray)
    }
    return dataclasses.replace(stage, **own) if own else stage  # type: ignore[type-var]


def _touched(stage: Stage, p: Port) -> list[int]:
    """Return all slots that a stage may read or write, its own and those of others."""
    slots = [*range(p.inn, p.own + stage.OWN_SLOTS)]
    slots += range(p.gauge, p.gauge + len(stage.GAUGES))
    for call in p.calls:
        slots += call[:5]
    for send in p.sends:
        slots += send
    slots += [hold.slot for hold in p.holds]
    return list(dict.fromkeys([*slots, *p.shared]))


def _moved(p: Port, place: dict[int, int], k: int) -> Port:
    """Return the port of one scenario in a state that holds nothing else."""
    port = Port.at(place[p.inn], place.get(p.gauge, 0))
    port.calls = tuple(_call(call, place, k) for call in p.calls)
    port.sends = tuple(Send(place[send.inn], place[send.work]) for send in p.sends)
    port.holds = [Hold(place[h.slot], _one(h.factor, k), h.is_random) for h in p.holds]
    port.shared = tuple(place[slot] for slot in p.shared)
    port.is_router = p.is_router
    return port


def _call(call: Call, place: dict[int, int], k: int) -> Call:
    """Return a call of one scenario, at the places of its callee's slots."""
    return call._replace(
        inn=place[call.inn],
        work=place[call.work],
        response=place[call.response],
        failed=place[call.failed],
        retried=place[call.retried],
        calls=_one(call.calls, k),
        units=_one(call.units, k),
    )


def _one(value: float | FloatArray, k: int) -> float:
    return float(value[k]) if isinstance(value, np.ndarray) else value
