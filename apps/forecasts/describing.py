"""A graph as `manage.py describe` prints it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from apps.engine.catalog import KINDS
from apps.engine.catalog.account import account_in
from apps.engine.graph import Architecture, Component, Link, Source

SCHEMA = "headroom/describe/1"


def describe(architecture: Architecture, region: str = "us-east-1") -> dict[str, Any]:
    """Return the graph with what was not understood, as `headroom/describe/1`.

    The quotas of the account stand among the components, since a verdict can name them.
    """
    return {
        "schema": SCHEMA,
        "components": [
            _component(component) for component in (*architecture.modelled(), account_in(region))
        ],
        "links": [_link(link) for link in architecture.links],
        "not_modelled": [_not_modelled(component) for component in architecture.not_modelled()],
        "supporting": [
            {"id": item.id, "type": item.type, "source": _place(item.source)}
            for item in architecture.supporting
        ],
        "warnings": list(architecture.warnings),
    }


def describe_as_text(architecture: Architecture) -> str:
    """Return the graph as aligned text, the counts first."""
    modelled, missing = architecture.modelled(), architecture.not_modelled()
    counts = f"{_count(len(modelled), 'component')}, {_count(len(architecture.links), 'link')}"
    lines = [f"{counts}; {len(missing)} not modelled"]
    lines += _section("Components", _component_rows(modelled))
    lines += _section("Links", [_link_row(link) for link in architecture.links])
    lines += _section("Not modelled", [_missing_row(component) for component in missing])
    if architecture.supporting:
        kinds = _count(len(architecture.supporting), "supporting resource")
        lines += ["", f"{kinds}, which carry no load themselves"]
    lines += _section("Warnings", [(warning,) for warning in architecture.warnings])
    return "\n".join(lines)


def _component(component: Component) -> dict[str, Any]:
    return {
        "id": component.id,
        "kind": component.kind,
        "service": _service(component),
        "name": component.name,
        "settings": dict(component.settings),
        "source": _place(component.source),
    }


def _service(component: Component) -> str:
    """Return the service of a component: some kinds stand for any, and hold it as a setting."""
    service = component.settings.get("service", KINDS[component.kind].service)
    return service if isinstance(service, str) else ""


def _link(link: Link) -> dict[str, Any]:
    return {
        "source": link.source,
        "target": link.target,
        "mode": link.mode,
        "calls": link.calls,
        "role": link.role,
        "settings": dict(link.settings),
        "origin": link.origin,
    }


def _not_modelled(component: Component) -> dict[str, Any]:
    settings = component.settings
    return {
        "id": component.id,
        "type": settings.get("type", ""),
        "reason": settings.get("reason", ""),
        "service": settings.get("service", ""),
        "name": component.name,
        "source": _place(component.source),
    }


def _place(source: Source | None) -> str:
    return "" if source is None else str(source)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _component_rows(components: Sequence[Component]) -> list[tuple[str, ...]]:
    return [
        (c.id, KINDS[c.kind].label, _settings(c.settings), _place(c.source)) for c in components
    ]


def _link_row(link: Link) -> tuple[str, ...]:
    settings = {key: value for key, value in link.settings.items() if key != "weight"}
    if link.calls is not None:
        settings["calls"] = link.calls
    name = f"{link.source} → {link.target}"
    return (name, f"{link.role}, {link.mode}", _settings(settings), link.origin)


def _missing_row(component: Component) -> tuple[str, ...]:
    settings = component.settings
    what = settings.get("type") or settings.get("service", "")
    return (component.id, str(what), str(settings.get("reason", "")), _place(component.source))


def _settings(settings: Any) -> str:
    return ", ".join(f"{key}={_value(value)}" for key, value in settings.items())


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _section(title: str, rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield a titled table; columns as wide as their widest cell, up to 40 characters."""
    if not rows:
        return
    yield from ("", title)
    widths = [min(40, max(map(len, column))) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield ("  " + "  ".join(cells)).rstrip()
