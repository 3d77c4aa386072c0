"""Close Headroom for a while: everybody gets 503 with Retry-After, and nothing is written.

`MAINTENANCE=True` closes it for as long as the variable stands, and needs no database.
`manage.py maintenance on` closes it at once for a time, through the cache that all processes share.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from project.ui import errors

KEY: Final = "maintenance-until"
# A process asks the cache so often, so that pages need no query for it. [s]
ASKED_EVERY_S: Final = 5.0
# Told to come again where nobody said when it ends. [s]
WAIT_S: Final = 300
# Load balancers must not take a process away because people are kept out.
OPEN: Final = ("/healthz", "/readyz")


def close(*, seconds: int, now_s: float) -> None:
    """Close Headroom; it opens by itself when the time is over."""
    cache.set(KEY, now_s + seconds, seconds)


def reopen() -> None:
    cache.delete(KEY)


def seconds_left(now_s: float) -> int:
    """Return how long it is still closed; 0 if it is open. [s]"""
    if settings.MAINTENANCE:
        return WAIT_S
    return max(0, round((cache.get(KEY) or now_s) - now_s))


class MaintenanceMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.asked_s = -ASKED_EVERY_S
        self.until_s = 0.0

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path in OPEN:
            return self.get_response(request)
        wait_s = self._seconds_left()
        return errors.closed(request, wait_s) if wait_s else self.get_response(request)

    def _seconds_left(self) -> int:
        now_s = time.time()
        if abs(now_s - self.asked_s) >= ASKED_EVERY_S:
            # The page itself will say what it cannot do; what was known stands.
            with suppress(DatabaseError):
                self.until_s = now_s + seconds_left(now_s)
            self.asked_s = now_s
        return max(0, round(self.until_s - now_s))
