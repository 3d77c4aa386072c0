"""Answer 503 with Retry-After while something that Headroom needs is out of reach.

Django turns an error into an answer at the layer in which it was raised, be that a view, a
template or a middleware; its signal says which error it was.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

from django.core.signals import got_request_exception
from django.db import connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from apps.outages import Outage, outage_of
from project.ops import schema
from project.ui import errors

logger = logging.getLogger(__name__)
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class _Noted:
    error: BaseException
    outage: Outage


_noted: ContextVar[_Noted | None] = ContextVar("outage", default=None)


class OutageMiddleware:
    """Ask once more where nothing can be done twice; else say when to come again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        got_request_exception.connect(_note, dispatch_uid="headroom.outages")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        fresh = dict(vars(request))
        response, noted = self._ask(request)
        if noted and noted.outage.is_lost and request.method in SAFE:
            logger.warning("The connection is lost; asking again", extra=_metrics("AskedAgain"))
            _leave_lost_connections()
            vars(request).clear()
            vars(request).update(fresh)
            response, noted = self._ask(request)
        return _refusal(request, noted) if noted else response

    def _ask(self, request: HttpRequest) -> tuple[HttpResponseBase, _Noted | None]:
        _noted.set(None)
        response = self.get_response(request)
        # Something else may have dealt with it.
        return response, _noted.get() if response.status_code == 500 else None


def _note(**kwargs: Any) -> None:
    error = sys.exc_info()[1]
    outage = outage_of(error) or schema.outage_of(error)
    if error is not None and outage is not None:
        _noted.set(_Noted(error, outage))


def _leave_lost_connections() -> None:
    for connection in connections.all(initialized_only=True):
        # A transaction around all requests is a test's.
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def _refusal(request: HttpRequest, noted: _Noted) -> HttpResponseBase:
    part, error = noted.outage.part, noted.error
    logger.error("Out of reach: the %s", part, exc_info=error, extra=_metrics("Outages"))
    response = errors.out_of_reach(request)
    # Django would write another line on it.
    vars(response)["_has_been_logged"] = True
    return response


def _metrics(name: str) -> dict[str, dict[str, int]]:
    return {"metrics": {name: 1}}
