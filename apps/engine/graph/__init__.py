"""The graph of a design: components, and the links by which they call each other."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from apps.engine.graph.parts import NOT_MODELLED as NOT_MODELLED
from apps.engine.graph.parts import Component as Component
from apps.engine.graph.parts import InvalidArchitecture as InvalidArchitecture
from apps.engine.graph.parts import Link as Link
from apps.engine.graph.parts import Mode as Mode
from apps.engine.graph.parts import Scalar as Scalar
from apps.engine.graph.parts import Settings as Settings
from apps.engine.graph.parts import Source as Source
from apps.engine.graph.parts import Supporting as Supporting
from apps.engine.graph.stored import (
    component_from_dict,
    component_to_dict,
    link_from_dict,
    link_to_dict,
    source_from_list,
    source_to_list,
)

SCHEMA = "headroom/architecture/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """A design as the engine sees it. Raises InvalidArchitecture when it contradicts itself."""

    components: tuple[Component, ...] = ()
    links: tuple[Link, ...] = ()
    supporting: tuple[Supporting, ...] = ()
    warnings: tuple[str, ...] = ()
    _by_source: Mapping[str, tuple[Link, ...]] = field(init=False, repr=False, compare=False)
    _by_target: Mapping[str, tuple[Link, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._check()
        # The graph never changes, and large ones are asked for their neighbours very often.
        object.__setattr__(self, "_by_source", _grouped(self.links, "source"))
        object.__setattr__(self, "_by_target", _grouped(self.links, "target"))

    def _check(self) -> None:
        ids: set[str] = set()
        for component in self.components:
            if not component.id or component.id in ids:
                raise InvalidArchitecture(f"Two components are called '{component.id}'.")
            ids.add(component.id)
        keys: set[tuple[str, str, str]] = set()
        for link in self.links:
            _check_link(link, ids, keys)
            keys.add(link.key)

    def __iter__(self) -> Iterator[Component]:
        return iter(self.components)

    def component(self, component_id: str) -> Component:
        """Return a component by its id.

        Parameters
        ----------
        component_id : str
            Id of the component.

        Returns
        -------
        Component
            The component.

        Raises
        ------
        KeyError
            If there is none.
        """
        for component in self.components:
            if component.id == component_id:
                return component
        raise KeyError(component_id)

    def modelled(self) -> tuple[Component, ...]:
        """Return the components that have a kind.

        Returns
        -------
        tuple of Component
            In the order of the design.
        """
        return tuple(c for c in self.components if c.is_modelled)

    def not_modelled(self) -> tuple[Component, ...]:
        """Return the components that have no kind.

        Returns
        -------
        tuple of Component
            In the order of the design.
        """
        return tuple(c for c in self.components if not c.is_modelled)

    def inbound(self, component_id: str) -> tuple[Link, ...]:
        """Return the links by which others call a component.

        Parameters
        ----------
        component_id : str
            Id of the component.

        Returns
        -------
        tuple of Link
            In the order of the design.
        """
        return self._by_target.get(component_id, ())

    def outbound(self, component_id: str) -> tuple[Link, ...]:
        """Return the links by which a component calls others.

        Parameters
        ----------
        component_id : str
            Id of the component.

        Returns
        -------
        tuple of Link
            In the order of the design.
        """
        return self._by_source.get(component_id, ())

    def with_settings(self, component_id: str, settings: Settings) -> Self:
        """Return a copy in which one component has other settings.

        Parameters
        ----------
        component_id : str
            Id of the component.
        settings : mapping of str to any
            All of its settings from then on.

        Returns
        -------
        Architecture
            A copy.
        """
        changed = replace(self.component(component_id), settings=dict(settings))
        components = tuple(changed if c.id == component_id else c for c in self.components)
        return replace(self, components=components)

    def to_dict(self) -> dict[str, Any]:
        """Return the design as plain JSON, of the schema `headroom/architecture/1`.

        Returns
        -------
        dict
            What `from_dict` reads.
        """
        return {
            "schema": SCHEMA,
            "components": [component_to_dict(c) for c in self.components],
            "links": [link_to_dict(link) for link in self.links],
            "supporting": [
                {"id": s.id, "type": s.type, "source": source_to_list(s.source)}
                for s in self.supporting
            ],
            "warnings": list(self.warnings),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote.

        Parameters
        ----------
        data : mapping of str to any
            A design as plain JSON.

        Returns
        -------
        Architecture
            Checked.

        Raises
        ------
        InvalidArchitecture
            If it is of another schema or shape, or contradicts itself.
        """
        if data.get("schema") != SCHEMA:
            raise InvalidArchitecture(f"Expected '{SCHEMA}', found '{data.get('schema')}'.")
        try:
            return cls(
                components=tuple(component_from_dict(c) for c in data["components"]),
                links=tuple(link_from_dict(link) for link in data["links"]),
                supporting=tuple(
                    Supporting(id=s["id"], type=s["type"], source=source_from_list(s["source"]))
                    for s in data.get("supporting", ())
                ),
                warnings=tuple(data.get("warnings", ())),
            )
        except (KeyError, TypeError) as error:
            raise InvalidArchitecture(f"The stored design lacks or mistypes {error}.") from error


def _grouped(links: tuple[Link, ...], end: str) -> dict[str, tuple[Link, ...]]:
    groups: dict[str, list[Link]] = {}
    for link in links:
        groups.setdefault(getattr(link, end), []).append(link)
    return {name: tuple(group) for name, group in groups.items()}


def _check_link(link: Link, ids: set[str], keys: set[tuple[str, str, str]]) -> None:
    for end in (link.source, link.target):
        if end not in ids:
            raise InvalidArchitecture(
                f"The link {link.source} → {link.target} names '{end}', which is no component."
            )
    if link.key in keys:
        raise InvalidArchitecture(
            f"The link {link.source} → {link.target} ({link.role}) is there twice."
        )
    if link.calls is not None and not 0 <= link.calls < math.inf:
        raise InvalidArchitecture(
            f"Calls from {link.source} to {link.target} must be zero or more, not {link.calls}."
        )
