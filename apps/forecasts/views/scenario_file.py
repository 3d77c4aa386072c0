"""The scenario as a file: to keep beside the template, and to bring back."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.http import UserRequest
from apps.designs.models import Design
from apps.engine.traffic.reading import InvalidScenario
from apps.forecasts.actions import DesignNotRunnable, save_scenario, scenario_of
from apps.forecasts.scenarios.file import MAX_BYTES, read_scenario_file
from apps.forecasts.scenarios.reading import read_scenario
from apps.forecasts.views.traffic import editable_design, traffic_page


class ScenarioFileForm(forms.Form):
    file = forms.FileField(
        label="Scenario file",
        max_length=200,
        error_messages={"empty": "The file is empty.", "required": "Choose a scenario file."},
    )


@require_safe
def scenario_export(request: UserRequest, design_id: UUID) -> HttpResponse:
    design = get_object_or_404(Design.objects.visible_to(request.user), id=design_id)
    text = json.dumps(scenario_of(design).body, indent=2, ensure_ascii=False)
    response = HttpResponse(text + "\n", content_type="application/json")
    name = slugify(design.name) or "design"
    response["Content-Disposition"] = f'attachment; filename="{name}-scenario.json"'
    return response


@require_POST
def scenario_import(request: UserRequest, design_id: UUID) -> HttpResponse:
    design = editable_design(request, design_id)
    scenario = scenario_of(design)
    form = ScenarioFileForm(request.POST, request.FILES)
    try:
        body = _body(form)
        # A design that cannot run at all is no fault of the file.
        if not read_scenario(design.latest(), scenario.body).problem:
            read_scenario(design.latest(), body).check()
        save_scenario(design=design, body=body, author=request.user)
    except (DesignNotRunnable, InvalidScenario) as error:
        return traffic_page(request, design, scenario, problem=str(error), status=422)
    return redirect("forecasts:report", design.pk)


def _body(form: ScenarioFileForm) -> dict[str, Any]:
    """Return the scenario in the file. Raises InvalidScenario with the file's name."""
    if not form.is_valid():
        raise InvalidScenario(form.errors["file"][0])
    file = form.cleaned_data["file"]
    return read_scenario_file(file.read(MAX_BYTES + 1), file.name)
