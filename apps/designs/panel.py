"""What the side panel shows of one component: its settings form, callers and calls."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString

from apps.designs.forms import BasedOnForm, LinkForm
from apps.designs.models import Design, Version
from apps.designs.settings_form import settings_form
from apps.designs.wording import settings_words
from apps.engine.catalog import KINDS, build
from apps.engine.graph import Architecture, Component, Link

MODES = {
    "sync": "waits for the answer",
    "async": "does not wait",
    "stream": "is read from",
}


@dataclass(frozen=True, slots=True)
class Connection:
    """A link of the component with the component at its other end."""

    link: Link
    other: Component

    @property
    def words(self) -> str:
        parts = [self.link.role.replace("_", " "), MODES[self.link.mode]]
        if self.link.calls is not None:
            parts.insert(1, f"{self.link.calls:,.4g}× a request")
        return ", ".join(parts)


def panel_of(
    design: Design,
    version: Version,
    component_id: str,
    *,
    form: BasedOnForm | None = None,
    link_form: LinkForm | None = None,
) -> dict[str, Any] | None:
    """Return the context of `designs/_panel.html`; None when there is no such component.

    `form` and `link_form` are those that came back with errors.
    """
    architecture = version.architecture()
    try:
        component = architecture.component(component_id)
    except KeyError:
        return None
    based_on = {"version": version.number}
    return {
        "design": design,
        "version": version,
        "component": component,
        "kind": KINDS[component.kind],
        "form": form or _form(component, based_on),
        "settings": settings_words(component),
        "link_form": link_form or LinkForm(architecture, component_id, initial=based_on),
        "inbound": _connections(architecture, architecture.inbound(component_id), "source"),
        "outbound": _connections(architecture, architecture.outbound(component_id), "target"),
        "can_edit": design.is_editable,
    }


def _form(component: Component, based_on: dict[str, int]) -> SafeString | None:
    if not component.is_modelled:
        return None
    values: dict[str, Any] = dataclasses.asdict(build(component))
    initial = based_on | {name: _typed(value) for name, value in values.items()}
    draw = _drawn if settings.DEBUG else _kept
    return draw(component.kind, tuple(initial.items()))


def _drawn(kind: str, initial: tuple[tuple[str, Any], ...]) -> SafeString:
    return settings_form(KINDS[kind])(initial=dict(initial)).render()


# It takes long to draw, and is the same for everybody who looks at the same settings.
_kept = lru_cache(maxsize=256)(_drawn)


def _typed(value: Any) -> Any:
    """Return a number as a person would type it: 10, not 10.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _connections(architecture: Architecture, links: Sequence[Link], end: str) -> list[Connection]:
    others = {component.id: component for component in architecture}
    return [Connection(link, others[getattr(link, end)]) for link in links]
