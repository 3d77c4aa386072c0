"""What a person types about a design. Settings forms are made from the kinds themselves."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, get_args, get_type_hints

from django import forms

from apps.accounts.models import Team, User
from apps.engine.catalog import KINDS
from apps.engine.catalog.base import Kind
from apps.engine.formats.archive import MAX_FILE_BYTES, MAX_FILES
from apps.engine.graph import Architecture

# Made by the engine or by the importer, never drawn by hand.
NOT_DRAWN = {"account", "not_modelled"}


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        one = super().clean
        if not isinstance(data, list | tuple):
            data = [data]
        if not data:
            data = [None]
        if len(data) > MAX_FILES:
            raise forms.ValidationError(f"Upload at most {MAX_FILES} files, or one zip.")
        return [one(item, initial) for item in data]


class FilesForm(forms.Form):
    template = SeveralFilesField(
        label="Template",
        help_text="A SAM or CloudFormation template as YAML or JSON; the files that it names may "
        "come with it, or all in one zip. Up to 5 MB a file.",
    )

    def clean_template(self) -> list[Any]:
        files: list[Any] = self.cleaned_data["template"]
        for file in files:
            if file.size > MAX_FILE_BYTES and not file.name.endswith(".zip"):
                raise forms.ValidationError(
                    f"{file.name} has {file.size:,} bytes; up to {MAX_FILE_BYTES:,} are read."
                )
        return files

    def contents(self) -> Mapping[str, bytes]:
        """Return the uploaded files by name."""
        return {file.name: file.read() for file in self.cleaned_data["template"]}


class UploadForm(FilesForm):
    name = forms.CharField(
        max_length=100, required=False, help_text="Empty: the name of the first file."
    )
    team = forms.ModelChoiceField(Team.objects.none(), empty_label=None)

    def __init__(self, user: User, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        teams: Any = self.fields["team"]
        teams.queryset = Team.objects.editable_by(user).order_by("name")
        if len(teams.queryset) == 1:
            teams.initial, teams.widget = teams.queryset[0], forms.HiddenInput()

    def design_name(self) -> str:
        given: str = self.cleaned_data["name"]
        first = self.cleaned_data["template"][0].name
        return (given or first.rsplit("/", 1)[-1].rsplit(".", 1)[0] or "Design")[:100]


class NameForm(forms.Form):
    name = forms.CharField(max_length=100)


class BasedOnForm(forms.Form):
    """A change of the graph, with the version that it was made from."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput())


class AddComponentForm(BasedOnForm):
    kind = forms.ChoiceField()
    id = forms.CharField(
        label="Name", max_length=100, help_text="As it will be called in the template."
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        drawn = [(k.label, name) for name, k in KINDS.items() if name not in NOT_DRAWN]
        field: Any = self.fields["kind"]
        field.choices = [(name, label) for label, name in sorted(drawn)]


class LinkForm(BasedOnForm):
    target = forms.ChoiceField(label="Calls")
    calls = forms.FloatField(
        min_value=0.0,
        max_value=10_000.0,
        required=False,
        label="Calls per request",
        help_text="Empty: as usual for the kind, shown as assumed.",
    )

    def __init__(self, architecture: Architecture, source: str, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = {(link.target, link.role) for link in architecture.outbound(source)}
        field: Any = self.fields["target"]
        field.choices = [
            (f"{role} {component.id}", f"{component.label} ({role.replace('_', ' ')})")
            for component in architecture.modelled()
            if component.id != source
            for role in KINDS[component.kind].ACCEPTS
            if (component.id, role) not in known
        ]

    def door(self) -> tuple[str, str]:
        """Return the target's id and the role of its door."""
        role, _, target = self.cleaned_data["target"].partition(" ")
        return target, role


def settings_form(kind: type[Kind]) -> type[BasedOnForm]:
    """Return a form of a kind's settings, made from its dataclass."""
    hints = get_type_hints(kind)
    fields = {
        item.name: _field(hints[item.name], item)
        for item in dataclasses.fields(kind)  # type: ignore[arg-type]
    }
    return type(f"{kind.__name__}Form", (BasedOnForm,), fields)


def _field(hint: Any, item: dataclasses.Field[Any]) -> forms.Field:
    parts = [part for part in get_args(hint) if part is not type(None)]
    base, is_optional = (parts[0], True) if parts else (hint, False)
    meta = item.metadata
    common = {"label": meta["label"], "help_text": meta["hint"]}
    if base is bool:
        return forms.BooleanField(required=False, **common)
    if meta["choices"]:
        choices = [(choice, choice) for choice in meta["choices"]]
        return forms.ChoiceField(choices=choices, required=not is_optional, **common)
    if base is str:
        return forms.CharField(required=False, max_length=2000, **common)
    number = forms.IntegerField if base is int else forms.FloatField
    return number(
        min_value=meta["low"],
        max_value=meta["high"],
        required=not is_optional,
        widget=forms.NumberInput(attrs={"data-unit": meta["unit"]}),
        **common,
    )


def settings_of(form: BasedOnForm, kind: type[Kind], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that were set before, or differ from the kind's defaults."""
    chosen = {}
    for item in dataclasses.fields(kind):  # type: ignore[arg-type]
        value = form.cleaned_data[item.name]
        if item.name in before or value != item.default:
            chosen[item.name] = value
    return chosen
