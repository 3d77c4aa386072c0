"""The settings of a kind as a form, made from its dataclass."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, get_args, get_type_hints

from django import forms

from apps.designs.forms import BasedOnForm
from apps.engine.catalog.base import Kind


def settings_form(kind: type[Kind]) -> type[BasedOnForm]:
    """Return a form with a field for each setting of a kind."""
    hints = get_type_hints(kind)
    fields = {item.name: _field(hints[item.name], item) for item in dataclasses.fields(kind)}
    return type(f"{kind.__name__}Form", (BasedOnForm,), fields)


def settings_of(form: BasedOnForm, kind: type[Kind], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings to keep: those that were set before, or differ from the default."""
    return {
        item.name: form.cleaned_data[item.name]
        for item in dataclasses.fields(kind)
        if item.name in before or form.cleaned_data[item.name] != item.default
    }


def _field(hint: Any, item: dataclasses.Field[Any]) -> forms.Field:
    parts = [part for part in get_args(hint) if part is not type(None)]
    base, is_optional = (parts[0], True) if parts else (hint, False)
    common: dict[str, Any] = {"label": item.metadata["label"], "help_text": item.metadata["hint"]}
    if base is bool:
        return forms.BooleanField(required=False, **common)
    if item.metadata["choices"]:
        return _choice(item, is_optional, common)
    if base is str:
        empty = None if is_optional else ""
        is_required = not is_optional and item.default != ""
        return forms.CharField(required=is_required, empty_value=empty, max_length=2000, **common)
    return _number(base, item, required=not is_optional, **common)


def _choice(
    item: dataclasses.Field[Any], is_optional: bool, common: Mapping[str, Any]
) -> forms.Field:
    unit = item.metadata["unit"]
    words = {
        choice: f"{choice} {unit}".rstrip() if choice else "none"
        for choice in item.metadata["choices"]
    }
    may_be_empty = is_optional or "" in words
    return forms.ChoiceField(choices=list(words.items()), required=not may_be_empty, **common)


def _number(base: type, item: dataclasses.Field[Any], **common: Any) -> forms.Field:
    low, high, unit = (item.metadata[name] for name in ("low", "high", "unit"))
    number = forms.IntegerField if base is int else forms.FloatField
    return number(
        min_value=low,
        max_value=high,
        widget=forms.NumberInput(attrs={"data-unit": unit} if unit else {}),
        error_messages={
            "min_value": _sentence(low, unit, "more"),
            "max_value": _sentence(high, unit, "less"),
        },
        **common,
    )


def _sentence(bound: float | None, unit: str, direction: str) -> str:
    if bound is None:
        return ""
    measure = f"{bound:,.10g}\N{NO-BREAK SPACE}{unit}" if unit else f"{bound:,.10g}"
    return f"Enter {measure} or {direction}."
