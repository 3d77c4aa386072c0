"""What a person types about a design as a whole, its components and its links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from apps.accounts.models import Team
from apps.engine.catalog import KINDS
from apps.engine.formats.archive import MAX_FILE_BYTES, MAX_FILES
from apps.engine.graph import NOT_MODELLED, Architecture, Component

# Made by the engine, of a scenario, or by the importer, never drawn by hand.
NOT_DRAWN = {"account", "scan", NOT_MODELLED}
ACCEPTED = ".yaml,.yml,.json,.template,.graphql,.txt,.toml,.tf,.tfvars,.tfstate,.zip"


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    widget = SeveralFiles(attrs={"accept": ACCEPTED})

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        files = data if isinstance(data, list | tuple) else [data]
        # Without a file the field's own check says that one is required.
        return [super(SeveralFilesField, self).clean(file, initial) for file in files or [None]]


class FilesForm(forms.Form):
    template = SeveralFilesField(
        label="Template",
        help_text="A SAM or CloudFormation template as YAML or JSON, or .tf files, a plan or a "
        "state of Terraform. Files that it names may come with it, or all in one zip. Up to 5 MB.",
    )

    def __init__(self, *args: Any, why_missing: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        if why_missing:
            # The browser has sent files, which did not come through.
            self.fields["template"].error_messages["required"] = why_missing

    def clean_template(self) -> list[UploadedFile[Any]]:
        files: list[UploadedFile[Any]] = self.cleaned_data["template"]
        problem = too_much([str(file.name) for file in files], [file.size or 0 for file in files])
        if problem:
            raise forms.ValidationError(problem)
        return files

    def contents(self) -> Mapping[str, bytes]:
        """Return the uploaded files by name."""
        return {str(file.name): file.read() for file in self.cleaned_data["template"]}


def too_much(names: Sequence[str], sizes: Sequence[int]) -> str:
    """Return why files are not taken together, or nothing if they are."""
    total = sum(sizes)
    if len(names) > MAX_FILES:
        return f"{len(names):,} files; up to {MAX_FILES} are read."
    if total > MAX_FILE_BYTES:
        what = f"{names[0]} has" if len(names) == 1 else "The files have"
        return (
            f"{what} {total:,} bytes; up to {MAX_FILE_BYTES:,} are read. "
            "Leave out code and pictures: the templates are enough."
        )
    if len(set(names)) < len(names):
        return "Two files have the same name; pack them into a zip with their folders."
    return ""


class NameForm(forms.Form):
    name = forms.CharField(max_length=100)


class TeamForm(forms.Form):
    """In which team; who edits in one team alone is not asked."""

    team = forms.ModelChoiceField(Team.objects.none(), empty_label=None)

    def __init__(self, teams: list[Team], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["team"]
        field.queryset = Team.objects.filter(pk__in=[team.pk for team in teams])
        field.choices = [(team.pk, team.name) for team in teams]
        if len(teams) == 1:
            field.initial, field.widget = teams[0].pk, forms.HiddenInput()


class UploadForm(FilesForm, TeamForm):
    name = forms.CharField(
        max_length=100, required=False, help_text="Empty: the name of the first file."
    )
    field_order = ("template", "name", "team")

    def design_name(self) -> str:
        given: str = self.cleaned_data["name"]
        first = str(self.cleaned_data["template"][0].name)
        return (given or first.rpartition(".")[0] or first)[:100]


class BlankForm(NameForm, TeamForm):
    field_order = ("name", "team")


class BasedOnForm(forms.Form):
    """A change of the graph, with the version that it was made from."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput())


class AddComponentForm(BasedOnForm):
    kind = forms.ChoiceField()
    name = forms.CharField(max_length=100, help_text="What your team calls it.")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        drawn = [(k.label, name) for name, k in KINDS.items() if name not in NOT_DRAWN]
        field: Any = self.fields["kind"]
        field.choices = [(name, label) for label, name in sorted(drawn)]


class UnlinkForm(BasedOnForm):
    target = forms.CharField()
    role = forms.CharField()


class LinkForm(BasedOnForm):
    target = forms.ChoiceField(label="Calls")
    calls = forms.FloatField(
        min_value=0.0,
        max_value=10_000.0,
        required=False,
        label="Calls per request",
        help_text="Empty: what is usual, shown as assumed.",
        error_messages={
            "min_value": "Enter 0 or more.",
            "max_value": "Enter 10,000 or less.",
        },
    )

    def __init__(
        self, architecture: Architecture, source: str, data: Any = None, **options: Any
    ) -> None:
        # Another form with a version stands on the same page.
        super().__init__(data, auto_id="link_%s", **options)
        known = {(link.target, link.role) for link in architecture.outbound(source)}
        field: Any = self.fields["target"]
        field.choices = [
            (f"{role} {component.id}", f"{component.label} ({role.replace('_', ' ')})")
            for component in sorted(architecture.modelled(), key=_label)
            if component.id != source
            for role in KINDS[component.kind].ACCEPTS
            if (component.id, role) not in known
        ]

    @property
    def has_targets(self) -> bool:
        field: Any = self.fields["target"]
        return bool(field.choices)

    def door(self) -> tuple[str, str]:
        """Return the target's id and the role of its door."""
        role, _, target = self.cleaned_data["target"].partition(" ")
        return target, role


def _label(component: Component) -> str:
    return component.label.lower()
