"""Many sets of values of one design, compiled once: stages whose numbers are arrays."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from apps.engine.fluid.blueprint import Blueprint
from apps.engine.fluid.compile import compile_model, lanes_of, own_calls
from apps.engine.fluid.model import Gauge, Model, Placed
from apps.engine.fluid.scenarios import Batch, StackedGauge, Values, fields_of
from apps.engine.fluid.wiring import holds_of
from apps.engine.stages.base import Call, Hold, Lane, Stage


@dataclass(slots=True)
class _Variant:
    """One scenario beside the first: its blueprint, its lanes, and what differs there."""

    blueprint: Blueprint
    lanes: dict[str, tuple[Lane, ...]]
    changed: set[str]


def stack(blueprints: Sequence[Blueprint]) -> list[Batch]:
    """Return batches that hold every scenario of a design once.

    Parameters
    ----------
    blueprints : sequence of Blueprint
        The same design with different values.

    Returns
    -------
    list of Batch
        One for each shape that the values give the design, as a store without reads from disk
        has one stage less.

    Raises
    ------
    SyncCycle
        If components call each other in a circle and wait.
    """
    base = blueprints[0]
    first = {c.id: lanes_of(base, base.place(c.id)) for c in base.architecture}
    shapes: dict[tuple[Any, ...], list[int]] = {}
    variants = []
    known = {name: _shape(lanes) for name, lanes in first.items()}
    for k, blueprint in enumerate(blueprints):
        changed = _changed(base, blueprint)
        own = {c: lanes_of(blueprint, blueprint.place(c)) for c in sorted(changed)}
        shape = tuple((c, s) for c, lanes in own.items() if (s := _shape(lanes)) != known[c])
        variants.append(_Variant(blueprint, first | own, changed))
        shapes.setdefault(shape, []).append(k)
    return [_batch(base, [variants[k] for k in places], places) for places in shapes.values()]


def _changed(base: Blueprint, other: Blueprint) -> set[str]:
    """Return the components whose own values differ, or the values of what they call."""
    if other is base:
        return set()
    changed = {c for c, values in other.values.items() if values != base.values[c]}
    calling = {
        link.source
        for link in base.architecture.links
        if link.target in changed or other.links[link.key] != base.links[link.key]
    }
    return changed | calling


def _shape(lanes: tuple[Lane, ...]) -> tuple[Any, ...]:
    """Return what two components have in common that can run side by side."""
    parts: list[Any] = []
    for lane in lanes:
        parts.append(lane.role)
        for stage in lane.stages:
            kind: Any = type(stage)
            parts.append(kind)
            parts += [getattr(stage, name) for name in fields_of(kind).others]
    return tuple(parts)


def _batch(base: Blueprint, variants: Sequence[_Variant], places: Sequence[int]) -> Batch:
    """Return the batch of scenarios that have one shape."""
    model = compile_model(variants[0].blueprint)
    doors = {(p.component, p.role): p for p in model.placed if p.index == 0}
    placed = []
    for item in model.placed:
        stage = _stacked([_stage_of(one, item) for one in variants])
        port = item.port
        if item.emits:
            port = dataclasses.replace(port, calls=_calls(base, variants, item, doors))
        placed.append(dataclasses.replace(item, stage=stage, port=port))
    _hold(variants, placed)
    v = np.zeros((len(model.v), len(variants)))
    return Batch(np.array(places), model, v, tuple(placed), _gauges(base, variants, model))


def _stage_of(variant: _Variant, item: Placed) -> Stage:
    lanes = variant.lanes[item.component]
    return next(lane.stages[item.index] for lane in lanes if lane.role == item.role)


def _stacked(stages: Sequence[Stage]) -> Stage:
    """Return one stage; a field in which they differ is an array."""
    first = stages[0]
    if stages.count(first) == len(stages):
        return first
    kind: Any = type(first)
    fields: dict[str, Any] = {}
    for name in fields_of(kind).numbers:
        values = [getattr(stage, name) for stage in stages]
        if values.count(values[0]) < len(values):
            fields[name] = np.array(values, dtype=np.float64)
    return dataclasses.replace(first, **fields)  # type: ignore[type-var]


def _stacked_values(values: Sequence[float]) -> Values:
    return values[0] if values.count(values[0]) == len(values) else np.array(values)


def _calls(
    base: Blueprint,
    variants: Sequence[_Variant],
    item: Placed,
    doors: Mapping[tuple[str, str], Placed],
) -> tuple[Call, ...]:
    """Return the calls of a stage, with their numbers by scenario."""
    lane = next(x for x in variants[0].lanes[item.component] if x.role == item.role)

    def calls_in(blueprint: Blueprint) -> list[Call]:
        return [call for _, call in own_calls(blueprint, item.component, doors, lane)]

    usual = calls_in(base)
    by_variant = [
        calls_in(one.blueprint) if item.component in one.changed else usual for one in variants
    ]
    inner = item.port.calls[: len(item.port.calls) - len(usual)]
    return inner + tuple(
        calls[0]._replace(
            calls=_stacked_values([call.calls for call in calls]),
            units=_stacked_values([call.units for call in calls]),
        )
        for calls in zip(*by_variant, strict=True)
    )


def _hold(variants: Sequence[_Variant], placed: Sequence[Placed]) -> None:
    """Say how much of what callers keep open counts, by scenario."""
    emitters = {p.component: p for p in placed if p.emits}
    doors = {(p.component, p.role): p for p in placed if p.index == 0}
    links = variants[0].blueprint.architecture.links
    for key, door in doors.items():
        sources = [
            (link, emitters[link.source])
            for link in links
            if (link.target, link.role) == key and link.source in emitters
        ]
        held = [
            [hold for link, source in sources for hold in holds_of(one.blueprint, link, source)]
            for one in variants
        ]
        if held[0]:
            own = door.port.holds[: len(door.port.holds) - len(held[0])]
            door.port.holds[:] = own + [
                Hold(holds[0].slot, _stacked_values([h.factor for h in holds]), holds[0].is_random)  # type: ignore[arg-type]
                for holds in zip(*held, strict=True)
            ]


def _gauges(
    base: Blueprint, variants: Sequence[_Variant], model: Model
) -> tuple[StackedGauge, ...]:
    """Return the gauges with the use at which each scenario finds them full."""
    usual = _capacities(base, [c.id for c in base.architecture])
    capacities = [_capacities(one.blueprint, one.changed) for one in variants]
    result = []
    for gauge in model.gauges:
        key = gauge.key
        values = [own[key] if key in own else usual[key] for own in capacities]
        if values.count(values[0]) == len(values):
            result.append(StackedGauge(gauge, gauge.full))
            continue
        fulls = {value: _with_capacity(gauge, value).full for value in set(values)}
        result.append(StackedGauge(gauge, np.array([fulls[value] for value in values])))
    return tuple(result)


def _capacities(
    blueprint: Blueprint, components: Collection[str]
) -> dict[tuple[str, str, str], float]:
    """Return the limits of some components, by the keys of their gauges."""
    return {
        (component, limit.role, limit.gauge): limit.capacity
        for component in components
        for limit in blueprint.kinds[component].limits(blueprint.facts, blueprint.place(component))
    }


def _with_capacity(gauge: Gauge, capacity: float) -> Gauge:
    limit = dataclasses.replace(gauge.limit, capacity=capacity)
    return Gauge(gauge.component, limit, gauge.slot, gauge.placed)
