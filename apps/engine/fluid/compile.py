"""From the graph to stages that share one list of floats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from apps.engine.catalog.base import Place
from apps.engine.fluid.blueprint import Blueprint
from apps.engine.fluid.model import Gauge, Model, Placed, SyncCycle
from apps.engine.fluid.wiring import calls_of, holds_of
from apps.engine.stages.base import Call, Hold, Lane, Port, Send
from apps.engine.stages.pool import Pool
from apps.engine.stages.queue import Queue
from apps.engine.stages.shared import Shared


def compile_model(blueprint: Blueprint) -> Model:
    """Return the model of a design, ready to run from its first second.

    Parameters
    ----------
    blueprint : Blueprint
        Graph, kinds, values in force and limits that are taken higher.

    Returns
    -------
    Model
        Callers before callees, its state as the day begins with.

    Raises
    ------
    SyncCycle
        If components call each other in a circle and wait.
    """
    places = {c.id: blueprint.place(c.id) for c in blueprint.architecture}
    lanes = {name: lanes_of(blueprint, place) for name, place in places.items()}
    placed, size, uses = _allocate(lanes)
    wires = _wire(blueprint, lanes, placed)
    order = _ordered(placed, wires)
    model = Model(
        v=[0.0] * size,
        placed=order,
        gauges=_gauges(blueprint, places, order),
        kinds=blueprint.kinds,
        places=places,
        uses=uses,
        wires={item.key: targets for item, targets in wires},
    )
    for item in order:
        item.stage.start(item.port, model.v)
    return model


def lanes_of(blueprint: Blueprint, place: Place) -> tuple[Lane, ...]:
    """Return the lanes of a component, with its limits as high as they are taken.

    Parameters
    ----------
    blueprint : Blueprint
        Kinds, facts and the limits that are taken higher.
    place : Place
        Where the component stands.

    Returns
    -------
    tuple of Lane
        As its kind declares them, each lifted limit multiplied.
    """
    lanes = blueprint.kinds[place.id].stages(blueprint.facts, place)
    for (component, role, gauge), factor in blueprint.lifts.items():
        if component == place.id:
            lanes = _lifted(lanes, role, gauge, factor)
    return lanes


def _lifted(lanes: tuple[Lane, ...], role: str, gauge: str, factor: float) -> tuple[Lane, ...]:
    """Return the lanes with the limit behind one gauge `factor` times as high."""
    return tuple(
        replace(lane, stages=tuple(s.lifted(gauge, factor) for s in lane.stages))
        if lane.role == role
        else lane
        for lane in lanes
    )


def _allocate(lanes: Mapping[str, tuple[Lane, ...]]) -> tuple[list[Placed], int, int]:
    """Give each stage its slots; gauges of all stages come first, so that a slice reads them."""
    stages = [
        (component, lane, index, stage)
        for component, own in lanes.items()
        for lane in own
        for index, stage in enumerate(lane.stages)
    ]
    uses = sum(len(stage.GAUGES) for *_, stage in stages)
    placed, gauge, slot = [], 0, uses
    for component, lane, index, stage in stages:
        port = Port.at(slot, gauge)
        slot = port.own
        slot += stage.OWN_SLOTS
        gauge += len(stage.GAUGES)
        emits = lane.emits and index == len(lane.stages) - 1
        placed.append(Placed(component, lane.role, index, stage, port, emits))
    return placed, slot, uses


Wires = list[tuple[Placed, list[tuple[Placed, float]]]]


def _wire(
    blueprint: Blueprint, lanes: Mapping[str, tuple[Lane, ...]], placed: list[Placed]
) -> Wires:
    """Connect the ports: lanes inside a component, links between components, shared quotas."""
    doors = {(p.component, p.role): p for p in placed if p.index == 0}
    by_lane = {(c, lane.role): lane for c, own in lanes.items() for lane in own}
    following = {(p.component, p.role, p.index): p for p in placed}
    quotas = {p.role: p for p in placed if isinstance(p.stage, Shared)}
    wires: Wires = []
    for item in placed:
        lane = by_lane[item.component, item.role]
        targets: list[tuple[Placed, Call]] = []
        after = following.get((item.component, item.role, item.index + 1))
        if after is not None:
            targets.append((after, _inner(after)))
        elif lane.calls_lane:
            inside = doors[item.component, lane.calls_lane]
            targets.append((inside, _inner(inside)))
        if after is None and lane.sends_to:
            receiver = doors[item.component, lane.sends_to].port
            item.port.sends = (Send(receiver.inn, receiver.work),)
        if item.emits:
            targets += own_calls(blueprint, item.component, doors, lane)
            item.port.is_router = blueprint.kinds[item.component].ROUTES
        item.port.calls = tuple(call for _, call in targets)
        wires.append((item, [(target, call.calls) for target, call in targets]))
        if item.index == 0:
            _share(item, lane, quotas)
    _hold(blueprint, placed, doors)
    _feed(wires)
    return wires


def own_calls(
    blueprint: Blueprint, component: str, doors: Mapping[tuple[str, str], Placed], lane: Lane
) -> list[tuple[Placed, Call]]:
    """Return the calls that a lane makes to other components, with the stages behind the doors.

    Parameters
    ----------
    blueprint : Blueprint
        Graph, kinds and values in force.
    component : str
        Id of the caller.
    doors : mapping of (str, str) to Placed
        First stages by component and role.
    lane : Lane
        The lane; where it names roles, calls by others are left out.

    Returns
    -------
    list of (Placed, Call)
        In the order of the links.
    """
    calls = calls_of(blueprint, component, doors)
    return [pair for pair in calls if not lane.only or pair[0].role in lane.only]


def _inner(target: Placed) -> Call:
    """Return the call from one stage to the next of the same component."""
    p = target.port
    return Call(p.inn, p.work, p.response, p.failed, p.retried, 1.0, 1.0, 1, 0.0)


def _share(item: Placed, lane: Lane, quotas: Mapping[str, Placed]) -> None:
    """Let the stage draw on quotas of the account, where the design has an account."""
    for quota in lane.draws:
        shared = quotas.get(quota)
        if shared is not None:
            item.port.shared = (*item.port.shared, shared.port.failed)
            shared.port.holds.append(Hold(item.port.wanted, lane.weight, True))


def _hold(
    blueprint: Blueprint, placed: list[Placed], doors: Mapping[tuple[str, str], Placed]
) -> None:
    """Tell each database whose connections it keeps open."""
    emitters = {p.component: p for p in placed if p.emits}
    for link in blueprint.architecture.links:
        door = doors.get((link.target, link.role))
        source = emitters.get(link.source)
        if door is not None and source is not None:
            door.port.holds += holds_of(blueprint, link, source)


def _feed(wires: Wires) -> None:
    """Tell each pool which queues hand over to it, where nobody else calls it."""
    pools = {item.port.inn: item for item, _ in wires if isinstance(item.stage, Pool)}
    others: set[int] = set()
    for item, _ in wires:
        port = item.port
        inns = {*(call.inn for call in port.calls), *(send.inn for send in port.sends)}
        heard = inns & pools.keys()
        if not isinstance(item.stage, Queue):
            others |= heard
            continue
        for inn in heard:
            pool = pools[inn].port
            pool.feeders = (*pool.feeders, port.own + Queue.POLLERS)
    for inn in others:
        pools[inn].port.feeders = ()


def _ordered(placed: list[Placed], wires: Wires) -> list[Placed]:
    """Sort callers before callees, and senders before receivers where no circle forbids it.

    Raises SyncCycle when components wait for each other.
    """
    outs = {item.key: [target for target, _ in targets] for item, targets in wires}
    _refuse_circles(placed, outs)
    by_inn = {item.port.inn: item for item in placed}
    seen: set[tuple[str, str, int]] = set()
    order: list[Placed] = []

    def visit(item: Placed) -> None:
        if item.key in seen:
            return
        seen.add(item.key)
        for send in item.port.sends:
            visit(by_inn[send.inn])
        for target in outs[item.key]:
            visit(target)
        order.append(item)

    for item in placed:
        visit(item)
    return order[::-1]


def _refuse_circles(
    placed: list[Placed], outs: Mapping[tuple[str, str, int], list[Placed]]
) -> None:
    done: dict[tuple[str, str, int], bool] = {}

    def visit(item: Placed, path: tuple[Placed, ...]) -> None:
        if item.key in done:
            if not done[item.key]:
                raise SyncCycle(_circle((*path, item)))
            return
        done[item.key] = False
        for target in outs[item.key]:
            visit(target, (*path, item))
        done[item.key] = True

    for item in placed:
        visit(item, ())


def _circle(path: tuple[Placed, ...]) -> str:
    start = next(k for k, item in enumerate(path) if item.key == path[-1].key)
    names: list[str] = []
    for item in path[start:]:
        if not names or names[-1] != item.component:
            names.append(item.component)
    return (
        f"{' → '.join(names)} call each other and wait, so no request can end. "
        "Hand over through a queue, a topic or an event at one of these places."
    )


def _gauges(
    blueprint: Blueprint, places: Mapping[str, Place], order: list[Placed]
) -> tuple[Gauge, ...]:
    """Pair each limit with the slot of its gauge."""
    lanes: dict[tuple[str, str], list[Placed]] = {}
    for item in order:
        lanes.setdefault((item.component, item.role), []).append(item)
    gauges = []
    for component, place in places.items():
        for limit in blueprint.kinds[component].limits(blueprint.facts, place):
            for item in lanes.get((component, limit.role), ()):
                if limit.gauge in item.stage.GAUGES:
                    slot = item.port.gauge + item.stage.GAUGES.index(limit.gauge)
                    gauges.append(Gauge(component, limit, slot, item))
    return tuple(gauges)
