"""The report of a design: how many users it holds, what breaks first, what it costs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect

from apps.accounts.http import UserRequest
from apps.designs.models import Design
from apps.engine.traffic.reading import InvalidScenario
from apps.forecasts.actions import DesignNotRunnable, facts_for, scenario_to_read
from apps.forecasts.background import BeingForecast, answer_or_start, is_slow
from apps.forecasts.old_facts import with_old_facts
from apps.forecasts.presenting import Directory, report_of
from apps.forecasts.presenting.change import changes_of
from apps.forecasts.presenting.sizes import sizes_of
from apps.forecasts.size_form import SizeForm
from apps.forecasts.views.samples import sampling_of
from apps.forecasts.what_if import summary_at


@require_safe
@vary_on_headers("HX-Request")
def report(request: UserRequest, design_id: UUID) -> HttpResponse:
    designs = Design.objects.visible_to(request.user).with_role_of(request.user)
    loaded = designs.with_team().with_head().select_related("scenario")
    design = get_object_or_404(loaded, id=design_id)
    context: dict[str, Any] = {"design": design, "version": design.latest()}
    try:
        context |= _answer(design, SizeForm(request.GET).users_or_none())
    except BeingForecast as wait:
        page = redirect("forecasts:working", wait.forecast.pk)
        return HttpResponseClientRedirect(page.url) if request.htmx else page
    except (DesignNotRunnable, InvalidScenario) as error:
        context["problem"] = str(error)
    template = "forecasts/report.html#report" if request.htmx else "forecasts/report.html"
    return render(request, template, context)


def _answer(design: Design, users: float | None) -> dict[str, Any]:
    """Return the report at the scenario's size, or at another one.

    Raises
    ------
    DesignNotRunnable, InvalidScenario
        If there is no answer; the message says why.
    BeingForecast
        If a worker has the question.
    """
    kept, version = scenario_to_read(design), design.latest()
    scenario, made, architecture = kept.parsed(), None, version.architecture()
    facts, is_quick = facts_for(scenario), not is_slow(architecture)
    # Other sizes are worked out while the person waits, so only where that takes a second.
    now = timezone.now()
    if users is None or users == scenario.population.value or not is_quick:
        made = answer_or_start(version=version, scenario=scenario, now=now, facts=facts)
        summary = made.summary
    else:
        summary = summary_at(version=version, scenario=scenario, users=users, facts=facts)
    dated = with_old_facts(summary, facts, now.date())
    return {
        "scenario": kept,
        "scenario_users": scenario.population.value,
        "report": report_of(dated, Directory(architecture, design.get_absolute_url())),
        "changes": changes_of(summary, architecture, scenario, facts),
        "sizes": sizes_of(summary, scenario.population.value) if is_quick else (),
        "made_at": made.created_at if made else None,
    } | (sampling_of(made, can_edit=design.is_editable) if made else {})
