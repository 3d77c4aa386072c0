"""The traffic of a design: who comes, when, and what "holds" is to mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.http import UserRequest
from apps.designs.models import Design
from apps.engine.traffic.reading import InvalidScenario
from apps.facts.reader import regions
from apps.forecasts.actions import (
    DesignNotRunnable,
    ScenarioConflict,
    save_scenario,
    scenario_of,
)
from apps.forecasts.forms.assume import AssumeForm
from apps.forecasts.forms.traffic import TrafficForm, offered_event, with_row
from apps.forecasts.models import Scenario
from apps.forecasts.scenarios.assuming import with_value
from apps.forecasts.scenarios.faults import FAULTS
from apps.forecasts.scenarios.reading import Reading, read_scenario


@require_http_methods(["GET", "HEAD", "POST"])
def traffic(request: UserRequest, design_id: UUID) -> HttpResponse:
    if request.method == "POST":
        return _posted(request, editable_design(request, design_id))
    designs = Design.objects.visible_to(request.user).with_role_of(request.user)
    design = get_object_or_404(designs.with_team().with_head(), id=design_id)
    return traffic_page(request, design, scenario_of(design))


@require_POST
def assume(request: UserRequest, design_id: UUID) -> HttpResponse:
    """Set one assumed value, or leave it to the assumption again, and ask for the verdict."""
    design = editable_design(request, design_id)
    form = AssumeForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.sentence())
        return redirect("forecasts:report", design.pk)
    try:
        body = with_value(scenario_of(design).body, *form.key(), form.cleaned_data["value"])
        read_scenario(design.latest(), body).check()
        save_scenario(design=design, body=body, author=request.user)
    except (DesignNotRunnable, InvalidScenario) as error:
        messages.error(request, str(error))
    return redirect("forecasts:report", design.pk)


def editable_design(request: UserRequest, design_id: UUID) -> Design:
    """Return a design that the person may change; for anybody else it does not exist."""
    designs = Design.objects.editable_by(request.user).with_role_of(request.user)
    return get_object_or_404(designs.with_team().with_head(), id=design_id)


def traffic_page(
    request: UserRequest,
    design: Design,
    scenario: Scenario,
    *,
    form: TrafficForm | None = None,
    reading: Reading | None = None,
    problem: str = "",
    revision: int | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the page; `form` and `reading` are of what was typed, if anything was."""
    kept = read_scenario(design.latest(), scenario.body)
    form = form or _form(scenario, kept, None)
    context: dict[str, Any] = {
        "design": design,
        "version": design.latest(),
        "scenario": scenario,
        # A refused form is still made from the revision that it was opened with.
        "revision": scenario.revision if revision is None else revision,
        "form": form,
        "reading": reading or kept,
        "offer": offered_event(kept.preset)[0],
        "faults_offered": [(kind, label) for kind, (label, _) in FAULTS.items()],
        "problem": problem,
    }
    return render(request, "forecasts/traffic.html", context, status=status)


def _posted(request: UserRequest, design: Design) -> HttpResponse:
    scenario = scenario_of(design)
    kept = read_scenario(design.latest(), scenario.body)
    if request.POST.get("add"):
        return _with_row(request, design, scenario, kept)
    form = _form(scenario, kept, request.POST)
    if request.POST.get("preview"):
        return _preview(request, design, form)
    if not form.is_valid():
        return _refused(request, design, scenario, form)
    return _save(request, design, scenario, form)


def _with_row(
    request: UserRequest, design: Design, scenario: Scenario, kept: Reading
) -> HttpResponse:
    """Show the page as it was typed with one row more; nothing is saved yet."""
    form = _form(scenario, kept, with_row(request.POST, request.POST["add"]))
    reading = read_scenario(design.latest(), form.typed()) if form.is_valid() else None
    revision = form.scenario.cleaned_data.get("revision")
    return traffic_page(request, design, scenario, form=form, reading=reading, revision=revision)


def _preview(request: UserRequest, design: Design, form: TrafficForm) -> HttpResponse:
    """Show what the typed numbers make; it is a look, so that nothing is refused."""
    context: dict[str, Any] = {"design": design}
    if form.is_valid():
        context["reading"] = reading = read_scenario(design.latest(), form.typed())
        if reading.problem:
            form.refuse(reading.problem)
    context["problem"] = form.first_error()
    return render(request, "forecasts/traffic.html#load", context)


def _save(
    request: UserRequest, design: Design, scenario: Scenario, form: TrafficForm
) -> HttpResponse:
    body = form.typed()
    based_on = form.scenario.cleaned_data["revision"]
    try:
        save_scenario(design=design, body=body, author=request.user, based_on=based_on)
    except ScenarioConflict as error:
        # Whoever saves once more has been told.
        scenario.revision = error.revision
        reading = read_scenario(design.latest(), body)
        return traffic_page(
            request, design, scenario, form=form, reading=reading, problem=str(error), status=409
        )
    except DesignNotRunnable as error:
        form.refuse(str(error))
        return _refused(request, design, scenario, form)
    return redirect("forecasts:report", design.pk)


def _refused(
    request: UserRequest, design: Design, scenario: Scenario, form: TrafficForm
) -> HttpResponse:
    revision = form.scenario.cleaned_data.get("revision")
    return traffic_page(request, design, scenario, form=form, revision=revision, status=422)


def _form(scenario: Scenario, kept: Reading, data: Any) -> TrafficForm:
    body: Mapping[str, Any] = scenario.body
    return TrafficForm(
        data, body=body, inputs=kept.inputs, regions=regions(), drivers=scenario.drivers()
    )
