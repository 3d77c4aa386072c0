"""Scenarios of a design, and the forecasts that were made with them."""

from __future__ import annotations

from apps.forecasts.models.forecast import Forecast
from apps.forecasts.models.scenario import Scenario

__all__ = ["Forecast", "Scenario"]
