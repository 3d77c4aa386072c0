"""Scenarios of a design, the forecasts that were made with them, and more samples of these."""

from __future__ import annotations

from apps.forecasts.models.forecast import Forecast
from apps.forecasts.models.sampling import SampleSlice, Sampling
from apps.forecasts.models.scenario import Scenario

__all__ = ["Forecast", "SampleSlice", "Sampling", "Scenario"]
