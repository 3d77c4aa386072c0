"""Kinds in their places, and small designs that run for some seconds at an even rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.engine.catalog import build
from apps.engine.catalog.base import Kind, Meters, Place, Usage
from apps.engine.fluid.blueprint import Blueprint, LinkValues
from apps.engine.fluid.compile import compile_model
from apps.engine.fluid.model import Gauge, Model, Placed
from apps.engine.graph import Architecture, Component, Link
from apps.engine.stages.base import Lane
from apps.facts.reader import packaged_facts

US = packaged_facts("us-east-1")


def make_kind(name: str, **settings: Any) -> Kind:
    return build(Component(id="It", kind=name, settings=settings))


def make_place(
    kind: Kind,
    *,
    inbound: Sequence[Link] = (),
    outbound: Sequence[Link] = (),
    **values: float,
) -> Place:
    expected = {name: spread.expected for name, spread in kind.assumed(US).items()}
    return Place(
        id="It",
        inbound=tuple(inbound),
        outbound=tuple(outbound),
        values=expected | values,
        neighbours={},
    )


def link_to(role: str, **settings: Any) -> Link:
    return Link(source="It", target="Other", role=role, settings=settings)


def link_from(role: str) -> Link:
    return Link(source="Other", target="It", role=role)


def lanes_of(kind: Kind, place: Place | None = None) -> dict[str, Lane]:
    return {lane.role: lane for lane in kind.stages(US, place or make_place(kind))}


def usage_of(kind: Kind, meters: Meters) -> dict[str, Usage]:
    return {usage.price_id: usage for usage in kind.usage(meters)}


def read_template(kind: type[Kind], type_: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that the rows of a kind read from a resource."""
    settings = {}
    for row in kind.TEMPLATE:
        value = _under(properties, row.path) if row.type == type_ and row.setting else None
        if value is not None:
            settings[row.setting] = row.conversion.read(value)
    return settings


def _under(value: Any, path: str) -> Any:
    for part in path.split("."):
        if isinstance(value, list) and part.isdigit():
            value = value[int(part)] if int(part) < len(value) else None
        else:
            value = value.get(part) if isinstance(value, Mapping) else None
    return value


@dataclass(frozen=True)
class Run:
    """A model after its run."""

    model: Model

    def at(self, component: str, role: str, index: int = 0) -> Placed:
        return next(
            item
            for item in self.model.placed
            if (item.component, item.role, item.index) == (component, role, index)
        )

    def count(self, component: str, role: str, counter: str, index: int = 0) -> float:
        return self.model.v[int(getattr(self.at(component, role, index).port, counter))]

    def gauge(self, component: str, role: str, gauge: str) -> Gauge:
        key = (component, role, gauge)
        return next(item for item in self.model.gauges if item.key == key)

    def use(self, component: str, role: str, gauge: str) -> float:
        return self.model.v[self.gauge(component, role, gauge).slot]


def run(
    components: Mapping[str, Kind],
    links: Sequence[Link] = (),
    *,
    enter: tuple[str, str],
    rps: float,
    seconds: int = 600,
    values: Mapping[str, Mapping[str, float]] | None = None,
    units: float = 1.0,
) -> Run:
    """Run a design at an even rate in steps of a second."""
    blueprint = Blueprint(
        architecture=Architecture(
            components=tuple(Component(id=i, kind=k.name) for i, k in components.items()),
            links=tuple(links),
        ),
        kinds=components,
        facts=US,
        values={
            id_: {name: spread.expected for name, spread in kind.assumed(US).items()}
            | dict((values or {}).get(id_, {}))
            for id_, kind in components.items()
        },
        links={
            link.key: LinkValues(1.0 if link.calls is None else link.calls, units) for link in links
        },
    )
    model = compile_model(blueprint)
    door = model.door(*enter).port
    steps = model.steps(1.0)
    for _ in range(seconds):
        model.v[door.inn] += rps
        model.v[door.work] += rps
        for step in steps:
            step()
    return Run(model)
