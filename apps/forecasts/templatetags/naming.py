"""How a component is named in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

# Django imports every library of tags when it reads its first template.
if TYPE_CHECKING:
    from apps.forecasts.presenting.names import Named

register = template.Library()


@register.simple_tag
def named(where: Named) -> SafeString:
    """The component's name, as a link where it stands in the diagram."""
    if not where.href:
        return format_html("{}", where.name)
    return format_html('<a href="{}">{}</a>', where.href, where.name)
