"""What things are called on a page, and where they stand: component, kind, file and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from apps.engine.catalog import KINDS
from apps.engine.graph import NOT_MODELLED, Architecture, Component

ACCOUNT = "account:"
TRAFFIC = "traffic"
# Where the bill has what the template does not.
NOT_DRAWN = "not drawn"

INPUTS: Mapping[str, str] = {
    "own_ms": "time of its own for a call",
    "cpu_ms": "processor time of a request",
    "alarm_s": "time until its alarm",
    "start_s": "time until another one serves",
    "target_percent": "use at which it scales",
    "partitions": "partitions of a topic",
    "lookups_per_user": "lookups of a user in a month",
    "init_ms": "time to start an environment",
    "idle_life_s": "life of an idle environment",
    "duration_p99_ratio": "p99 over median of its duration",
    "log_bytes": "log written for a call",
    "latency_ms": "latency",
    "bytes_out": "size of an answer",
    "item_bytes": "size of an item",
    "hot_key_share": "share of the busiest key",
    "stored_gb": "stored data",
    "calls": "calls for a request",
    "units": "cost of a call",
    "events_per_user_day": "events for a user and day",
}


@dataclass(frozen=True, slots=True)
class Named:
    """A component as a page names it; without `href` it is not part of the diagram."""

    id: str
    name: str
    kind: str = ""
    kind_label: str = ""
    href: str = ""
    source: str = ""
    is_modelled: bool = True

    def __str__(self) -> str:
        return self.name


class Directory:
    """All components of a design by id. What is unknown keeps its id as its name."""

    def __init__(self, architecture: Architecture, design_url: str = "") -> None:
        self.architecture = architecture
        self._named = {c.id: _named(c, design_url) for c in architecture.components}

    def __getitem__(self, component_id: str) -> Named:
        known = self._named.get(component_id)
        if known is not None:
            return known
        if component_id.startswith(ACCOUNT):
            return Named(component_id, "AWS account", "account", "Account quotas")
        return Named(component_id, "Not drawn" if component_id == NOT_DRAWN else component_id)

    def __iter__(self) -> Iterator[Named]:
        return iter(self._named.values())

    def __len__(self) -> int:
        return len(self._named)


def input_words(name: str) -> str:
    """Return what an assumed value is called in a sentence."""
    return INPUTS.get(name, name.replace("_", " "))


def _named(component: Component, design_url: str) -> Named:
    query = urlencode({"component": component.id})
    return Named(
        id=component.id,
        name=component.label,
        kind=component.kind if component.is_modelled else _type(component),
        kind_label=_kind_label(component),
        href=f"{design_url}?{query}" if design_url else "",
        source=str(component.source) if component.source else "",
        is_modelled=component.is_modelled,
    )


def _kind_label(component: Component) -> str:
    if component.kind == NOT_MODELLED or component.kind not in KINDS:
        return _type(component).removeprefix("AWS::").replace("::", " ") or "Not modelled"
    return KINDS[component.kind].label


def _type(component: Component) -> str:
    return str(component.settings.get("type", ""))
