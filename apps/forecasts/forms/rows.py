"""Rows of a scenario: actions and events, each a form that keeps what it does not show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from apps.forecasts.forms.numbers import NumberField
from apps.forecasts.scenarios.offers import SHAPES, shape_of

ANYWHERE = ("", "all that users call")


class RowForm(forms.Form):
    """One row; what it leaves out of the file's row is kept as it was."""

    # The field that says where, and what it means to leave that open.
    PLACE, ANYWHERE = "entry", ANYWHERE
    # What a row takes where a field is empty.
    EMPTY: Mapping[str, Any] = {}

    def __init__(self, *args: Any, entries: Iterable[tuple[str, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.base = dict(self.initial)
        for name, field in self.fields.items():
            if isinstance(field, NumberField):
                self.initial[name] = field.shown(self.base.get(name))
        known = self.base.get(self.PLACE) or ""
        choices = [self.ANYWHERE, *entries]
        if known and known not in dict(choices):
            choices.append((known, f"{known} (not in this design)"))
        self.fields[self.PLACE].choices = choices  # type: ignore[attr-defined]

    def row(self) -> dict[str, Any]:
        """Return the row as the file keeps it."""
        row = dict(self.base)
        for name, field in self.fields.items():
            if name == "DELETE":
                continue
            value = self.cleaned_data.get(name)
            if isinstance(field, NumberField):
                value = field.kept(value)
            row[name] = self.EMPTY.get(name) if value is None else value
        return {name: value for name, value in row.items() if name not in self.hidden_names()}

    def hidden_names(self) -> set[str]:
        """Return fields that the file does not keep."""
        return set()

    def name_fields(self) -> None:
        """Complete the fields once the set has added its own."""

    def labelled(self) -> str:
        return str(self["name"].value() or "new row")


class ActionForm(RowForm):
    """Something that a visitor does, and the requests that it takes. It stands in a table."""

    EMPTY = {"requests": 1.0, "bytes_out": 5000.0}

    name = forms.CharField(label="Action", max_length=100)
    entry = forms.ChoiceField(label="Comes in at", required=False)
    per_visit = NumberField(label="Times a visit", required=False)
    requests = NumberField(label="Requests each", required=False)
    bytes_out = NumberField(label="Answer", unit="B", required=False)

    def name_fields(self) -> None:
        # A table has no labels beside its fields, so each must say whose it is.
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{field.label}, {self.labelled()}"

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        is_daily = self.base.get("per_user_day") is not None
        if values.get("per_visit") is None and not is_daily and "per_visit" not in self.errors:
            self.add_error("per_visit", "Say how often in a visit; 0 for never.")
        return values


class EventForm(RowForm):
    """Something that happens on the planned day. What it asks depends on its shape."""

    EMPTY = {"ramp_s": 0.0, "hold_s": 0.0, "decay_s": 0.0}
    ASKED: Mapping[str, tuple[str, ...]] = {
        "rush": ("factor", "ramp_s", "hold_s", "decay_s"),
        "vote": ("users_share", "requests_per_user", "hold_s"),
        "push": ("recipients_share", "open_share", "median_open_s", "requests_per_open"),
    }

    shape = forms.ChoiceField(choices=[(key, key) for key in SHAPES], widget=forms.HiddenInput)
    name = forms.CharField(label="Event", max_length=100)
    at = forms.CharField(label="At", max_length=8, widget=forms.TextInput({"placeholder": "20:00"}))
    entry = forms.ChoiceField(label="Comes in at", required=False)
    factor = NumberField(label="All traffic, times", unit="times")
    ramp_s = NumberField(label="Rises within", unit="s", required=False)
    hold_s = NumberField(label="Lasts", unit="s", required=False)
    decay_s = NumberField(label="Falls within", unit="s", required=False)
    users_share = NumberField(
        label="Users who take part", unit="%", factor=0.01, min_value=0, max_value=100
    )
    requests_per_user = NumberField(label="Requests of each")
    recipients_share = NumberField(
        label="Users who are told", unit="%", factor=0.01, min_value=0, max_value=100
    )
    open_share = NumberField(
        label="Of them, who open it", unit="%", factor=0.01, min_value=0, max_value=100
    )
    median_open_s = NumberField(label="Half of them within", unit="s")
    requests_per_open = NumberField(label="Requests of each")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["shape"] = shape_of(self.base)
        # What is asked depends on the shape, and a row that was just added has no base.
        typed = self.data.get(self.add_prefix("shape")) if self.is_bound else None
        self.asks_for = str(typed) if typed in SHAPES else shape_of(self.base)
        asked = {"shape", "name", "at", "entry", "DELETE", *self.ASKED[self.asks_for]}
        for name in [name for name in self.fields if name not in asked]:
            del self.fields[name]

    @property
    def shape_label(self) -> str:
        return SHAPES[self.asks_for][0]

    @property
    def asked_fields(self) -> list[Any]:
        return [self[name] for name in ("name", "at", *self.ASKED[self.asks_for], "entry")]

    def hidden_names(self) -> set[str]:
        return {"shape"}


class RowFormSet(forms.BaseFormSet):  # type: ignore[type-arg]  # Its stubs ask for a form class.
    """The rows of one list of the scenario file."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = "Remove"
        form.name_fields()

    def rows(self) -> list[dict[str, Any]]:
        """Return what the file keeps; call it on a valid set."""
        kept = [form for form in self.forms if form not in self.deleted_forms]
        return [form.row() for form in kept if form.has_changed() or form.base]


ActionFormSet = forms.formset_factory(
    ActionForm, formset=RowFormSet, extra=1, can_delete=True, max_num=50
)
EventFormSet = forms.formset_factory(
    EventForm, formset=RowFormSet, extra=0, can_delete=True, max_num=50
)


def row_sets(
    data: Any, body: Mapping[str, Any], entries: Sequence[tuple[str, str]]
) -> tuple[RowFormSet, RowFormSet]:
    """Return the actions and the events of a scenario as forms."""

    def rows(formset: Any, prefix: str) -> RowFormSet:
        initial = [dict(row) for row in body.get(prefix, ())]
        made: RowFormSet = formset(
            data, prefix=prefix, initial=initial, form_kwargs={"entries": entries}
        )
        return made

    return rows(ActionFormSet, "actions"), rows(EventFormSet, "events")
