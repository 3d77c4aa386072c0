"""What breaks, as rows of the scenario: what a row asks depends on what breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms

from apps.engine.traffic.faults import EVERYWHERE, KINDS, MOST_FAULTS
from apps.forecasts.forms.numbers import NumberField
from apps.forecasts.forms.rows import RowForm, RowFormSet
from apps.forecasts.scenarios.faults import FAULTS, HELP

WHOLE = ("", "the whole design")
_FACTORS: Mapping[str, tuple[str, str]] = {
    "slow": ("Slower", "times"),
    "poison": ("Messages", ""),
    "retry_storm": ("Each user tries", "times"),
}


class FaultForm(RowForm):
    """One thing that breaks on the planned day."""

    PLACE, ANYWHERE = "component", WHOLE
    EMPTY = {"for_s": 1200.0, "at": "14:00:00"}
    ASKED: Mapping[str, tuple[str, ...]] = {
        "slow": ("component", "at", "for_s", "factor"),
        "down": ("component", "at", "for_s"),
        "zone": ("component", "at", "for_s"),
        "instance": ("component", "at", "for_s"),
        "poison": ("component", "at", "factor"),
        "cold_fleet": ("component", "at"),
        "retry_storm": ("component", "at", "for_s", "factor"),
    }

    kind = forms.ChoiceField(choices=[(key, key) for key in KINDS], widget=forms.HiddenInput)
    component = forms.ChoiceField(label="What breaks", required=False)
    at = forms.CharField(label="At", max_length=8, widget=forms.TextInput({"placeholder": "20:00"}))
    for_s = NumberField(label="For", unit="min", factor=60.0, min_value=0.01, max_value=1440)
    factor = NumberField(label="Times", min_value=1, max_value=1e6)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        typed = self.data.get(self.add_prefix("kind")) if self.is_bound else None
        kind = typed or self.base.get("kind")
        # A kind that there is not is refused by its own field.
        self.what = str(kind) if kind in self.ASKED else "slow"
        self.initial["kind"] = self.what
        asked = {"kind", "DELETE", *self.ASKED[self.what]}
        for name in [name for name in self.fields if name not in asked]:
            del self.fields[name]
        if self.what not in EVERYWHERE:
            place = self.fields["component"]
            place.required = True
            place.choices = [("", "Choose"), *place.choices[1:]]  # type: ignore[attr-defined]
        if "factor" in self.fields:
            self.fields["factor"].label, unit = _FACTORS[self.what]
            self.fields["factor"].widget.attrs["data-unit"] = unit

    @property
    def what_label(self) -> str:
        return FAULTS[self.what][0]

    @property
    def help_text(self) -> str:
        return HELP[self.what]

    @property
    def asked_fields(self) -> list[Any]:
        return [self[name] for name in self.ASKED[self.what]]

    def labelled(self) -> str:
        return str(self["component"].value() or WHOLE[1])


FaultFormSet = forms.formset_factory(
    FaultForm, formset=RowFormSet, extra=0, can_delete=True, max_num=MOST_FAULTS
)


def fault_rows(data: Any, body: Mapping[str, Any], components: Iterable[str]) -> RowFormSet:
    """Return the faults of a scenario as forms."""
    initial = [dict(row) for row in body.get("faults", ())]
    choices = [(name, name) for name in components]
    # A page that does not know of them leaves them as they are.
    typed = data if data is not None and "faults-TOTAL_FORMS" in data else None
    made = FaultFormSet(typed, prefix="faults", initial=initial, form_kwargs={"entries": choices})
    return cast("RowFormSet", made)


class FaultPlaceForm(forms.Form):
    """Which fault of the scenario is meant: its place, and its kind as a check."""

    place = forms.IntegerField(min_value=0, max_value=MOST_FAULTS)
    kind = forms.ChoiceField(choices=[(key, key) for key in KINDS])


class NewFaultForm(forms.Form):
    """A fault that is added with one click."""

    kind = forms.ChoiceField(choices=[(key, key) for key in KINDS])
    component = forms.CharField(max_length=255, required=False, strip=False)
    at = forms.CharField(max_length=8)
    for_s = forms.FloatField(min_value=1, max_value=86_400)
    factor = forms.FloatField(min_value=1, max_value=1e6, required=False)

    def fault(self) -> dict[str, Any]:
        """Return the fault as the file keeps it; call it on a valid form."""
        return dict(self.cleaned_data)
