"""How often one may ask for what costs much, or could be guessed.

Signing in, up and resetting a password are allauth's, whose limits stand in the settings. Here is
the rest. Counts are kept in the cache, which all processes share, in windows of fixed length.
"""

from __future__ import annotations

import ipaddress
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from apps.accounts.models import ApiToken
from project.ui import errors

logger = logging.getLogger(__name__)
# Whoever has an IPv6 address has the whole of such a network.
IPV6_PREFIX: Final = 64


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most `count` requests of a token, a person, or else an address, in each window."""

    count: int
    window_s: int
    views: frozenset[str]
    methods: frozenset[str] = frozenset({"POST"})


LIMITS: Final[dict[str, Limit]] = {
    "import": Limit(
        count=60,
        window_s=600,
        views=frozenset(
            {
                "designs:new",
                "designs:blank",
                "designs:reimport",
                "forecasts:scenario_import",
                "forecasts:api_design_versions",
            }
        ),
    ),
    "incoming": Limit(count=60, window_s=600, views=frozenset({"designs:incoming"})),
    # A page of a forecast makes it, if it is not there yet.
    "forecast": Limit(
        count=120,
        window_s=60,
        views=frozenset(
            {
                "forecasts:report",
                "forecasts:design",
                "forecasts:export_file",
                "forecasts:api_design_forecast",
            }
        ),
        methods=frozenset({"GET", "HEAD"}),
    ),
    # Each is worked out anew, for nothing of it is kept.
    "api": Limit(count=30, window_s=60, views=frozenset({"forecasts:api_forecast"})),
    "key": Limit(count=30, window_s=3600, views=frozenset({"accounts:api_token_create"})),
    "work": Limit(
        count=30,
        window_s=600,
        views=frozenset({"forecasts:samples_start", "forecasts:working_again"}),
    ),
    "token": Limit(
        count=30,
        window_s=60,
        views=frozenset(
            {
                "accounts:invitation",
                "accounts:invitation_accept",
                "account_confirm_email",
                "account_reset_password_from_key",
            }
        ),
        methods=frozenset({"GET", "HEAD", "POST"}),
    ),
    "export": Limit(
        count=10, window_s=600, views=frozenset({"team_export"}), methods=frozenset({"GET"})
    ),
    "letter": Limit(count=50, window_s=3600, views=frozenset({"accounts:invitation_send"})),
}


class LimitMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        for key, limit in _limits_of(request):
            wait_s = seconds_to_wait(key, limit, _asker(request), time.time())
            if wait_s:
                logger.warning("Limit %s is reached", key, extra={"metrics": {"Limited": 1}})
                return errors.too_many(request, wait_s)
        return None


def _limits_of(request: HttpRequest) -> list[tuple[str, Limit]]:
    if _token(request) is None:
        # Who has no token is guessing one, whatever the address would do.
        return [("token", LIMITS["token"])]
    name = request.resolver_match.view_name if request.resolver_match else ""
    return [
        (key, limit)
        for key, limit in LIMITS.items()
        if name in limit.views and request.method in limit.methods
    ]


def seconds_to_wait(key: str, limit: Limit, asker: str, now_s: float) -> int:
    """Count a request, and return 0 if it may go on, else when to come again. [s]"""
    window = int(now_s // limit.window_s)
    name = f"limit:{key}:{asker}:{window}"
    try:
        count = _count(name, limit.window_s)
    except ValueError:  # It ended between the two calls.
        return 0
    except DatabaseError:
        # Better a page without a limit than none: the database has its own say.
        logger.exception("Requests cannot be counted")
        return 0
    return 0 if count <= limit.count else int((window + 1) * limit.window_s - now_s) + 1


def _token(request: Any) -> ApiToken | Literal[False] | None:
    """Return the token of a request for pipelines, None if it has none; else False."""
    return request.api_token if hasattr(request, "api_token") else False


def _count(name: str, window_s: int) -> int:
    """Count one more. To add costs half a dozen statements, so only the first one does."""
    try:
        return cache.incr(name)
    except ValueError:
        return 1 if cache.add(name, 1, window_s) else cache.incr(name)


def _asker(request: HttpRequest) -> str:
    token = _token(request)
    if token:
        return f"token-{token.pk}"
    # A request for pipelines is nobody's whose cookie comes along.
    if token is False and request.user.is_authenticated:
        return f"user-{request.user.pk}"
    address = ipaddress.ip_address(client_address(request))
    if address.version == 6:
        return str(ipaddress.ip_network((address, IPV6_PREFIX), strict=False).network_address)
    return str(address)


def client_address(request: HttpRequest) -> str:
    """Return the address of the client as the settings say that it is known."""
    return str(get_adapter(request).get_client_ip(request))
