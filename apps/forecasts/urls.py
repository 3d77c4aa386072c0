from __future__ import annotations

from django.urls import path

from apps.forecasts.views import report

app_name = "forecasts"

urlpatterns = [
    path("designs/<uuid:design_id>/forecast/", report.report, name="report"),
]
