"""The size that a report is looked at, when it is another than the scenario's."""

from __future__ import annotations

from django import forms

from apps.engine.traffic.scenario import MOST_USERS


class SizeForm(forms.Form):
    users = forms.FloatField(required=False, min_value=1, max_value=MOST_USERS)

    def users_or_none(self) -> float | None:
        """Return the size, or None for the scenario's own; what is no size is not one."""
        return self.cleaned_data.get("users") if self.is_valid() else None
