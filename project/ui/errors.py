"""What a person sees when Headroom fails, is closed, or has been asked too often."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template.loader import render_to_string

# Where allauth counted, which does not say when its window ends. [s]
WAIT_S = 60


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer htmx with a fragment, for a whole page would land inside a panel.

    Nothing here may need the database or the session: they may be what failed.
    """
    return HttpResponseServerError(_text(request, "fault"))


def too_many(request: HttpRequest, wait_s: int = WAIT_S) -> HttpResponse:
    minutes = -(-wait_s // 60)
    text = _text(request, "too_many", {"minutes": minutes})
    return HttpResponse(text, status=429, headers={"Retry-After": str(wait_s)})


def closed(request: HttpRequest, wait_s: int) -> HttpResponse:
    """Say that Headroom is closed for maintenance; nothing here may need the database."""
    text = _text(request, "closed", {"minutes": -(-wait_s // 60)})
    return HttpResponse(text, status=503, headers={"Retry-After": str(wait_s)})


def _text(request: HttpRequest, name: str, context: dict[str, object] | None = None) -> str:
    is_htmx = request.headers.get("HX-Request") == "true"
    part = f"ui/{name}.html"
    whole = {"part": part, **(context or {})}
    try:
        return render_to_string(part if is_htmx else "bare.html", whole)
    # Static files were not collected: a page that says so would fail in the same way, for ever.
    except ValueError:
        return render_to_string("ui/plain.html", whole)
