"""What a simulated day amounts to in a month: the meters of each component, and its bill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from apps.engine.catalog.base import Kind, Meters, Usage, with_quantities
from apps.engine.catalog.xray_tracing import XrayTracing
from apps.engine.fluid.model import Model, Placed
from apps.engine.graph import Architecture
from apps.engine.stages.base import State
from apps.engine.traffic.arrivals import Entry
from apps.engine.traffic.scenario import Action

# A way out of a VPC in two zones, as AWS advises.
# https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
NAT_ZONES = 2.0
NOT_DRAWN = "not drawn"
BYTES_PER_GB = 2**30
# A call to a database with its answer, and the share of them that cross to another zone.
# https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer
CALL_BYTES, CROSSING_SHARE = 2000.0, 0.5


def meters_of(
    model: Model,
    entries: tuple[Entry, ...],
    actions: tuple[Action, ...],
    *,
    month_days: float,
    monthly_users: float,
    daily_users: float = 0.0,
    known: Mapping[str, Mapping[str, float]] = {},
) -> dict[str, Meters]:
    """Return the meters of a month, by component, from the counters of one busiest day.

    Parameters
    ----------
    model : Model
        A model after a whole day.
    entries : tuple of Entry
        Where users come in.
    actions : tuple of Action
        What they do there, for the size of answers.
    month_days : float
        Busiest days that a month amounts to. [days]
    monthly_users : float
        Monthly active users. [count]
    daily_users : float
        Daily users, who fill the stores. [count]
    known : mapping of str to mapping of str to float, optional
        Quantities of a month that are given, by component and meter: the scenario's `usage`.

    Returns
    -------
    dict of str to Meters
        By component id; flows [count/month], times [s/month], data [bytes].
    """
    edges = {entry.component for entry in entries if entry.faces_users}
    own: dict[str, list[Placed]] = {component: [] for component in model.places}
    for item in model.placed:
        own[item.component].append(item)
    result: dict[str, Meters] = {}
    total: dict[str, float] = {}  # Of all components, so filled when all are known.
    for component, place in model.places.items():
        flows = _flows(own[component], model.v, month_days)
        passed = sum(flows["passed"].get(role, 0.0) for role in model.kinds[component].ACCEPTS)
        values = place.values
        grown_gb = values.get("grows_gb", 0.0) * daily_users
        result[component] = Meters(
            **flows,  # type: ignore[arg-type]
            **_times(own[component], model.v, month_days),  # type: ignore[arg-type]
            bytes_in=values.get("item_bytes", 0.0) * passed,
            bytes_out=_answer_bytes(component, actions, values) * passed,
            log_bytes=values.get("log_bytes", 0.0) * passed,
            stored_gb=values.get("stored_gb", 0.0) + grown_gb,
            grown_gb=grown_gb,
            users=monthly_users,
            values=model.kinds[component].billed(place),
            is_edge=component in edges,
            design=total,
        )
        if component in known:
            result[component] = with_quantities(result[component], known[component])
    total |= _total(model, {entry.component for entry in entries}, result)
    return result


def _total(model: Model, starts: set[str], meters: Mapping[str, Meters]) -> dict[str, float]:
    """Return what the whole design does, by the names that `Meters.design` has."""
    total = {"requests": 0.0, "log_gb": 0.0}
    for name, one in meters.items():
        if name in starts:
            total["requests"] += one.passed.get(model.kinds[name].ENTRY, 0.0)
        total["log_gb"] += one.log_bytes / BYTES_PER_GB
        if one.stored_gb:
            key = f"{model.kinds[name].name}.gb"
            total[key] = total.get(key, 0.0) + one.stored_gb
    return total


def _flows(own: Sequence[Placed], v: State, days: float) -> dict[str, dict[str, float]]:
    """Return what came to each door and inner lane, and what became of it. [count/month]"""
    flows: dict[str, dict[str, float]] = {
        name: {} for name in ("offered", "passed", "called", "units", "ready")
    }
    for item in own:
        p = item.port
        if item.index == 0:
            flows["offered"][item.role] = v[p.offered] * days
            flows["units"][item.role] = v[p.units] * days
            flows["ready"][item.role] = item.stage.ready_units(p, v) * days
        # The stages of a lane follow each other, so the last one written is the lane's end.
        for name in ("passed", "called"):
            known = flows[name].get(item.role)
            value = v[getattr(p, name)] * days
            flows[name][item.role] = value if known is None else min(known, value)
    return flows


def _times(own: Sequence[Placed], v: State, days: float) -> dict[str, float]:
    times: dict[str, float] = {}
    for item in own:
        for name, value in item.stage.meters(item.port, v).items():
            times[name] = times.get(name, 0.0) + value * days
    return times


def _answer_bytes(
    component: str, actions: tuple[Action, ...], values: Mapping[str, float]
) -> float:
    """Return the mean size of an answer: as the actions say, else as assumed. [bytes]"""
    here = [(a.requests * (a.per_visit or a.per_user_day or 0.0), a.bytes_out)
            for a in actions if a.entry == component]  # fmt: skip
    weight = sum(number for number, _ in here)
    if weight > 0.0:
        return sum(number * size for number, size in here) / weight
    return values.get("bytes_out", 0.0)


def scaled(meters: Meters, factor: float) -> Meters:
    """Return what grows with the users, `factor` times; hours and what else is stored stay.

    Parameters
    ----------
    meters : Meters
        What a component did in a month.
    factor : float
        How many times as many users come. [-]

    Returns
    -------
    Meters
        A copy.
    """
    flows = {
        name: {role: value * factor for role, value in getattr(meters, name).items()}
        for name in ("offered", "passed", "called", "units", "ready")
    }
    sums = {
        name: getattr(meters, name) * factor
        for name in (
            "busy_s", "ready_busy_s", "environment_s", "cold_starts", "init_s",
            "bytes_in", "bytes_out", "log_bytes", "users",
        )
    }  # fmt: skip
    stored = meters.stored_gb + meters.grown_gb * (factor - 1.0)
    design = {
        name: value if name.endswith(".gb") else value * factor
        for name, value in meters.design.items()
    }
    return replace(
        meters, stored_gb=stored, grown_gb=meters.grown_gb * factor, design=design,
        **flows, **sums,  # type: ignore[arg-type]
    )  # fmt: skip


def usages(
    architecture: Architecture, kinds: Mapping[str, Kind], meters: Mapping[str, Meters]
) -> Iterator[tuple[str, Usage]]:
    """Yield every line of the bill, what nobody drew included.

    Parameters
    ----------
    architecture : Architecture
        The design.
    kinds : mapping of str to Kind
        By component id.
    meters : mapping of str to Meters
        What each component did in a month.

    Yields
    ------
    (str, Usage)
        Component id, or "not drawn", and a quantity above 0. [unit/month]
    """
    for component in architecture:
        for usage in kinds[component.id].usage(meters[component.id]):
            if usage.quantity > 0.0:
                yield component.id, usage
        yield from _between_zones(component.id, kinds[component.id], meters[component.id])
    if lacks_way_out(architecture, kinds):
        hours = NAT_ZONES * 730.0
        note = "A function in a VPC calls AWS or the internet, and no NAT gateway is drawn"
        yield NOT_DRAWN, Usage("nat.hour", "NAT gateway in two zones", "hour", hours, note)

    if traces_unseen(kinds):
        for usage in XrayTracing().usage(next(iter(meters.values()))):
            if usage.quantity > 0.0:
                yield NOT_DRAWN, usage


def _between_zones(component: str, kind: Kind, meters: Meters) -> Iterator[tuple[str, Usage]]:
    """Yield what callers in a VPC pay for bytes that go to a database in another zone."""
    calls = sum(
        meters.passed.get(role, 0.0) for role, door in kind.ACCEPTS.items() if door.holds_connection
    )
    crossing_gb = calls * CALL_BYTES * CROSSING_SHARE / BYTES_PER_GB
    if crossing_gb > 0.0:
        note = "Half of the calls go to another zone, 2 kB each"
        label = "Data transfer between zones"
        yield component, Usage("dt.inter_az_gb", label, "GB", crossing_gb, note)


def traces_unseen(kinds: Mapping[str, Kind]) -> bool:
    """Say whether something is traced and no group or rule of X-Ray is drawn.

    Parameters
    ----------
    kinds : mapping of str to Kind
        By component id.

    Returns
    -------
    bool
        True where AWS bills traces that nobody drew.
    """
    is_traced = any(getattr(kind, "is_traced", False) for kind in kinds.values())
    return is_traced and not any(isinstance(kind, XrayTracing) for kind in kinds.values())


def lacks_way_out(architecture: Architecture, kinds: Mapping[str, Kind]) -> bool:
    """Say whether something in a VPC calls what lies outside, with no way out drawn.

    Parameters
    ----------
    architecture : Architecture
        The design.
    kinds : mapping of str to Kind
        By component id.

    Returns
    -------
    bool
        True where a NAT gateway must be paid that nobody drew.
    """
    if any(kind.GIVES_WAY_OUT for kind in kinds.values()):
        return False
    reached = {getattr(kind, "reaches", "") for kind in kinds.values()}
    for link in architecture.links:
        if kinds[link.target].service in reached:
            continue
        is_inside = getattr(kinds[link.source], "is_in_vpc", False)
        accepts = kinds[link.target].ACCEPTS.get(link.role)
        if is_inside and accepts is not None and not accepts.holds_connection:
            return True
    return False
