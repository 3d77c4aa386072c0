"""Whatever a request writes is kept as a whole or not at all.

Django's ATOMIC_REQUESTS would hold a transaction open for pages that only read, and work for a
second; here only requests that may write get one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver

from apps.lazy_urls import LazyPattern
from apps.outages import WriteLost
from project.ops.outages import SAFE

View = Callable[..., HttpResponseBase]
# Signing in counts in rows that all of an address share: they would wait for each other. A forecast
# that is only asked for keeps nothing, and works for seconds.
APART: Final = frozenset({"account_login", "api_forecast"})


def keep_writes_whole(patterns: Iterable[URLPattern | URLResolver]) -> None:
    """Put every view behind these patterns into a transaction."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            keep_writes_whole(pattern.url_patterns)
        elif pattern.name in APART:
            continue
        elif isinstance(pattern, LazyPattern):
            pattern.decorate(_whole)
        elif not hasattr(pattern.callback, "writes_whole"):
            pattern.callback = _whole(pattern.callback)


def _whole(view: View) -> View:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method in SAFE:
            return view(request, *args, **kwargs)
        with transaction.atomic():
            response = view(request, *args, **kwargs)
            if transaction.get_rollback():
                # Something has swallowed the error; a good answer would promise what is undone.
                raise WriteLost("The transaction is broken.")
            return response

    vars(answer)["writes_whole"] = True
    return answer
