"""What a person sees when Headroom itself fails."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template.loader import render_to_string


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer htmx with a fragment, for a whole page would land inside a panel.

    Nothing here may need the database or the session: they may be what failed.
    """
    is_htmx = request.headers.get("HX-Request") == "true"
    return HttpResponseServerError(render_to_string("ui/fault.html" if is_htmx else "500.html"))
