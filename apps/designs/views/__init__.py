"""Pages that change a design; what shows results on it stands above, in forecasts."""

from __future__ import annotations
