from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.forecasts.models import Forecast, Sampling, Scenario


@admin.register(Scenario)
class ScenarioAdmin(admin.ModelAdmin[Scenario]):
    list_display = ("design", "team", "name", "revision", "updated_at")
    list_filter = ("updated_at",)
    list_select_related = ("design__team",)
    list_per_page = 50
    search_fields = ("name", "design__name", "design__team__name")
    ordering = ("-updated_at", "-pk")
    # A form would take any JSON; the traffic page checks it.
    readonly_fields = ("design", "name", "body", "revision", "updated_at")

    @admin.display(ordering="design__team__name")
    def team(self, scenario: Scenario) -> str:
        return str(scenario.design.team)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Forecast)
class ForecastAdmin(admin.ModelAdmin[Forecast]):
    """Answers are history: to be read and searched, and never to be changed."""

    list_display = (
        "design",
        "version",
        "team",
        "state",
        "holds_users",
        "users_unit",
        "first_limit",
        "monthly_usd",
        "asked_at",
    )
    list_filter = ("state", "users_unit", "engine_version", "asked_at")
    list_per_page = 50
    search_fields = (
        "version__design__name",
        "version__design__team__name",
        "first_limit",
        "inputs_sha256",
        "reason",
    )
    ordering = ("-asked_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Forecast]:
        # A page of lists would read megabytes; the page of one row asks for its own.
        return Forecast.objects.with_design().without_summary().order_by(*self.ordering)

    @admin.display(ordering="version__design__name")
    def design(self, forecast: Forecast) -> str:
        return str(forecast.version.design)

    @admin.display(ordering="version__design__team__name")
    def team(self, forecast: Forecast) -> str:
        return str(forecast.version.design.team)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Forecast | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Forecast | None = None) -> bool:
        return False


@admin.register(Sampling)
class SamplingAdmin(admin.ModelAdmin[Sampling]):
    """What workers do or did, to be read: how many samples, and why there are no more."""

    list_display = ("design", "team", "state", "count", "reached", "reason", "asked_at")
    list_filter = ("state", "asked_at")
    list_select_related = ("forecast__version__design__team",)
    list_per_page = 50
    search_fields = ("forecast__version__design__name", "reason")
    ordering = ("-asked_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sampling]:
        long = ("forecast__summary", "forecast__scenario", "forecast__version__graph")
        return super().get_queryset(request).defer(*long)

    @admin.display(ordering="forecast__version__design__name")
    def design(self, sampling: Sampling) -> str:
        return str(sampling.forecast.version.design)

    @admin.display(ordering="forecast__version__design__team__name")
    def team(self, sampling: Sampling) -> str:
        return str(sampling.forecast.version.design.team)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Sampling | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Sampling | None = None) -> bool:
        return False
