"""Events that a page offers to add, each as the scenario file writes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Event = Mapping[str, Any]


def _rush(
    name: str, factor: float, *, at: str = "20:00:00", ramp: int = 60, hold: int = 1800
) -> Event:
    return {
        "name": name,
        "at": at,
        "ramp_s": ramp,
        "hold_s": hold,
        "decay_s": hold // 2,
        "factor": factor,
    }


PUSH: Event = {
    "name": "push message",
    "at": "18:00:00",
    "recipients_share": 0.6,
    "open_share": 0.03,
    "median_open_s": 420,
    "requests_per_open": 4,
}
VOTE: Event = {
    "name": "vote",
    "at": "20:00:00",
    "hold_s": 600,
    "users_share": 0.5,
    "requests_per_user": 12,
}
# What a preset's kind of application has to survive, by preset.
OFFERS: Mapping[str, Event] = {
    "content": _rush("front page", 20, at="12:00:00", hold=900),
    "web-shop": _rush("sale", 10),
    "b2b-saas": _rush("Monday morning", 2, at="09:00:00", ramp=300, hold=600),
    "internal-tool": _rush("month end", 3, at="15:00:00", ramp=600, hold=7200),
    "mobile-app": PUSH,
    "social": _rush("breaking news", 5),
    "casual-game": _rush("season start", 8, hold=3600),
    "finance": _rush("payday", 3, at="08:00:00", hold=3600),
    "learning": _rush("exam start", 30, at="10:00:00", hold=600),
    "public-forms": _rush("last hour before the deadline", 40, at="22:00:00", ramp=600, hold=5400),
    "iot": _rush("all reconnect", 10, at="12:00:00", ramp=5, hold=60),
    "partner-api": _rush("replay of a backlog", 10, at="06:00:00", hold=3600),
    "live-event": VOTE,
}
# The kinds of events, whatever the preset.
SHAPES: Mapping[str, tuple[str, Event]] = {
    "rush": ("Rush: all traffic times a factor", _rush("rush", 5)),
    "vote": ("Many at once: a share of the users", VOTE),
    "push": ("Push message", PUSH),
}


def shape_of(event: Event) -> str:
    """Return which kind of event it is: 'push', 'vote' or 'rush'."""
    if event.get("recipients_share") is not None:
        return "push"
    return "vote" if event.get("users_share") is not None else "rush"
