"""A forecast that is being worked out: how far it is, stop it, try it again."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect

from apps.accounts.http import UserRequest
from apps.forecasts.background import try_again
from apps.forecasts.models import Forecast


@require_safe
@vary_on_headers("HX-Request")
def working(request: UserRequest, forecast_id: UUID) -> HttpResponse:
    forecasts = Forecast.objects.visible_to(request.user).with_design().without_summary()
    forecast = get_object_or_404(forecasts, id=forecast_id)
    if forecast.is_done:
        report = redirect("forecasts:report", forecast.version.design_id)
        return HttpResponseClientRedirect(report.url) if request.htmx else report
    context = {
        "forecast": forecast,
        "design": forecast.version.design,
        "seconds_left": forecast.seconds_left(timezone.now()),
        "can_edit": Forecast.objects.editable_by(request.user).filter(pk=forecast.pk).exists(),
    }
    template = "forecasts/working.html#working" if request.htmx else "forecasts/working.html"
    return render(request, template, context)


@require_POST
def working_stop(request: UserRequest, forecast_id: UUID) -> HttpResponse:
    forecast = get_object_or_404(Forecast.objects.editable_by(request.user), id=forecast_id)
    forecast.stop(timezone.now())
    return redirect("forecasts:working", forecast.pk)


@require_POST
def working_again(request: UserRequest, forecast_id: UUID) -> HttpResponse:
    forecast = get_object_or_404(Forecast.objects.editable_by(request.user), id=forecast_id)
    try_again(forecast=forecast, now=timezone.now())
    return redirect("forecasts:working", forecast.pk)
