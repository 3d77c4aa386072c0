"""`component.setting=value` as a person writes it → settings by component."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any, get_args, get_type_hints

from apps.engine.catalog import KINDS
from apps.engine.catalog.base import Kind
from apps.engine.graph import Architecture
from apps.forecasts.exporting.base import CannotExport

_FLAGS = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}
_NOTHING = ("", "none", "default")


def changes_asked(architecture: Architecture, asked: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return settings by component id, each of its field's type; None takes one out.

    Raises
    ------
    CannotExport
        If a component or setting is not there, or a value is of another type.
    """
    changes: dict[str, dict[str, Any]] = {}
    for text in asked:
        place, equals, value = text.partition("=")
        component_id, dot, setting = place.rpartition(".")
        if not (equals and dot):
            raise CannotExport(f"'{text}' is no change; write component.setting=value.")
        kind = _kind_of(architecture, component_id)
        changes.setdefault(component_id, {})[setting] = value_of(kind, setting, value)
    return changes


def value_of(kind: type[Kind], setting: str, text: str) -> Any:
    """Return a value of the type of a setting. Raises CannotExport."""
    hints = {name: hint for name, hint in get_type_hints(kind).items() if name in _fields(kind)}
    if setting not in hints:
        raise CannotExport(f"{kind.label} has no setting '{setting}'; {_hint(setting, hints)}")
    types = [part for part in get_args(hints[setting]) if part is not type(None)]
    base = types[0] if types else hints[setting]
    if text.strip().lower() in _NOTHING:
        return None
    if base is bool:
        if text.lower() not in _FLAGS:
            raise CannotExport(f"{setting} is '{text}'; write true or false.")
        return _FLAGS[text.lower()]
    if base not in (int, float):
        return text
    try:
        return base(text)
    except ValueError:
        whole = "a whole number" if base is int else "a number"
        raise CannotExport(f"{setting} is '{text}'; write {whole}.") from None


def _fields(kind: type[Kind]) -> Sequence[str]:
    return list(kind.__dataclass_fields__)


def _kind_of(architecture: Architecture, component_id: str) -> type[Kind]:
    kinds = {component.id: component.kind for component in architecture.modelled()}
    if component_id not in kinds:
        raise CannotExport(
            f"The design has no component '{component_id}' with settings; "
            f"{_hint(component_id, kinds)}"
        )
    return KINDS[kinds[component_id]]


def _hint(wrong: str, known: Iterable[str]) -> str:
    names = sorted(known)
    close = difflib.get_close_matches(wrong, names, 1)
    return f"did you mean {close[0]}?" if close else f"there are {', '.join(names[:20])}."
