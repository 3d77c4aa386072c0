"""What if it breaks: one click adds a fault to the scenario, or takes it out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.http import UserRequest
from apps.designs.models import Design
from apps.engine.traffic.reading import InvalidScenario
from apps.forecasts.actions import DesignNotRunnable, save_scenario, scenario_of
from apps.forecasts.forms.faults import FaultPlaceForm, NewFaultForm
from apps.forecasts.scenarios.reading import read_scenario
from apps.forecasts.views.traffic import editable_design


@require_POST
def fault_add(request: UserRequest, design_id: UUID) -> HttpResponse:
    design = editable_design(request, design_id)
    form = NewFaultForm(request.POST)
    if not form.is_valid():
        messages.error(request, "That fault cannot be added: it lacks what, when or how long.")
        return _report(design)
    faults = [*scenario_of(design).body.get("faults", ()), form.fault()]
    return _saved(request, design, faults)


@require_POST
def fault_remove(request: UserRequest, design_id: UUID) -> HttpResponse:
    design = editable_design(request, design_id)
    form = FaultPlaceForm(request.POST)
    faults = list(scenario_of(design).body.get("faults", ()))
    place = form.cleaned_data["place"] if form.is_valid() else len(faults)
    if place >= len(faults) or faults[place]["kind"] != form.cleaned_data["kind"]:
        messages.error(request, "That fault is no longer in the scenario.")
        return _report(design)
    del faults[place]
    return _saved(request, design, faults)


def _saved(request: UserRequest, design: Design, faults: list[dict[str, Any]]) -> HttpResponse:
    """Keep the scenario with these faults, if the engine takes them."""
    body = {**scenario_of(design).body, "faults": faults}
    try:
        read_scenario(design.latest(), body).check()
        save_scenario(design=design, body=body, author=request.user)
    except (DesignNotRunnable, InvalidScenario) as error:
        messages.error(request, str(error))
    return _report(design)


def _report(design: Design) -> HttpResponse:
    return redirect(f"{reverse('forecasts:report', args=[design.pk])}#faults")
