"""The picture of an architecture, in the form that `graph` and `component_list` take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from apps.engine.catalog.base import Kind
from apps.engine.graph import Architecture, Component


def diagram_of(
    architecture: Architecture,
    kinds: Mapping[str, type[Kind]],
    *,
    uses: Mapping[str, tuple[float, str]] | None = None,
    rates: Mapping[tuple[str, str, str], float] | None = None,
    first_limit: str = "",
    selected: str = "",
    href: Callable[[str], str],
) -> dict[str, Any]:
    """Return the nodes and edges of a diagram.

    Parameters
    ----------
    architecture : Architecture
        The components and links.
    kinds : mapping
        The catalog, for the names of kinds.
    uses : mapping, optional
        By component the share of its tightest limit [0 to 1] and that limit's name.
    rates : mapping, optional
        By link the calls in the busiest minute. [1/s]
    first_limit, selected : str
        Ids of the component with the first limit, and of the one that is open.
    href : callable
        The address of a component, from its id.
    """
    known, loads = uses or {}, rates or {}
    return {
        "nodes": [
            _node(component, kinds, known.get(component.id, (None, "")))
            | {
                "href": href(component.id),
                "first_limit": component.id == first_limit,
                "selected": component.id == selected,
            }
            for component in architecture
        ],
        "edges": [
            {
                "source": link.source,
                "target": link.target,
                "mode": link.mode,
                "rate_per_s": loads.get(link.key),
            }
            for link in architecture.links
            if link.source != link.target
        ],
    }


def _node(
    component: Component, kinds: Mapping[str, type[Kind]], use: tuple[float | None, str]
) -> dict[str, Any]:
    type_ = str(component.settings.get("type", ""))
    is_modelled = component.is_modelled
    return {
        "id": component.id,
        "name": component.label,
        "kind": component.kind if is_modelled else type_,
        "kind_label": kinds[component.kind].label
        if is_modelled
        else type_.removeprefix("AWS::").replace("::", " ") or "Not modelled",
        "use": use[0],
        "limit_label": use[1],
        "modelled": is_modelled,
    }
