"""Icons of the interface, inline, and the glyph of each kind, as a file.

A sprite is not used: browsers refuse `<use>` from the separate host of static files.
"""

from __future__ import annotations

import re
from functools import cache

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# Strokes on a field of 16 by 16.
ICONS = {
    "chevron": '<path d="m4 6 4 4 4-4"/>',
    "close": '<path d="m4 4 8 8M12 4l-8 8"/>',
    "compare": '<path d="M3 5h9M9.5 2.5 12 5 9.5 7.5M13 11H4M6.5 8.5 4 11l2.5 2.5"/>',
    "dash": '<path d="M4 8h8"/>',
    "document": '<path d="M4 2h5.5L12 4.5V14H4zM9.5 2v2.5H12"/>',
    "download": '<path d="M8 3v7M5 7.5 8 10.5l3-3M3 13h10"/>',
    "edit": '<path d="M3 13v-2.5L10.5 3 13 5.5 5.5 13z"/>',
    "fit": '<path d="M3 6V3h3M13 6V3h-3M3 10v3h3M13 10v3h-3"/>',
    "graph": '<path d="M2 6h4v4H2zM10 2h4v4h-4zM10 10h4v4h-4zM6 8h2V4h2M8 8v4h2"/>',
    "history": '<path d="M3 8a5 5 0 1 0 1.5-3.5M3 2.5v2.7h2.7M8 5.5V8l1.8 1.2"/>',
    "info": '<circle cx="8" cy="8" r="6"/><path d="M8 7.5V11M8 5h.01"/>',
    "kebab": '<path d="M8 3.5h.01M8 8h.01M8 12.5h.01"/>',
    "limit": '<path d="M8 2 14.5 13.5h-13z"/><path d="M8 6.5v3M8 11.5h.01"/>',
    "list": '<path d="M5.5 4H13M5.5 8H13M5.5 12H13M3 4h.01M3 8h.01M3 12h.01"/>',
    "lock": '<path d="M4 7h8v6H4zM5.5 7V5a2.5 2.5 0 0 1 5 0v2"/>',
    "ok": '<circle cx="8" cy="8" r="6"/><path d="m5.5 8.2 1.8 1.8 3.3-3.7"/>',
    "person": '<circle cx="8" cy="5.5" r="2.5"/><path d="M3 13.5c.4-2.7 2.4-4 5-4s4.6 1.3 5 4"/>',
    "play": '<path d="M4.5 3v10l8-5z"/>',
    "plus": '<path d="M8 3v10M3 8h10"/>',
    "redo": '<path d="M13 6H6.5a3.5 3.5 0 0 0 0 7H10M13 6l-3-3M13 6l-3 3"/>',
    "refresh": '<path d="M13 8a5 5 0 1 1-1.5-3.5M13 2.5v2.7h-2.7"/>',
    "search": '<circle cx="7" cy="7" r="4"/><path d="m10 10 3.5 3.5"/>',
    "theme": (
        '<circle cx="8" cy="8" r="2.8"/><path d="M8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2'
        'M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9"/>'
    ),
    "trash": '<path d="M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5"/>',
    "undo": '<path d="M3 6h6.5a3.5 3.5 0 0 1 0 7H6M3 6l3-3M3 6l3 3"/>',
    "up": '<path d="M8 13V3M4 7l4-4 4 4"/>',
    "upload": '<path d="M8 10.5v-7M5 6 8 3l3 3M3 13h10"/>',
    "watch": '<circle cx="8" cy="8" r="6"/><path d="M8 5v3.5M8 11h.01"/>',
}
LEVEL_ICONS = {"limit": "limit", "watch": "watch", "good": "ok", "info": "info"}
FALLBACK_GLYPH = "img/kinds/not_modelled.svg"


def icon(name: str) -> SafeString:
    strokes = mark_safe(ICONS[name])  # noqa: S308  Our own constants.  # nosec B308 B703
    return format_html('<svg class="i" viewBox="0 0 16 16" aria-hidden="true">{}</svg>', strokes)


def level_icon(level: str) -> SafeString:
    return icon(LEVEL_ICONS.get(level, "info"))


def badge(level: str, text: object) -> SafeString:
    """A word on a tint, with an icon where the level is more than neutral."""
    shape = icon(LEVEL_ICONS[level]) if level in LEVEL_ICONS else ""
    return format_html('<span class="badge {}">{}{}</span>', level, shape, text)


def kind_icon(kind: str) -> SafeString:
    """The picture of a kind; its name always stands beside it, so it has no words of its own."""
    return format_html('<img src="{}" alt="" width="24" height="24">', glyph_url(kind))


def glyph_url(kind: str) -> str:
    return staticfiles_storage.url(_glyph_path(kind))


@cache
def _glyph_path(kind: str) -> str:
    path = f"img/kinds/{kind}.svg"
    is_a_name = re.fullmatch(r"[a-z0-9_]+", kind) is not None
    return path if is_a_name and _is_static(path) else FALLBACK_GLYPH


def _is_static(path: str) -> bool:
    collected = getattr(staticfiles_storage, "hashed_files", None)
    if collected:
        return path in collected
    return finders.find(path) is not None
