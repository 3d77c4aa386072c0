"""The door for pipelines that cannot run `manage.py`: docs/api.md."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from apps.accounts.api import ApiRequest, Refusal, api_view
from apps.accounts.models import ApiToken
from apps.designs.actions import EditConflict, reimport
from apps.designs.forms import FilesForm
from apps.designs.models import Design, Version
from apps.designs.models.design import DesignQuerySet
from apps.designs.reading import UnreadableTemplate, read_upload
from apps.engine.forecast import forecast, summary_of
from apps.engine.graph import Architecture
from apps.engine.traffic.reading import InvalidScenario
from apps.forecasts.actions import (
    NOT_RUNNABLE,
    DesignNotRunnable,
    facts_for,
    scenario_to_read,
)
from apps.forecasts.background import SLOW_FROM, BeingForecast, answer_or_start, is_slow
from apps.forecasts.forms.api import ForecastForm, checked
from apps.forecasts.models import Forecast
from apps.forecasts.old_facts import with_old_facts
from apps.forecasts.rendering.forms import Told, written

Scope = ApiToken.Scope
# A large design is done within some minutes, most within some seconds. [s]
COME_AGAIN_S: Final = 5
TOO_LARGE: Final = (
    f"A design of more than {SLOW_FROM} components and links is not worked out while you wait: "
    "send it as a version of a design, whose forecast a worker makes."
)


@api_view(Scope.FORECAST, "POST")
def forecast_sent(request: ApiRequest) -> HttpResponse:
    """Forecast a template that is sent, as `manage.py forecast --format json`; keep nothing."""
    form: ForecastForm = checked(ForecastForm, request)
    files = form.contents()
    try:
        scenario, architecture = form.question(), read_upload(files)
        if is_slow(architecture):
            raise Refusal(422, TOO_LARGE)
        facts = facts_for(scenario)
        summary = summary_of(forecast(architecture, scenario, facts))
    except (UnreadableTemplate, DesignNotRunnable, *NOT_RUNNABLE) as error:
        raise Refusal(422, str(error)) from error
    summary = with_old_facts(summary, facts, timezone.localdate())
    return _told(Told(summary=summary, architecture=architecture))


@api_view(Scope.READ, "GET")
def design_forecast(request: ApiRequest, design_id: UUID) -> HttpResponse:
    """Send the forecast that the page of a design shows: of its newest version and its traffic."""
    designs = _designs(request, Design.objects.visible_to(request.user))
    design = get_object_or_404(designs, id=design_id)
    version, now = design.latest(), timezone.now()
    try:
        scenario = scenario_to_read(design).parsed()
        facts = facts_for(scenario)
        made = answer_or_start(version=version, scenario=scenario, now=now, facts=facts)
    except BeingForecast as wait:
        return _waiting(wait.forecast)
    except (DesignNotRunnable, InvalidScenario) as error:
        raise Refusal(422, str(error)) from error
    summary = with_old_facts(made.summary, facts, now.date())
    return _told(Told(summary=summary, architecture=version.architecture(), name=design.name))


@api_view(Scope.IMPORT, "POST")
def design_versions(request: ApiRequest, design_id: UUID) -> HttpResponse:
    """Keep a template as the next version of a design, unless it says what the newest says."""
    designs = _designs(request, Design.objects.editable_by(request.user))
    design = get_object_or_404(designs, id=design_id)
    form: FilesForm = checked(FilesForm, request)
    files = form.contents()
    try:
        # A pipeline that asks twice, or changed something else, makes no second version.
        if _is_same(read_upload(files), design.latest()):
            return _version(design, design.latest(), status=200)
        made = reimport(design=design, author=request.user, files=files)
    except UnreadableTemplate as error:
        raise Refusal(422, str(error)) from error
    except EditConflict as error:
        raise Refusal(409, f"{error} Send the template again to put it on top.") from error
    return _version(design, made, status=201)


def _designs(request: ApiRequest, designs: DesignQuerySet) -> DesignQuerySet:
    """Return those of the token's team, among what the person may see or change."""
    team_id = request.api_token.membership.team_id
    return designs.filter(team=team_id).select_related("team", "head", "scenario")


def _is_same(read: Architecture, newest: Version) -> bool:
    return read.to_dict() == newest.architecture().to_dict()


def _told(told: Told) -> HttpResponse:
    return HttpResponse(written(told, "json") + "\n", content_type="application/json")


def _waiting(row: Forecast) -> HttpResponse:
    if row.state == Forecast.State.FAILED:
        raise Refusal(422, row.reason)
    body = {"schema": "headroom/waiting/1", "state": row.state, "progress": row.progress}
    return JsonResponse(body, status=202, headers={"Retry-After": str(COME_AGAIN_S)})


def _version(design: Design, version: Version, *, status: int) -> HttpResponse:
    where = reverse("forecasts:api_design_forecast", args=[design.pk])
    body = {
        "schema": "headroom/version/1",
        "design": str(design.pk),
        "version": version.number,
        "forecast": where,
    }
    return JsonResponse(body, status=status)
