"""The door for pipelines: requests that show a token instead of a session.

A view behind it sees no cookie and needs no CSRF token, for a browser never sends the header of
its own accord. It answers in JSON, errors too: one sentence each.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from apps.accounts.models import ApiToken, User

PREFIX: Final = "/api/"
SCHEMA: Final = "headroom/error/1"
REALM: Final = 'Bearer realm="Headroom"'
NOTHING_SHOWN: Final = (
    "Send a token: 'Authorization: Bearer headroom_…'. The page of your account makes one."
)
NOT_VALID: Final = "The token is unknown, revoked or expired, or its owner has left the team."
NOT_FOUND: Final = "There is nothing at this address that the token may see."
BROKEN: Final = "The request cannot be read: send a form (multipart/form-data) with its files."
View = Callable[..., HttpResponse]


class ApiRequest(HttpRequest):
    """A request whose token is known and may do what the view does."""

    api_token: ApiToken
    user: User


class Refusal(Exception):
    """The request cannot be served; the sentence says why, and what would work."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(PREFIX)


def error(status: int, sentence: str, **headers: str) -> JsonResponse:
    body = {"schema": SCHEMA, "error": sentence}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return JsonResponse(
        body, status=status, headers=named, json_dumps_params={"ensure_ascii": False}
    )


def api_view(scope: ApiToken.Scope, method: str) -> Callable[[View], View]:
    """Make a view one that takes a token with a scope, and nothing else, by one method."""
    methods = ("GET", "HEAD") if method == "GET" else (method,)

    def decorated(view: View) -> View:
        @login_not_required
        @csrf_exempt
        @wraps(view)
        def answer(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in methods:
                return error(405, f"This address takes {method} only.", Allow=", ".join(methods))
            refused = _refused(request, scope)
            if refused is not None:
                return refused
            request.api_token.use(timezone.localdate())
            request.user = request.api_token.user
            return _answer(view, request, args, kwargs)

        answer.takes_token = True  # type: ignore[attr-defined]  # For the middleware.
        return answer

    return decorated


def token_in(request: HttpRequest) -> ApiToken | None:
    """Return the token that a request shows, if it may be used."""
    return ApiToken.found(_shown(request), timezone.now())


def _shown(request: HttpRequest) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _refused(request: ApiRequest, scope: ApiToken.Scope) -> HttpResponse | None:
    token: ApiToken | None = request.api_token
    if token is None:
        if not _shown(request):
            return error(401, NOTHING_SHOWN, WWW_Authenticate=REALM)
        return error(401, NOT_VALID, WWW_Authenticate=f'{REALM}, error="invalid_token"')
    if not token.allows(scope):
        challenge = f'{REALM}, error="insufficient_scope", scope="{scope.value}"'
        sentence = f"The token lacks the scope '{scope.value}'; make one that has it."
        return error(403, sentence, WWW_Authenticate=challenge)
    if _length(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return error(
            413, f"The request is larger than {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes."
        )
    return None


def _answer(view: View, request: ApiRequest, args: Any, kwargs: Any) -> HttpResponse:
    try:
        return view(request, *args, **kwargs)
    except Refusal as refusal:
        return error(refusal.status, str(refusal))
    except Http404:
        return error(404, NOT_FOUND)
    except RequestDataTooBig:
        return error(413, "A field of the form is too large.")
    except (SuspiciousOperation, MultiPartParserError):
        return error(400, BROKEN)


def _length(request: HttpRequest) -> int:
    """Return what the request says of its size, which its server does not let it exceed. [B]"""
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if str(text).isdecimal() else 0
