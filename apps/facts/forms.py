from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from apps.facts.listing import CONFIDENCE_BADGES
from apps.facts.models import PriceBook


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


class BookCompareForm(forms.Form):
    """With which other book to compare one, and of which service; the one before otherwise."""

    service = forms.CharField(label="Service", max_length=50, required=False)

    def __init__(self, data: Any, *, book: PriceBook) -> None:
        before = book.before()
        super().__init__({"with": before.pk if before else ""} | data)
        # The word stands in the address, and is none that a class may use for a name.
        self.fields["with"] = _BookField(
            label="Compared with",
            queryset=PriceBook.objects.comparable_with(book).newest_first(),
            required=False,
        )
        self.order_fields(["with", "service"])

    def offer_services(self, services: Iterable[str]) -> None:
        """Turn the service into a choice among those that differ."""
        choices = [("", "All"), *((name, name) for name in services)]
        self.fields["service"].widget = forms.Select(choices=choices)


class _BookField(forms.ModelChoiceField[PriceBook]):
    def label_from_instance(self, obj: PriceBook) -> str:
        state = ", in force" if obj.is_current else ""
        source = obj.get_source_display()
        return f"{obj.region}, {source}, {obj.loaded_at:%Y-%m-%d}, {obj.sha256[:7]}{state}"
