"""Designs as people draw them, and how a design that was read differs from one that was drawn."""

from __future__ import annotations

import dataclasses
from typing import Any

from hypothesis import strategies as st

from apps.designs.editing import free_id, with_component, with_link
from apps.engine.catalog import KINDS, build
from apps.engine.catalog.base import InvalidSetting
from apps.engine.formats import read
from apps.engine.graph import NOT_MODELLED, Architecture, Component, Link

# Made by the engine or a scenario: nobody draws them.
NOT_DRAWN = {"account", "scan", NOT_MODELLED}
DRAWN = sorted(set(KINDS) - NOT_DRAWN)
# Settings that need a certain value to be meant at all.
USUAL: dict[str, dict[str, Any]] = {"service_api": {"service": "bedrock"}}


def drawn(*kinds: str) -> Architecture:
    """Return a design with these components, as the form for a new one makes them."""
    design = Architecture()
    for kind in kinds:
        design = _with(design, kind, USUAL.get(kind, {}))
    return design


def _with(design: Architecture, kind: str, settings: dict[str, Any]) -> Architecture:
    id_ = free_id(design, kind)
    name = f"{KINDS[kind].label} {id_.rpartition('-')[2]}"
    return with_component(design, Component(id=id_, kind=kind, name=name, settings=settings))


def linked(design: Architecture, *links: tuple[str, str, str]) -> Architecture:
    for source, target, role in links:
        design = with_link(design, source, target, role, None)
    return design


def read_back(text: str) -> Architecture:
    return read({"drawn.yaml": text.encode()})


def differences(meant: Architecture, found: Architecture) -> list[str]:
    """Say how a design that was read is another than the one that was drawn."""
    one, other = ({c.id: c for c in design} for design in (meant, found))
    told = [f"{id_} is in one of the two" for id_ in sorted(one.keys() ^ other.keys())]
    for id_ in one.keys() & other.keys():
        if (one[id_].kind, one[id_].name) != (other[id_].kind, other[id_].name):
            told.append(f"{id_} is {other[id_].kind} '{other[id_].name}'")
        elif build(one[id_]) != build(other[id_]):
            told.append(f"{id_} is {build(other[id_])}, not {build(one[id_])}")
    links = [{link.key: link for link in design.links} for design in (meant, found)]
    told += [f"the link {key} is in one of the two" for key in links[0].keys() ^ links[1].keys()]
    both = links[0].keys() & links[1].keys()
    told += [f"the link {key} is another" for key in both if _differ(*(d[key] for d in links))]
    return told


def _differ(meant: Link, found: Link) -> bool:
    # A template names the route of each link, whether it was drawn or not.
    free = {"route", "weight"} - set(meant.settings)
    settings = {name: value for name, value in found.settings.items() if name not in free}
    return (meant.mode, meant.calls, dict(meant.settings)) != (found.mode, found.calls, settings)


def without(design: Architecture, missed: set[tuple[str, str, str]]) -> Architecture:
    kept = tuple(link for link in design.links if link.key not in missed)
    return dataclasses.replace(design, links=kept)


@st.composite
def settings_of(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """Draw some settings of a kind, within AWS's bounds."""
    given: dict[str, Any] = dict(USUAL.get(kind, {}))
    fields = [item for item in dataclasses.fields(KINDS[kind]) if item.name not in given]
    for item in draw(st.lists(st.sampled_from(fields), max_size=4)) if fields else ():
        value = draw(_value(item))
        try:
            KINDS[kind](**given, **{item.name: value})
        except (InvalidSetting, TypeError):
            continue
        given[item.name] = value
    return given


def _value(item: dataclasses.Field[Any]) -> st.SearchStrategy[Any]:
    bounds, type_ = item.metadata, str(item.type)
    if bounds.get("choices"):
        return st.sampled_from(bounds["choices"])
    if type_.startswith("bool"):
        return st.booleans()
    low, high = bounds.get("low"), bounds.get("high")
    if type_.startswith("int"):
        least = int(low or 0)
        return st.integers(least, min(int(high or 10_000), least + 10_000))
    if type_.startswith("float"):
        bottom = float(low or 0)
        top = min(float(high or 1e4), bottom + 1e4)
        return st.floats(bottom, top).map(lambda number: round(number, 3))
    return st.just(item.default)


@st.composite
def designs(draw: st.DrawFn) -> Architecture:
    """Draw a design of up to eight components, with links that the page of a design offers."""
    design = Architecture()
    for kind in draw(st.lists(st.sampled_from(DRAWN), min_size=1, max_size=8)):
        design = _with(design, kind, draw(settings_of(kind)))
    doors = [(c.id, role) for c in design for role in KINDS[c.kind].ACCEPTS]
    ids = [component.id for component in design]
    pairs = st.tuples(st.sampled_from(ids), st.sampled_from(doors)) if doors else st.nothing()
    calls = st.one_of(st.none(), st.integers(0, 100).map(float))
    for source, (target, role) in draw(st.lists(pairs, max_size=12)) if doors else ():
        is_there = any(link.key == (source, target, role) for link in design.links)
        if source != target and not is_there:
            design = with_link(design, source, target, role, draw(calls))
    return design
