"""How long a stage takes while nothing waits: its own time, and that of what it calls."""

from __future__ import annotations

from collections.abc import Mapping

from apps.engine.fluid.model import Model
from apps.engine.stages.cache import Cache


def waits_at_rest_s(model: Model, durations_s: Mapping[str, float]) -> dict[str, float]:
    """Return how long each component waits for its callees while nobody queues.

    Parameters
    ----------
    model : Model
        A compiled design.
    durations_s : mapping of str to float
        Components whose whole duration is known, waits included. [s]

    Returns
    -------
    dict of str to float
        By component that makes calls, the sum over its calls. [s]

    Notes
    -----
    Calls follow each other, so times add up: calls × (own time of the callee + its own waits).
    """
    takes: dict[tuple[str, str, int], float] = {}
    waits: dict[str, float] = {}
    for item in reversed(model.placed):
        beyond = 0.0
        targets = model.wires.get(item.key, [])
        for (target, calls), call in zip(targets, item.port.calls, strict=True):
            beyond += calls * (takes.get(target.key, 0.0) + target.stage.work_s(call.units))
        if isinstance(item.stage, Cache):
            beyond *= 1.0 - item.stage.hit_share
        if item.emits:
            waits[item.component] = beyond
        whole = durations_s.get(item.component) if item.emits else None
        takes[item.key] = item.stage.rest_s() + beyond if whole is None else whole
    return waits
