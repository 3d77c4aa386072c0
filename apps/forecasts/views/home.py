"""The front page: what every design of my teams holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.http import UserRequest
from apps.accounts.models import Team
from apps.designs.models import Design
from apps.engine.headroom.beyond import LIMIT_BEYOND
from apps.forecasts.models import Forecast
from apps.forecasts.user_units import unit_words


@dataclass(frozen=True, slots=True)
class DesignRow:
    """A design with its newest forecast, if there is one."""

    design: Design
    forecast: Forecast | None

    beyond = LIMIT_BEYOND

    @property
    def unit_words(self) -> str:
        return unit_words(self.forecast.users_unit) if self.forecast else ""

    @property
    def is_stale(self) -> bool:
        return self.forecast is not None and self.forecast.version_id != self.design.head_id

    @property
    def is_too_small(self) -> bool:
        return self.forecast is not None and self.forecast.is_too_small

    @property
    def has_range(self) -> bool:
        return self.forecast is not None and self.forecast.holds_low is not None

    @property
    def high(self) -> float:
        known = self.forecast.holds_high if self.forecast else None
        return LIMIT_BEYOND if known is None else known


@require_safe
def home(request: UserRequest) -> HttpResponse:
    rows = list(_rows(request))
    # Only who sees no design needs to know why.
    has_team = bool(rows) or Team.objects.visible_to(request.user).exists()
    return render(request, "forecasts/home.html", {"rows": rows, "has_team": has_team})


def _rows(request: UserRequest) -> Iterator[DesignRow]:
    designs = Design.objects.visible_to(request.user)
    newest = Forecast.objects.newest_of(designs).without_summary().select_related("version")
    by_design = {forecast.version.design_id: forecast for forecast in newest}
    for design in designs.with_team().with_head().order_by("name", "pk"):
        yield DesignRow(design, by_design.get(design.pk))
