"""What stands around every request: its id and its line in the log, and headers of the answer."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from typing import Final

from django.core.signals import request_finished
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from project.ops import logs

logger = logging.getLogger("headroom.requests")
Answer = Callable[[HttpRequest], HttpResponseBase]
# Asked every few seconds by machines; a line each would drown the others.
PROBES: Final = frozenset({"healthz", "readyz"})


class RequestLogMiddleware:
    """Give each request an id, and write one line when it is answered."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        # Django writes a line on refusals after the last middleware.
        request_finished.connect(_forget_id, dispatch_uid="headroom.request_id")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        logs.request_id.set(_id_of(request))
        begin_s = time.perf_counter()
        response = self.get_response(request)
        response["X-Request-Id"] = logs.request_id.get()
        _log(request, response, 1000.0 * (time.perf_counter() - begin_s))
        return response


def _forget_id(**kwargs: object) -> None:
    logs.request_id.set(logs.NO_REQUEST)


def _id_of(request: HttpRequest) -> str:
    """Return Lambda's own id, so that our lines stand beside its REPORT; else a new one.

    What a client sends is not taken: it could give its requests the id of somebody else's.
    """
    lambda_id = getattr(request.META.get("lambda.context"), "aws_request_id", None)
    return lambda_id or str(uuid.uuid4())


def _log(request: HttpRequest, response: HttpResponseBase, duration_ms: float) -> None:
    match = request.resolver_match
    if match and match.view_name in PROBES and response.status_code == 200:
        return
    fields = {
        "method": request.method,
        # The pattern, for addresses may hold a token, and the name of a component.
        "route": match.route if match else None,
        "view": match.view_name if match else None,
        "status": response.status_code,
        # Only if the view asked who it is: the log must not cost a query.
        "user": getattr(getattr(request, "_cached_user", None), "pk", None),
    }
    token = getattr(request, "api_token", None)
    if token is not None:
        fields |= {"token": token.pk, "user": token.membership.user_id}
    metrics = {
        "Requests": 1,
        "DurationMs": round(duration_ms, 1),
        "Faults": int(response.status_code >= 500),
        "Refused": int(response.status_code in (429, 503)),
    }
    logger.info(
        "%s %s %s",
        request.method,
        f"/{match.route}" if match else "(no page)",
        response.status_code,
        extra={"fields": fields, "metrics": metrics},
    )


class HeadersMiddleware:
    """Headers that Django has no setting for, on every answer."""

    # A browser asks nobody for what we never use.
    PERMISSIONS = ", ".join(
        f"{name}=()"
        for name in (
            "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture",
            "encrypted-media", "fullscreen", "geolocation", "gyroscope", "magnetometer",
            "microphone", "midi", "payment", "publickey-credentials-get", "usb",
            "xr-spatial-tracking",
        )
    )  # fmt: skip

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # A page is one person's; nothing on the way may hand it to the next.
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
