"""Numbers as people type them."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

_GROUPED = re.compile(r"\d{1,3}(?:[,\u00a0 _]\d{3})+(?:\.\d*)?")
_SEPARATORS = re.compile(r"[,\u00a0 _]")


class NumberField(forms.FloatField):
    """A number with its unit; thousands may be parted, as in 50,000.

    `factor` turns what is typed into what is kept: 0.01 for per cent.
    """

    widget = forms.TextInput
    default_error_messages = {
        "invalid": "Enter a number, such as 50,000 or 0.5, with a point before decimals.",
    }

    def __init__(self, *, unit: str = "", factor: float = 1.0, **options: Any) -> None:
        super().__init__(**options)
        self.factor = factor
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}
        if unit:
            self.widget.attrs["data-unit"] = unit

    # The stubs promise the whole number of the base of Django's own field.
    def to_python(self, value: Any) -> float | None:  # type: ignore[override]
        text = str(value).strip() if value is not None else ""
        if _GROUPED.fullmatch(text):
            text = _SEPARATORS.sub("", text)
        elif "," in text:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        number: float | None = super().to_python(text)
        return number

    def prepare_value(self, value: Any) -> Any:
        return f"{value:.12g}" if isinstance(value, int | float) else value

    def kept(self, typed: float | None) -> float | None:
        """Return what the scenario keeps of a typed number."""
        return None if typed is None else float(f"{typed * self.factor:.12g}")

    def shown(self, kept: float | None) -> float | None:
        """Return what a person sees of a kept number."""
        return None if kept is None else float(f"{kept / self.factor:.12g}")
