from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from apps.facts.listing import CONFIDENCE_BADGES


class FactSearchForm(forms.Form):
    """What to list. Every field may be left out of the address."""

    show = forms.ChoiceField(
        choices=[("prices", "Prices"), ("quotas", "Quotas"), ("classes", "Instance classes")],
        widget=forms.HiddenInput,
    )
    q = forms.CharField(
        label="Search", max_length=100, required=False, widget=forms.TextInput({"type": "search"})
    )
    region = forms.ChoiceField(label="Region")
    service = forms.CharField(label="Service", max_length=50, required=False)
    confidence = forms.ChoiceField(
        label="Confidence",
        required=False,
        choices=[("", "Any"), *((word, says) for word, (_, says) in CONFIDENCE_BADGES.items())],
    )

    def __init__(self, data: Any, *, regions: Iterable[str]) -> None:
        names = list(regions)
        first = "us-east-1" if "us-east-1" in names else names[0]
        super().__init__({"show": "prices", "region": first} | data)
        self.fields["region"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]

    def offer_services(self, services: Iterable[str]) -> None:
        """Turn the service into a choice among those that the chosen tab has."""
        choices = [("", "All"), *((name, name) for name in services)]
        self.fields["service"].widget = forms.Select(choices=choices)
