"""The tab row of a design, the same on every page of it."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from project.templatetags.ui import tabs as draw_tabs

register = template.Library()

# Key, what it is called, and the name of its address.
TABS = (
    ("design", "Design", "forecasts:design"),
    ("traffic", "Traffic", "forecasts:traffic"),
    ("forecast", "Forecast", "forecasts:report"),
    ("export", "Export", "forecasts:export"),
    ("history", "History", "designs:history"),
)


@register.inclusion_tag("ui/tabs.html")
def design_tabs(design: Any, current: str) -> dict[str, Any]:
    """Draw the tabs of a design, with one of them as the page that is open."""
    return draw_tabs(
        [
            {"label": label, "href": reverse(name, args=[design.pk]), "current": key == current}
            for key, label, name in TABS
        ]
    )
