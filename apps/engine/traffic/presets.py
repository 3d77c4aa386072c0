"""Typical habits by kind of application. Typical, with their source; never truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from apps.engine.catalog.base import Spread, about

# Mixpanel Benchmarks 2026, mwm.ai 2026, Imperva Bad Bot Report 2025, Contentsquare 2022, HTTP
# Archive Web Almanac 2024, June and Sequoia on stickiness: secondary pages, so ranges are wide.
SOURCE = "Typical for this kind of application (secondary sources, 2022–2026)"


@dataclass(frozen=True, slots=True)
class Preset:
    """One row of the table of habits, per daily user."""

    label: str
    daily_per_monthly: Spread
    visits: Spread
    actions: Spread
    requests: Spread
    busiest_hour: Spread
    curve: str
    week: tuple[float, ...]
    bots_per_request: float
    offer: str
    minutes: float = 5.0


def _habit(expected: float, *, unit: str = "", down: float = 0.5, up: float = 2.0) -> Spread:
    return about(expected, down=down, up=up, rule=SOURCE, unit=unit)


def _preset(
    label: str,
    stickiness: float,
    visits: float,
    actions: float,
    requests: float,
    hour: float,
    curve: str,
    week: str,
    bots: float,
    offer: str,
) -> Preset:
    return Preset(
        label,
        _habit(stickiness),
        _habit(visits, unit="visits a day"),
        _habit(actions, unit="actions a visit"),
        _habit(requests, unit="requests an action"),
        _habit(hour, unit="% of the day", down=0.75, up=1.5),
        curve,
        WEEKS[week],
        bots,
        offer,
    )


WEEKS: Mapping[str, tuple[float, ...]] = {
    "flat": (1.0,) * 7,
    "news": (1.0, 1.0, 1.0, 1.0, 1.0, 0.8, 0.8),
    "shop": (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.2),
    "office": (1.0, 1.0, 1.0, 1.0, 0.9, 0.1, 0.1),
    "workdays": (1.0, 1.0, 1.0, 1.0, 1.0, 0.05, 0.05),
    "weekend": (1.0, 1.0, 1.0, 1.0, 1.0, 1.3, 1.3),
    "finance": (1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5),
}

PRESET_TABLE: Mapping[str, Preset] = {
    "content": _preset(
        "Content or news", 0.12, 1.5, 3, 1, 8, "consumer", "news", 1.0, "front page ×20, 15 min"
    ),
    "web-shop": _preset(
        "Web shop", 0.10, 1.2, 5.4, 3, 9, "consumer", "shop", 1.0, "sale ×10, ramp 60 s"
    ),
    "b2b-saas": _preset(
        "B2B SaaS", 0.15, 3, 20, 3, 13, "office", "office", 0.05, "Monday 09:00 ×2 in 10 min"
    ),
    "internal-tool": _preset(
        "Internal tool", 0.60, 4, 15, 3, 15, "office", "workdays", 0.0, "month end ×3"
    ),
    "mobile-app": _preset(
        "Consumer mobile app", 0.20, 2.9, 6, 2, 8, "consumer", "flat", 0.1, "push"
    ),
    "social": _preset(
        "Social or chat", 0.30, 8, 10, 2, 8, "consumer", "flat", 0.1, "breaking news ×5"
    ),
    "casual-game": _preset(
        "Casual game", 0.20, 4, 10, 1, 9, "consumer", "weekend", 0.05, "season start ×8"
    ),
    "finance": _preset(
        "Finance", 0.11, 1.5, 4, 4, 9, "consumer", "finance", 0.3, "payday 08:00 ×3"
    ),
    "learning": _preset(
        "Learning", 0.10, 1.5, 15, 3, 11, "office", "workdays", 0.1, "exam start ×30 in 60 s"
    ),
    "public-forms": _preset(
        "Public forms", 0.02, 1, 8, 2, 12, "office", "workdays", 0.3, "deadline day ×15"
    ),
    "iot": _preset("IoT", 1.0, 1440, 1, 1, 4.2, "flat", "flat", 0.0, "all reconnect in 60 s"),
    "partner-api": _preset(
        "Partner API", 1.0, 1000, 1, 1, 6, "flat", "flat", 0.0, "replay of a 1 h backlog"
    ),
    "live-event": _preset("Live event or vote", 0.5, 1, 12, 1, 20, "evening", "flat", 0.3, "vote"),
}

# A curve to this power is a single hour.
_STEEPEST = 500.0
# Shapes of a day, hour by hour; only their form counts, the busiest hour sets how steep they are.
CURVES: Mapping[str, tuple[float, ...]] = {
    "flat": (1.0,) * 24,
    "consumer": (
        28, 18, 12, 9, 8, 11, 20, 35, 50, 60, 66, 70,
        74, 72, 68, 66, 68, 74, 84, 94, 100, 96, 76, 48,
    ),
    "office": (
        3, 2, 2, 2, 3, 5, 12, 35, 75, 98, 100, 94,
        70, 84, 96, 92, 78, 48, 24, 16, 12, 9, 6, 4,
    ),
    "evening": (
        10, 5, 3, 2, 2, 2, 3, 5, 8, 10, 12, 14,
        16, 16, 16, 18, 22, 30, 50, 80, 100, 80, 45, 22,
    ),
}  # fmt: skip
CURVE_NAMES: Mapping[str, str] = {
    "consumer-one-country": "consumer",
    "office-hours": "office",
    "flat": "flat",
    "evening-event": "evening",
}


@lru_cache(maxsize=256)
def hour_shares(curve: str, busiest_percent: float) -> tuple[float, ...]:
    """Return 24 shares of a day whose busiest hour takes `busiest_percent`.

    Parameters
    ----------
    curve : str
        Name of a curve of `CURVES`.
    busiest_percent : float
        Share of the busiest hour. [%]

    Returns
    -------
    tuple of float, shape (24,)
        Shares by hour; they sum to 1. [-]
    """
    busiest = max(CURVES[curve])
    base = [hour / busiest for hour in CURVES[curve]]
    low, high = 0.0, _STEEPEST
    for _ in range(80):
        power = (low + high) / 2
        # The busiest hour stays 1, whatever the power.
        if 100.0 / sum([hour**power for hour in base]) < busiest_percent:
            low = power
        else:
            high = power
    shares = [hour**power for hour in base]
    total = sum(shares)
    return tuple(share / total for share in shares)
