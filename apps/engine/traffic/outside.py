"""What stands outside of the template and the scenario knows of: another company's API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from apps.engine.graph import NOT_MODELLED, Architecture, Component, Link
from apps.engine.traffic.reading import InvalidScenario
from apps.engine.traffic.scenario import Outside

KIND, DOOR = "outside_api", "call"


def with_outside(architecture: Architecture, outside: Sequence[Outside]) -> Architecture:
    """Return the design with the outside components of a scenario, and who calls them.

    Parameters
    ----------
    architecture : Architecture
        The design as the template has it.
    outside : sequence of Outside
        What the scenario says of others.

    Returns
    -------
    Architecture
        The same design where nothing is said.

    Raises
    ------
    InvalidScenario
        If an id is one of another kind, or `read_from` names no component.

    Notes
    -----
    A component that the template's address in the same variable led to takes the scenario's id,
    so that one API is not there twice.
    """
    for place, item in enumerate(outside):
        architecture = _with_one(architecture, item, f"outside[{place}]")
    return architecture


def _with_one(architecture: Architecture, item: Outside, path: str) -> Architecture:
    if not item.id:
        raise InvalidScenario(f"{path}.id must name the component, such as 'PaymentsApi'.")
    caller, variable = _reader(architecture, item, path)
    known = _known(architecture, item.id, caller, variable)
    if known and architecture.component(known).kind not in (KIND, NOT_MODELLED):
        raise InvalidScenario(f"{path}.id is '{item.id}', which the design has already.")
    settings = {
        name: value
        for name, value in (("rate_limit_rps", item.rate_limit_rps), ("burst", item.burst))
        if value is not None
    }
    base = architecture.component(known) if known else Component(id=item.id, kind=KIND)
    component = replace(
        base, id=item.id, kind=KIND, name=item.id, settings={**_kept(base), **settings}
    )
    others = tuple(c for c in architecture if c.id != known)
    links = tuple(_renamed(link, known, item.id) for link in architecture.links)
    if caller and not any((e.source, e.target) == (caller, item.id) for e in links):
        origin = f"the scenario, {item.read_from}"
        links += (Link(source=caller, target=item.id, role=DOOR, origin=origin),)
    return replace(architecture, components=(*others, component), links=links)


def _kept(base: Component) -> dict[str, object]:
    return dict(base.settings) if base.kind == KIND else {}


def _renamed(link: Link, old: str, new: str) -> Link:
    return replace(link, target=new) if old and link.target == old else link


def _reader(architecture: Architecture, item: Outside, path: str) -> tuple[str, str]:
    """Return the component that reads the address, and the variable it stands in."""
    if not item.read_from:
        return "", ""
    caller, _, rest = item.read_from.partition(".")
    if caller not in {component.id for component in architecture}:
        raise InvalidScenario(
            f"{path}.read_from is '{item.read_from}', and '{caller}' is no component of this "
            "design; write the function's id first, as in Checkout.Environment.PAYMENTS_URL."
        )
    return caller, rest.rpartition(".")[2]


def _known(architecture: Architecture, id_: str, caller: str, variable: str) -> str:
    """Return the component that stands for it already, empty where there is none."""
    if id_ in {component.id for component in architecture}:
        return id_
    for link in architecture.outbound(caller):
        is_outside = architecture.component(link.target).kind == KIND
        if variable and is_outside and link.origin.endswith(f"environment {variable}"):
            return link.target
    return ""
