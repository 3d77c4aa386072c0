"""Settings in words: what a change or a panel says of a value."""

from __future__ import annotations

import dataclasses
from typing import Any

from apps.engine.catalog import KINDS
from apps.engine.graph import Component

NOT_SET = "not set"


def setting_words(component: Component, name: str) -> tuple[str, str]:
    """Return what a setting is called, and its value with the unit; AWS's default if not set."""
    item = _field(component.kind, name)
    if item is None:
        return name.replace("_", " "), str(component.settings.get(name, NOT_SET))
    value = component.settings.get(name, item.default)
    return item.metadata["label"], _value_words(value, item.metadata["unit"])


def settings_words(component: Component) -> list[tuple[str, str]]:
    """Return all settings of a component in words, those by default included."""
    fields = dataclasses.fields(KINDS[component.kind])
    return [setting_words(component, item.name) for item in fields]


def set_words(component: Component) -> list[str]:
    """Return the settings that differ from AWS's defaults, a phrase each."""
    return [" ".join(setting_words(component, name)) for name in component.settings]


def _field(kind: str, name: str) -> dataclasses.Field[Any] | None:
    fields = dataclasses.fields(KINDS[kind]) if kind in KINDS else ()
    return next((item for item in fields if item.name == name), None)


def _value_words(value: Any, unit: str) -> str:
    if value is None or value == "":
        return NOT_SET
    if isinstance(value, bool):
        return "on" if value else "off"
    text = f"{value:,.10g}" if isinstance(value, int | float) else str(value)
    return f"{text}\N{NO-BREAK SPACE}{unit}" if unit else text
