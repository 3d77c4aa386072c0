"""From a fault of a scenario to what changes in the stages of a design."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from apps.engine.catalog.base import Loss, What
from apps.engine.facts import Facts
from apps.engine.fluid.changes import Change, Edit, StageKey
from apps.engine.fluid.model import Model, Placed
from apps.engine.stages.base import Port, Stage, State
from apps.engine.stages.poison import Poisoned
from apps.engine.stages.queue import Queue
from apps.engine.stages.refusing import Refusing
from apps.engine.traffic.faults import Fault
from apps.engine.traffic.reading import InvalidScenario

DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Broken:
    """What a fault changes: until when [s of the day], how, and why so, in sentences."""

    ends_s: int
    changes: tuple[Change, ...]
    why: tuple[str, ...]


def broken(model: Model, fault: Fault, facts: Facts) -> Broken:
    """Return what a fault changes in a model.

    Parameters
    ----------
    model : Model
        The compiled design; a poisoned queue gets two slots at the end of its state.
    fault : Fault
        What breaks.
    facts : Facts
        How many zones there are, and how long a fail-over takes.

    Returns
    -------
    Broken
        The changes to run the day with, as `Changes`.

    Raises
    ------
    InvalidScenario
        If nothing of the design would be different.

    Notes
    -----
    Each stage says itself what becomes of it when it is slower, down or has fewer servers; each
    kind says what it loses with a zone or an instance.
    """
    result = _MAKERS[fault.kind](model, fault, facts)
    if not result.changes:
        where = fault.component or "this design"
        raise InvalidScenario(f"The fault '{fault.kind}' changes nothing at {where}.")
    return result


def possible(model: Model, fault: Fault, facts: Facts) -> bool:
    """Say whether a fault would change anything in a model.

    Parameters
    ----------
    model : Model
        The compiled design.
    fault : Fault
        What breaks.
    facts : Facts
        As for `broken`.

    Returns
    -------
    bool
        False where `broken` refuses it.
    """
    try:
        broken(model, fault, facts)
    except InvalidScenario:
        return False
    return True


def _items(model: Model, component: str) -> Iterator[Placed]:
    """Yield the stages of a component, or of all where none is named."""
    for item in model.placed:
        if component in ("", item.component):
            yield item


def _until(fault: Fault) -> int:
    return fault.starts_s + round(fault.for_s)


def _slow(model: Model, fault: Fault, facts: Facts) -> Broken:
    stages = {}
    for item in _items(model, fault.component):
        slower = item.stage.slowed(fault.times)
        if slower != item.stage:
            stages[item.key] = slower
    why = f"{fault.component} takes {fault.times:g} times as long for its own work."
    return _change(fault, stages, (why,))


def _down(model: Model, fault: Fault, facts: Facts) -> Broken:
    stages = _stopped(model, fault.component)
    return _change(fault, stages, (f"{fault.component} refuses whatever comes.",))


def _storm(model: Model, fault: Fault, facts: Facts) -> Broken:
    stages = _stopped(model, fault.component)
    why = (
        f"{fault.component} refuses whatever comes, and users who are refused try "
        f"{fault.times:g} times in all, on the whole of that day."
    )
    return _change(fault, stages, (why,))


def _stopped(model: Model, component: str) -> dict[StageKey, Stage]:
    """Return what stands behind the doors of a component that is down."""
    doors = [item for item in _items(model, component) if item.index == 0]
    return {item.key: item.stage.stopped() or Refusing() for item in doors}


def _change(fault: Fault, stages: Mapping[StageKey, Stage], why: tuple[str, ...]) -> Broken:
    ends_s = _until(fault)
    changes = (Change(fault.starts_s, ends_s, stages),) if stages else ()
    return Broken(ends_s, changes, why)


def _lost(what: What, model: Model, fault: Fault, facts: Facts) -> Broken:
    changes: list[Change] = []
    why: dict[str, list[str]] = {}
    for component, kind in model.kinds.items():
        loss = kind.loses(what, facts)
        if loss.is_nothing or fault.component not in ("", component):
            continue
        found = list(_losing(model, component, fault, loss))
        changes += found
        if found and loss.why:
            why.setdefault(loss.why, []).append(component)
    said = (f"{', '.join(names)}: {words}" for words, names in why.items())
    return Broken(_until(fault), tuple(changes), tuple(said))


def _losing(model: Model, component: str, fault: Fault, loss: Loss) -> Iterator[Change]:
    """Yield what is lost at one component: its answers for a while, then some of its servers."""
    starts_s, ends_s, out_s = fault.starts_s, _until(fault), 0
    if loss.out_s > 0.0:
        # A fail-over takes its time even where the fault is shorter.
        out_s = round(fault.for_s if math.isinf(loss.out_s) else loss.out_s)
        yield Change(starts_s, starts_s + out_s, _stopped(model, component))
    if loss.share <= 0.0 or starts_s + out_s >= ends_s:
        return
    fewer, emptied = {}, {}
    for item in _items(model, component):
        left = item.stage.without(loss.share)
        if left != item.stage:
            fewer[item.key] = left
        if _stands_ready(item.stage):
            emptied[item.key] = _emptying(item.stage, loss.share)
    if fewer or emptied:
        yield Change(starts_s + out_s, ends_s, fewer, begin=emptied)


def _stands_ready(stage: Stage) -> bool:
    return type(stage).emptied is not Stage.emptied


def _emptying(stage: Stage, share: float) -> Edit:
    def edit(p: Port, v: State) -> None:
        stage.emptied(p, v, share)

    return edit


def _cold(model: Model, fault: Fault, facts: Facts) -> Broken:
    items = [item for item in _items(model, fault.component) if _stands_ready(item.stage)]
    begin = {item.key: _emptying(item.stage, 1.0) for item in items}
    changes = (Change(fault.starts_s, fault.starts_s, begin=begin),) if begin else ()
    names = sorted({item.component for item in items})
    why = f"Nothing stands ready any more at {', '.join(names[:6])}: every start is cold."
    return Broken(fault.starts_s, changes, (why,))


def _poison(model: Model, fault: Fault, facts: Facts) -> Broken:
    changes, why, last_s = [], "", fault.starts_s
    for item in _items(model, fault.component):
        if not isinstance(item.stage, Queue) or not item.port.calls:
            continue
        bad = Poisoned.of(item.stage, fault.times, model.v)
        ends_s = fault.starts_s + math.ceil(min(bad.lasts_s, 2.0 * DAY_S))
        begin: dict[StageKey, Edit] = {item.key: bad.begin}
        changes.append(
            Change(fault.starts_s, ends_s, {item.key: bad}, begin=begin, end={item.key: bad.end})
        )
        last_s, why = max(last_s, ends_s), _end_of(bad)
    return Broken(last_s, tuple(changes), (why,))


def _end_of(bad: Poisoned) -> str:
    stays = "All that stands behind it in its shard waits." if bad.is_ordered else ""
    if math.isinf(bad.attempts):
        return f"It is tried again until it expires: nothing says after how many times. {stays}"
    hours = f"{bad.lasts_s:,.0f} s"
    return f"It is given up after {bad.attempts:g} receives, {hours} after it came. {stays}"


_Maker = Callable[[Model, Fault, Facts], Broken]
_MAKERS: Mapping[str, _Maker] = {
    "slow": _slow,
    "down": _down,
    "retry_storm": _storm,
    "zone": partial(_lost, "zone"),
    "instance": partial(_lost, "instance"),
    "cold_fleet": _cold,
    "poison": _poison,
}
