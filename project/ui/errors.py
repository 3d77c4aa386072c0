"""What a person sees, or a pipeline reads, when Headroom fails, is closed or asked too often."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template.loader import render_to_string
from django.views import defaults

from apps.accounts import api

# Where allauth counted, which does not say when its window ends. [s]
WAIT_S = 60


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer htmx with a fragment, for a whole page would land inside a panel.

    Nothing here may need the database or the session: they may be what failed.
    """
    if api.is_api(request):
        return api.error(
            500, "Headroom failed on this request, which is its own fault; it is logged."
        )
    return HttpResponseServerError(_text(request, "fault"))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if api.is_api(request):
        return api.error(404, api.NOT_FOUND)
    return defaults.page_not_found(request, exception)


def too_many(request: HttpRequest, wait_s: int = WAIT_S) -> HttpResponse:
    if api.is_api(request):
        sentence = f"That was too often; come again in {wait_s} s."
        return api.error(429, sentence, Retry_After=str(wait_s))
    minutes = -(-wait_s // 60)
    text = _text(request, "too_many", {"minutes": minutes})
    return HttpResponse(text, status=429, headers={"Retry-After": str(wait_s)})


def closed(request: HttpRequest, wait_s: int) -> HttpResponse:
    """Say that Headroom is closed for maintenance; nothing here may need the database."""
    if api.is_api(request):
        sentence = f"Headroom is closed for maintenance; come again in {wait_s} s."
        return api.error(503, sentence, Retry_After=str(wait_s))
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
