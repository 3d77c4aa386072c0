"""Read from a replica what may be a moment old; off unless DATABASE_REPLICA_HOST is set.

A replica is behind, so only requests that change nothing read from it, and only while whoever asks
has changed nothing lately: a cookie remembers that for longer than a replica lags.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, models
from django.http import HttpRequest, HttpResponse

REPLICA: Final = "replica"
COOKIE: Final = "wrote"
COOKIE_AGE_S: Final = 60
# Whoever has just signed in must be known, and what is counted must be counted on.
NEVER_OLD: Final = frozenset({"sessions", "django_cache"})

_may_be_old: ContextVar[bool] = ContextVar("may_be_old", default=False)


class ReplicaRouter:
    def db_for_read(self, model: type[models.Model], **hints: Any) -> str:
        is_old_enough = _may_be_old.get() and model._meta.app_label not in NEVER_OLD
        return REPLICA if is_old_enough else DEFAULT_DB_ALIAS

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str:
        # What is written now has to be seen from now on.
        if model._meta.app_label not in NEVER_OLD:
            _may_be_old.set(False)
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: models.Model, other: models.Model, **hints: Any) -> bool:
        return True  # Both are the same database.

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return False if db == REPLICA else None


class ReplicaMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_safe = request.method in ("GET", "HEAD")
        token = _may_be_old.set(is_safe and COOKIE not in request.COOKIES)
        try:
            response = self.get_response(request)
        finally:
            _may_be_old.reset(token)
        if not is_safe:
            response.set_cookie(
                COOKIE, "1", COOKIE_AGE_S, secure=request.is_secure(), httponly=True, samesite="Lax"
            )
        return response
