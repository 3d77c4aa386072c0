"""What a person sees when Headroom fails, is closed, or has been asked too often."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

from apps.accounts import api

# Where allauth counted, which does not say when its window ends. [s]
WAIT_S = 60
# A fail-over of the database takes about a minute, all else less. [s]
OUTAGE_WAIT_S: Final = 10
# For programs, which ask for JSON: what the pages say in more words.
SAID: Final = {
    "fault": "Headroom failed on this request, which is its own fault; it is logged.",
    "too_many": "That was too often; come again in {} s.",
    "closed": "Headroom is closed for maintenance; come again in {} s.",
    "out_of_reach": "Something that Headroom needs is out of reach; come again in {} s.",
}


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer htmx with a fragment, for a whole page would land inside a panel.

    Nothing here may need the database or the session: they may be what failed.
    """
    return _answer(request, "fault", 500)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if api.is_api(request):
        return api.error(404, api.NOT_FOUND)
    return defaults.page_not_found(request, exception)


def too_many(request: HttpRequest, wait_s: int = WAIT_S) -> HttpResponse:
    return _answer(request, "too_many", 429, wait_s)


def closed(request: HttpRequest, wait_s: int) -> HttpResponse:
    """Say that Headroom is closed for maintenance; nothing here may need the database."""
    return _answer(request, "closed", 503, wait_s)


def out_of_reach(request: HttpRequest, wait_s: int = OUTAGE_WAIT_S) -> HttpResponse:
    """Say that the database, the store of files or the disk is not there, whichever it is."""
    return _answer(request, "out_of_reach", 503, wait_s)


def _answer(request: HttpRequest, name: str, status: int, wait_s: int = 0) -> HttpResponse:
    headers = {"Retry-After": str(wait_s)} if wait_s else {}
    if api.is_api(request) or _asks_for_json(request):
        return api.error(status, SAID[name].format(wait_s), **headers)
    context: dict[str, object] = {"minutes": -(-wait_s // 60), "seconds": wait_s}
    return HttpResponse(_text(request, name, context), status=status, headers=headers)


def _asks_for_json(request: HttpRequest) -> bool:
    """Browsers take anything too, so it must be said, and HTML must not."""
    asked = request.headers.get("Accept", "")
    return "application/json" in asked and "text/html" not in asked


def _text(request: HttpRequest, name: str, context: dict[str, object]) -> str:
    is_htmx = request.headers.get("HX-Request") == "true"
    part = f"ui/{name}.html"
    whole = {"part": part, **context}
    try:
        return render_to_string(part if is_htmx else "bare.html", whole)
    # Static files were not collected: a page that says so would fail in the same way, for ever.
    except ValueError:
        return render_to_string("ui/plain.html", whole)
