"""The parts of a graph: components, links, and what supports them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

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
        """Its name for the reader, else its id."""
        return self.name or self.id

    @property
    def is_modelled(self) -> bool:
        """Say whether it has a kind."""
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
        """Source, target and role: what no other link of the design has."""
        return (self.source, self.target, self.role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supporting:
    """A resource that carries no load itself: a role, a permission, an alarm, a subnet."""

    id: str
    type: str
    source: Source | None = None
