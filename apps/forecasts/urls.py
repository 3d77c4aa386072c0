from __future__ import annotations

from apps.lazy_urls import pages_of

app_name = "forecasts"

page = pages_of("apps.forecasts.views")

urlpatterns = [
    page("", "home.home", "home"),
    page("api/forecast/", "api.forecast_sent", "api_forecast"),
    page("api/designs/<uuid:design_id>/forecast/", "api.design_forecast", "api_design_forecast"),
    page("api/designs/<uuid:design_id>/versions/", "api.design_versions", "api_design_versions"),
    page("designs/<uuid:design_id>/", "design_page.design_page", "design"),
    page("designs/<uuid:design_id>/forecast/", "report.report", "report"),
    page("designs/<uuid:design_id>/traffic/", "traffic.traffic", "traffic"),
    page("designs/<uuid:design_id>/export/", "export.export_page", "export"),
    page("designs/<uuid:design_id>/export/<slug:name>/", "export.export_file", "export_file"),
    page("designs/<uuid:design_id>/assumptions/", "traffic.assume", "assume"),
    page("designs/<uuid:design_id>/faults/add/", "faults.fault_add", "fault_add"),
    page("designs/<uuid:design_id>/faults/remove/", "faults.fault_remove", "fault_remove"),
    page(
        "designs/<uuid:design_id>/traffic/scenario.json",
        "scenario_file.scenario_export",
        "scenario_export",
    ),
    page(
        "designs/<uuid:design_id>/traffic/upload/",
        "scenario_file.scenario_import",
        "scenario_import",
    ),
    page("forecasts/<uuid:forecast_id>/", "working.working", "working"),
    page("forecasts/<uuid:forecast_id>/stop/", "working.working_stop", "working_stop"),
    page("forecasts/<uuid:forecast_id>/again/", "working.working_again", "working_again"),
    page("forecasts/<uuid:forecast_id>/samples/", "samples.samples", "samples"),
    page("forecasts/<uuid:forecast_id>/samples/start/", "samples.start", "samples_start"),
    page("forecasts/<uuid:forecast_id>/samples/stop/", "samples.stop", "samples_stop"),
]
