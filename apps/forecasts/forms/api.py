"""What a pipeline sends beside its token: files, and who comes."""

from __future__ import annotations

from typing import Any

from django import forms

from apps.accounts.api import BROKEN, Refusal
from apps.designs.forms import FilesForm
from apps.engine.traffic.scenario import Scenario
from apps.forecasts.scenarios.asked import UNITS, asked_scenario
from apps.forecasts.scenarios.file import MAX_BYTES, read_scenario_file


class ForecastForm(FilesForm):
    """The options of `manage.py forecast`, as fields of a form."""

    scenario = forms.FileField(required=False, max_length=200)
    users = forms.FloatField(required=False)
    users_unit = forms.ChoiceField(choices=[(unit, unit) for unit in UNITS], required=False)
    region = forms.CharField(max_length=40, required=False)

    def question(self) -> Scenario:
        """Return the scenario that is asked for. Raises InvalidScenario."""
        file = self.cleaned_data["scenario"]
        return asked_scenario(
            read_scenario_file(file.read(MAX_BYTES + 1), file.name) if file else {},
            users=self.cleaned_data["users"],
            unit=self.cleaned_data["users_unit"] or "daily",
            region=self.cleaned_data["region"],
            hint="users=10000",
        )


def checked(form_type: type[FilesForm], request: Any) -> Any:
    """Return the form of a request, which is as it should be. Raises Refusal."""
    if request.content_type != "multipart/form-data":
        raise Refusal(415, BROKEN)
    form = form_type(request.POST, request.FILES)
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        raise Refusal(422, f"{name}: {errors[0]}")
    return form
