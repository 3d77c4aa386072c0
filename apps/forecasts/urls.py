from __future__ import annotations

from django.urls import path

from apps.forecasts.views import (
    api,
    design_page,
    export,
    faults,
    home,
    report,
    samples,
    scenario_file,
    traffic,
    working,
)

app_name = "forecasts"

urlpatterns = [
    path("", home.home, name="home"),
    path("api/forecast/", api.forecast_sent, name="api_forecast"),
    path("api/designs/<uuid:design_id>/forecast/", api.design_forecast, name="api_design_forecast"),
    path("api/designs/<uuid:design_id>/versions/", api.design_versions, name="api_design_versions"),
    path("designs/<uuid:design_id>/", design_page.design_page, name="design"),
    path("designs/<uuid:design_id>/forecast/", report.report, name="report"),
    path("designs/<uuid:design_id>/traffic/", traffic.traffic, name="traffic"),
    path("designs/<uuid:design_id>/export/", export.export_page, name="export"),
    path("designs/<uuid:design_id>/export/<slug:name>/", export.export_file, name="export_file"),
    path("designs/<uuid:design_id>/assumptions/", traffic.assume, name="assume"),
    path("designs/<uuid:design_id>/faults/add/", faults.fault_add, name="fault_add"),
    path("designs/<uuid:design_id>/faults/remove/", faults.fault_remove, name="fault_remove"),
    path(
        "designs/<uuid:design_id>/traffic/scenario.json",
        scenario_file.scenario_export,
        name="scenario_export",
    ),
    path(
        "designs/<uuid:design_id>/traffic/upload/",
        scenario_file.scenario_import,
        name="scenario_import",
    ),
    path("forecasts/<uuid:forecast_id>/", working.working, name="working"),
    path("forecasts/<uuid:forecast_id>/stop/", working.working_stop, name="working_stop"),
    path("forecasts/<uuid:forecast_id>/again/", working.working_again, name="working_again"),
    path("forecasts/<uuid:forecast_id>/samples/", samples.samples, name="samples"),
    path("forecasts/<uuid:forecast_id>/samples/start/", samples.start, name="samples_start"),
    path("forecasts/<uuid:forecast_id>/samples/stop/", samples.stop, name="samples_stop"),
]
