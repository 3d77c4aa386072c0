from __future__ import annotations

from django import forms

from apps.forecasts.forms.assumptions import MOST
from apps.forecasts.forms.numbers import NumberField


class AssumeForm(forms.Form):
    """One value in place of an assumed one; without a value it is assumed again."""

    owner = forms.CharField(max_length=500, strip=False)
    name = forms.CharField(max_length=100)
    value = NumberField(label="The value", min_value=0, max_value=MOST, required=False)

    def key(self) -> tuple[str, str]:
        return self.cleaned_data["owner"], self.cleaned_data["name"]

    def sentence(self) -> str:
        """Return the first error as one sentence; call it on an invalid form."""
        name, errors = next(iter(self.errors.items()))
        label = self.fields[name].label or name.capitalize() if name in self.fields else ""
        return f"{label}: {errors[0]}"
