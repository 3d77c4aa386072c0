"""The page of a design: its diagram or list with the use of every component, and its verdict."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.http import UserRequest
from apps.designs.models import Design, Version
from apps.designs.panel import panel_of
from apps.engine.traffic.reading import InvalidScenario
from apps.forecasts.actions import DesignNotRunnable, facts_for, scenario_to_read
from apps.forecasts.background import BeingForecast, answer_or_start
from apps.forecasts.models import Forecast
from apps.forecasts.old_facts import with_old_facts
from apps.forecasts.presenting import Directory, Report, report_of, without_unmet
from apps.forecasts.presenting.diagram import diagram_of, peak_of
from apps.forecasts.presenting.verdict import change_of

VIEWS = ("diagram", "list")


@require_safe
def design_page(request: UserRequest, design_id: UUID) -> HttpResponse:
    designs = Design.objects.visible_to(request.user).with_role_of(request.user)
    loaded = designs.with_team().with_head().select_related("scenario")
    design = get_object_or_404(loaded, id=design_id)
    view = request.GET.get("view", "")
    context = _page(design, request.GET.get("component", ""), view if view in VIEWS else "")
    return render(request, "forecasts/design.html", context)


def _page(design: Design, asked: str, view: str) -> dict[str, Any]:
    version = design.latest()
    names = Directory(version.architecture(), design.get_absolute_url())
    context = _verdict(design, version, names)
    found, selected = context.get("report"), _selected(names, asked, context.get("report"))
    summary = context.pop("summary", None)
    if selected and summary is not None and found is not None:
        context["peak"] = peak_of(selected, found.limits, summary)
    diagram = diagram_of(
        names,
        summary=summary,
        selected=selected,
        suffix=f"&view={view}#panel" if view else "#panel",
        users_href=reverse("forecasts:traffic", args=[design.pk]),
    )
    context |= {"can_edit": design.is_editable} | (panel_of(design, version, selected) or {})
    return context | {
        "design": design,
        "version": version,
        "view": view,
        "diagram": diagram,
        "selected": names[selected] if selected else None,
        "components": len(names),
        "links": len(names.architecture.links),
        "not_modelled": [where for where in names if not where.is_modelled],
        "warnings": names.architecture.warnings,
    }


def _verdict(design: Design, version: Version, names: Directory) -> dict[str, Any]:
    """Return the report with what it was before the last change, or why there is none."""
    kept = scenario_to_read(design)
    try:
        scenario = kept.parsed()
        facts, now = facts_for(scenario), timezone.now()
        forecast = answer_or_start(version=version, scenario=scenario, now=now, facts=facts)
    except BeingForecast as wait:
        return {"waiting": wait.forecast}
    except (DesignNotRunnable, InvalidScenario) as error:
        return {"problem": str(error)}
    report = report_of(with_old_facts(forecast.summary, facts, now.date()), names)
    return {
        "summary": without_unmet(forecast.summary),
        "report": report,
        "scenario": kept,
        "made_at": forecast.created_at,
        "change": change_of(forecast.summary, _before(version, forecast)),
    }


def _before(version: Version, forecast: Forecast) -> float | None:
    """Return the users that the version before held under the same scenario, if it was asked."""
    if version.parent_id is None:
        return None
    kept = Forecast.objects.filter(version=version.parent_id, state=Forecast.State.DONE)
    last = kept.only("holds_users", "scenario").order_by("-created_at").first()
    if last is None or last.scenario != forecast.scenario:
        return None
    return last.holds_users


def _selected(names: Directory, asked: str, report: Report | None) -> str:
    """Return the component that the panel shows: the asked one, else where the limit is."""
    ids = [where.id for where in names]
    first = report.first.where.id if report and report.first else ""
    return next((one for one in (asked, first) if one in ids), ids[0] if ids else "")
