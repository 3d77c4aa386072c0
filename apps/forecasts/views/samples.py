"""More samples of a forecast: start them, see how far they are, stop them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from apps.accounts.http import UserRequest
from apps.forecasts.models import Forecast, Sampling
from apps.forecasts.sampling import MORE, start_samples, stop_samples


def sampling_of(forecast: Forecast, *, can_edit: bool) -> dict[str, Any]:
    """Return what the report shows of more samples of a forecast: a query."""
    sampling = Sampling.objects.filter(forecast=forecast).with_progress().first()
    return {
        "forecast": forecast,
        "sampling": sampling,
        "more": MORE,
        "can_edit": can_edit,
        "seconds_left": sampling.seconds_left(timezone.now()) if sampling else None,
    }


@require_safe
@vary_on_headers("HX-Request")
def samples(request: UserRequest, forecast_id: UUID) -> HttpResponse:
    forecasts = Forecast.objects.visible_to(request.user).with_design().without_summary()
    forecast = get_object_or_404(forecasts, id=forecast_id)
    if not request.htmx:
        return _report(forecast)
    can_edit = Forecast.objects.editable_by(request.user).filter(pk=forecast.pk).exists()
    context = sampling_of(forecast, can_edit=can_edit)
    if not (context["sampling"] and context["sampling"].is_running):
        # The ranges of the whole page have changed.
        return HttpResponseClientRefresh()
    return render(request, "forecasts/report/_sampling.html", context)


@require_POST
def start(request: UserRequest, forecast_id: UUID) -> HttpResponse:
    done = Forecast.objects.editable_by(request.user).filter(state=Forecast.State.DONE)
    forecast = get_object_or_404(done.with_design().without_summary(), id=forecast_id)
    start_samples(forecast=forecast, now=timezone.now())
    return _report(forecast)


@require_POST
def stop(request: UserRequest, forecast_id: UUID) -> HttpResponse:
    samplings = Sampling.objects.editable_by(request.user).select_related("forecast__version")
    sampling = get_object_or_404(samplings, forecast=forecast_id)
    stop_samples(sampling=sampling, now=timezone.now())
    return _report(sampling.forecast)


def _report(forecast: Forecast) -> HttpResponse:
    return redirect(f"{reverse('forecasts:report', args=[forecast.version.design_id])}#samples")
