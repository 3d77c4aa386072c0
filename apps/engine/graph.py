"""The graph of a design: components, and the links by which they call each other."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self, cast

SCHEMA = "headroom/architecture/1"
NOT_MODELLED = "not_modelled"

Mode = Literal["sync", "async", "stream"]
Scalar = str | int | float | bool | None
Settings = Mapping[str, Any]


class InvalidArchitecture(ValueError):
    """The graph contradicts itself; the message says where, for the person who made it."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where something was read: a file and a line of it, counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One resource that carries load. `settings` are the fields of its kind that were set."""

    id: str
    kind: str
    name: str = ""
    settings: Settings = field(default_factory=dict)
    source: Source | None = None

    @property
    def label(self) -> str:
        return self.name or self.id

    @property
    def is_modelled(self) -> bool:
        return self.kind != NOT_MODELLED


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One component calls another, through one of the target's doors (`role`).

    `calls` is the number of calls, or messages, per request of the source; None when the
    template does not say. `settings` holds what belongs to the link alone: `batch`,
    `window_s`, `weight`, `route`, `connection_life`, `connections`, `units`, `parallel`, and
    `is_extra`: made on every way of a router, as an authorizer is asked. Of these,
    `viewer_calls` are made for each request, what the source's own cache answers included; the
    answer to one that `is_kept` is remembered for some minutes.
    """

    source: str
    target: str
    role: str
    mode: Mode = "sync"
    calls: float | None = None
    settings: Settings = field(default_factory=dict)
    origin: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.source, self.target, self.role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supporting:
    """A resource that carries no load itself: a role, a permission, an alarm, a subnet."""

    id: str
    type: str
    source: Source | None = None


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
        """Return a component by its id. Raises KeyError when there is none."""
        for component in self.components:
            if component.id == component_id:
                return component
        raise KeyError(component_id)

    def modelled(self) -> tuple[Component, ...]:
        return tuple(c for c in self.components if c.is_modelled)

    def not_modelled(self) -> tuple[Component, ...]:
        return tuple(c for c in self.components if not c.is_modelled)

    def inbound(self, component_id: str) -> tuple[Link, ...]:
        return self._by_target.get(component_id, ())

    def outbound(self, component_id: str) -> tuple[Link, ...]:
        return self._by_source.get(component_id, ())

    def with_settings(self, component_id: str, settings: Settings) -> Self:
        """Return a copy in which one component has other settings."""
        changed = replace(self.component(component_id), settings=dict(settings))
        components = tuple(changed if c.id == component_id else c for c in self.components)
        return replace(self, components=components)

    def to_dict(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "components": [_component_to_dict(c) for c in self.components],
            "links": [_link_to_dict(link) for link in self.links],
            "supporting": [
                {"id": s.id, "type": s.type, "source": _source_to_list(s.source)}
                for s in self.supporting
            ],
            "warnings": list(self.warnings),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote. Raises InvalidArchitecture on another shape."""
        if data.get("schema") != SCHEMA:
            raise InvalidArchitecture(f"Expected '{SCHEMA}', found '{data.get('schema')}'.")
        try:
            return cls(
                components=tuple(_component_from_dict(c) for c in data["components"]),
                links=tuple(_link_from_dict(link) for link in data["links"]),
                supporting=tuple(
                    Supporting(id=s["id"], type=s["type"], source=_source_from_list(s["source"]))
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


def _source_to_list(source: Source | None) -> list[str | int] | None:
    return None if source is None else [source.file, source.line]


def _source_from_list(value: Any) -> Source | None:
    return None if value is None else Source(str(value[0]), int(value[1]))


def _component_to_dict(component: Component) -> dict[str, Any]:
    return {
        "id": component.id,
        "kind": component.kind,
        "name": component.name,
        "settings": dict(component.settings),
        "source": _source_to_list(component.source),
    }


def _component_from_dict(data: Mapping[str, Any]) -> Component:
    return Component(
        id=data["id"],
        kind=data["kind"],
        name=data.get("name", ""),
        settings=dict(data.get("settings", {})),
        source=_source_from_list(data.get("source")),
    )


def _link_to_dict(link: Link) -> dict[str, Any]:
    return {
        "source": link.source,
        "target": link.target,
        "role": link.role,
        "mode": link.mode,
        "calls": link.calls,
        "settings": dict(link.settings),
        "origin": link.origin,
    }


def _link_from_dict(data: Mapping[str, Any]) -> Link:
    mode = data.get("mode", "sync")
    if mode not in ("sync", "async", "stream"):
        raise InvalidArchitecture(f"A link is sync, async or stream, not '{mode}'.")
    return Link(
        source=data["source"],
        target=data["target"],
        role=data["role"],
        mode=cast("Mode", mode),
        calls=data.get("calls"),
        settings=dict(data.get("settings", {})),
        origin=data.get("origin", ""),
    )
