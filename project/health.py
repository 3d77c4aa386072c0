"""Two questions of a load balancer: does the process live, and can it serve?"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.facts.models import PriceBook
from project.ui.errors import OUTAGE_WAIT_S


class FactsMissing(Exception):
    """No price book is loaded, so no forecast can be saved."""


logger = logging.getLogger(__name__)


@require_safe
@login_not_required
@never_cache
def process_health(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@login_not_required
@never_cache
def readiness(request: HttpRequest) -> HttpResponse:
    states = {name: _state(name, check) for name, check in CHECKS.items()}
    if set(states.values()) == {"ok"}:
        return JsonResponse(states)
    return JsonResponse(states, status=503, headers={"Retry-After": str(OUTAGE_WAIT_S)})


def _state(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except Exception:
        logger.exception("Not ready: %s", name)
        return "failed"
    return "ok"


def _check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _check_storage() -> None:
    # Whether the file is there does not matter; a store that is out of reach raises.
    default_storage.exists("readyz")


def _check_cache() -> None:
    # Sign-in counts there; outside home it is a table that has to be made.
    cache.get("readyz")


def _check_facts() -> None:
    if not PriceBook.objects.current().exists():
        raise FactsMissing


CHECKS: dict[str, Callable[[], None]] = {
    "database": _check_database,
    "storage": _check_storage,
    "cache": _check_cache,
    "facts": _check_facts,
}
