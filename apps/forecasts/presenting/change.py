"""The line of the template that one change is about, before and after it."""

from __future__ import annotations

import dataclasses
import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from apps.engine.catalog.base import InvalidSetting, Kind, Limit
from apps.engine.facts import Facts
from apps.engine.forecast import inputs_of
from apps.engine.graph import Architecture
from apps.engine.stages.erlang import busiest_load
from apps.engine.traffic.scenario import Scenario

# A limit that ends a design before it is so full refuses by chance, not by being full.
_FULL = 0.95


@dataclass(frozen=True, slots=True)
class Change:
    """A property of a resource: what it is, and what would hold the users up to the next limit."""

    property: str
    before: str
    after: str


def changes_of(
    summary: Mapping[str, Any], architecture: Architecture, scenario: Scenario, facts: Facts
) -> tuple[Change, ...]:
    """Return the lines to change so that the first limit is where the next one is.

    Notes
    -----
    The kind says what its smallest sufficient setting is. Where it does not, the setting that is
    the limit itself grows as far as the users ask. Empty where no setting of the component
    would do, as with a quota of the account.
    """
    fix, first = summary["fix"], summary["first_limit"]
    holds = summary["holds_users"]["expected"]
    if not fix or not fix["holds_users"] or not holds:
        return ()
    inputs, _ = inputs_of(architecture, scenario, facts)
    kind, ratio = inputs.kinds[first["component"]], fix["holds_users"] / holds
    place = inputs.blueprint().place(first["component"])
    limit = next((item for item in kind.limits(facts, place) if item.id == first["limit"]), None)
    if limit is None or ratio <= 1.0:
        return ()
    raised = kind.raised(facts, {(limit.role, limit.gauge): ratio})
    if raised == kind:
        raised = _grown(kind, limit, enough(summary, ratio))
    return tuple(_lines(kind, raised))


def enough(summary: Mapping[str, Any], ratio: float) -> int:
    """Return the whole capacity that carries `ratio` times what the first limit carries.

    Notes
    -----
    A group that refuses at once (Erlang B) fails long before all of it is busy on average, the
    smaller the sooner; so a small one needs to grow by less than the users do.
    """
    first, share = summary["first_limit"], summary["targets"]["refused_share"]
    capacity: float = first["of"]
    proportional = math.ceil(capacity * ratio)
    if share <= 0.0 or capacity != int(capacity) or first["used"] > _FULL * capacity:
        return proportional
    load = busiest_load(int(capacity), share) * ratio
    sizes = range(int(capacity), proportional + 1)
    place = bisect_left(sizes, load, key=lambda size: busiest_load(size, share))
    return sizes[min(place, len(sizes) - 1)]


def _grown(kind: Kind, limit: Limit, capacity: int) -> Kind:
    """Return the kind with the setting that is the limit, and bears its name, at a capacity."""
    name = limit.id.rpartition(".")[2]
    value = getattr(kind, name, None)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != limit.capacity:
        return kind
    more = type(value)(capacity)
    try:
        return dataclasses.replace(kind, **{name: more})  # As above.
    except InvalidSetting:
        return kind


def _lines(before: Kind, after: Kind) -> Iterator[Change]:
    for item in dataclasses.fields(before):
        old, new = getattr(before, item.name), getattr(after, item.name)
        written = next((p for p in before.TEMPLATE if p.setting == item.name), None)
        if old == new or written is None:
            continue
        yield Change(written.path, _text(written, old), _text(written, new))


def _text(written: Any, value: Any) -> str:
    return "" if value is None else str(written.conversion.write(value))
