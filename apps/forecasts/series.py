"""The files that hold the days of forecasts, minute by minute."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.core.files.storage import default_storage

from apps.forecasts.models import Forecast

FOLDER: Final = "series"
# A file is written before its row, so a young one may still get it.
YOUNG: Final = timedelta(hours=1)


def sweep_series(*, now: datetime) -> int:
    """Delete the files that no forecast points at; return how many."""
    kept = set(Forecast.objects.exclude(series="").values_list("series", flat=True))
    stale = [key for key in _keys() if key not in kept and _is_old(key, now)]
    for key in stale:
        default_storage.delete(key)
    return len(stale)


def _keys() -> list[str]:
    try:
        _, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:  # Nothing was forecast yet.
        return []
    return [f"{FOLDER}/{name}" for name in names]


def _is_old(key: str, now: datetime) -> bool:
    return default_storage.get_modified_time(key) < now - YOUNG
