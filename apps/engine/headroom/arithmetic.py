"""What adds up to the use of a limit, in words and numbers that can be redone on paper."""

from __future__ import annotations

from collections.abc import Mapping

from apps.engine.fluid.model import Gauge, Model, Placed
from apps.engine.stages.credits import Credits
from apps.engine.stages.pool import Pool
from apps.engine.stages.queue import Queue
from apps.engine.stages.room import Room
from apps.engine.stages.shards import Shards
from apps.engine.stages.station import Station

_MOST_NAMES = 4


def clock(minute: int) -> str:
    """Return a minute of the day as HH:MM.

    Parameters
    ----------
    minute : int
        Minute of the day, from 0.

    Returns
    -------
    str
        Five characters.
    """
    return f"{minute // 60:02d}:{minute % 60:02d}"


def number(value: float) -> str:
    """Return a number as a person writes it on paper: three digits, no exponent.

    Parameters
    ----------
    value : float
        A number of any unit.

    Returns
    -------
    str
        With commas between thousands.
    """
    if value >= 1000.0:
        value = float(f"{value:.3g}")
    if value >= 100.0 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


def arithmetic(model: Model, gauge: Gauge, used: float) -> list[str]:
    """Return what adds up to what is used: who holds it, or how often it is asked how much.

    Parameters
    ----------
    model : Model
        The design at the moment that is told.
    gauge : Gauge
        The limit.
    used : float
        Its use at that moment, in the limit's unit.

    Returns
    -------
    list of str
        Sentences; empty where the use is a plain rate.
    """
    stage, name = gauge.placed.stage, gauge.limit.gauge
    if gauge.placed.port.holds and name in ("quota", "connections"):
        return [_holders(model, gauge.placed)]
    if isinstance(stage, Pool):
        return _of_pool(model, gauge, stage, used)
    if isinstance(stage, Queue):
        return _of_queue(model, gauge, stage)
    if isinstance(stage, Credits):
        return _of_units(model, gauge, stage, used)
    if isinstance(stage, Room):
        return [_of_room(stage, model.v[gauge.placed.port.own])]
    if isinstance(stage, Shards):
        return [f"{number(used)} a second go to the busiest of {number(stage.count)} shards."]
    if isinstance(stage, Station) and name == "servers":
        return _of_servers(model, gauge, used)
    return []


def _holders(model: Model, placed: Placed) -> str:
    v = model.v
    by_slot: dict[int, tuple[Placed, str]] = {}
    for item in model.placed:
        by_slot[item.port.wanted] = (item, "")
        by_slot[item.port.kept] = (item, "environments" if isinstance(item.stage, Pool) else "")
        by_slot[item.port.held] = (item, "requests at once")
    parts = []
    for hold in sorted(placed.port.holds, key=lambda hold: -v[hold.slot] * hold.factor):
        holder, what = by_slot[hold.slot]
        text = f"{number(v[hold.slot])} {holder.component} {what}".rstrip()
        counts = placed.stage.__class__ is Station or hold.factor != 1.0
        parts.append(f"{text} × {number(hold.factor)}" if counts else text)
    shown = parts[:_MOST_NAMES]
    if len(parts) > _MOST_NAMES:
        shown.append(f"{len(parts) - _MOST_NAMES} more")
    return " + ".join(shown) + "."


def _of_pool(model: Model, gauge: Gauge, stage: Pool, used: float) -> list[str]:
    port, v = gauge.placed.port, model.v
    lasts = v[port.response]
    if gauge.limit.gauge == "concurrency":
        rate = number(used / lasts) if lasts else "0"
        return [f"{rate} requests/s × {number(lasts)} s = {number(used)} at once."]
    if gauge.limit.gauge != "scaling":
        return []
    ramp = stage.ramp_per_s
    start = f" (a start takes {number(stage.init_s)} s more)" if stage.init_s else ""
    return [
        f"{number(v[port.wanted])} requests at once{start}, {number(v[port.kept])} environments "
        f"are there; {number(10.0 * ramp)} can be new at once and {number(ramp)} more a second."
    ]


def _of_queue(model: Model, gauge: Gauge, stage: Queue) -> list[str]:
    port, v = gauge.placed.port, model.v
    lasts = max((v[call.response] for call in port.calls), default=0.0)
    if gauge.limit.gauge != "ramp":
        return []
    return [
        f"{number(stage.first_pollers)} batches of up to {number(stage.batch)} are handled at "
        f"once, {number(60.0 * stage.ramp_per_s)} more are added a minute; each takes "
        f"{number(lasts)} s, so {number(stage.first_pollers * stage.batch / max(lasts, 1e-9))} "
        "messages/s are handled when the rush begins."
    ]


def _of_units(model: Model, gauge: Gauge, stage: Credits, used: float) -> list[str]:
    if gauge.limit.gauge == "hot_key":
        whole = used / stage.hot_share if stage.hot_share else used
        share = f"{100.0 * stage.hot_share:.3g}%"
        unit = gauge.limit.unit
        return [f"{number(whole)} {unit} × {share} on one key = {number(used)} {unit}."]
    parts = [_caller(model, item, calls, units) for item, calls, units in _callers(model, gauge)]
    text = " + ".join(part for part in parts[:_MOST_NAMES] if part)
    saved = f"; {number(stage.hold_s)} s of what is unused are saved" if stage.hold_s else ""
    return [f"{text} = {number(used)} {gauge.limit.unit}{saved}."] if text else []


def _callers(model: Model, gauge: Gauge) -> list[tuple[Placed, float, float]]:
    """Return who calls the door of a gauge's lane: calls for each request, units a call."""
    key = (gauge.placed.component, gauge.placed.role)
    inn = {p.port.inn for p in model.placed if (p.component, p.role) == key}
    return [
        (item, call.calls, call.units)
        for item in model.placed
        for call in item.port.calls
        if call.inn in inn and item.component != gauge.component
    ]


def _caller(model: Model, item: Placed, calls: float, units: float) -> str:
    v, port = model.v, item.port
    if not isinstance(item.stage, Pool) or v[port.response] <= 0.0:
        return ""
    rate = v[port.held] / v[port.response]
    return f"{item.component} {number(rate)}/s × {number(calls)} calls × {number(units)} units"


def _of_servers(model: Model, gauge: Gauge, used: float) -> list[str]:
    parts: Mapping[str, str] = {
        item.component: _caller(model, item, calls, 1000.0 * units)
        for item, calls, units in _callers(model, gauge)
    }
    text = " + ".join(part.replace(" units", " ms") for part in parts.values() if part)
    return [f"{text} = {number(used)} {gauge.limit.unit}."] if text else []


def _of_room(room: Room, daily_users: float) -> str:
    grown = room.gb_per_user * daily_users
    left = f"{number(grown)} GB that {number(daily_users)} daily users leave"
    text = f"{number(room.stored_gb)} GB now + {left} in {number(room.keep_days)} days"
    return f"{text} = {number(room.gb_at(daily_users))} GB."


def full_after_days(gauge: Gauge, daily_users: float) -> float | None:
    """Return the day on which so many users have filled a store; None where they never do.

    Parameters
    ----------
    gauge : Gauge
        A limit, of storage or not.
    daily_users : float
        Distinct users of the day. [count]

    Returns
    -------
    float or None
        Days from now. [days]
    """
    stage = gauge.placed.stage
    return stage.full_after_days(daily_users) if isinstance(stage, Room) else None
